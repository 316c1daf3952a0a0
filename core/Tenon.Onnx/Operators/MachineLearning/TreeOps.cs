using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators.MachineLearning;

/// <summary>Ensembles of decision trees.</summary>
internal static class TreeOps
{
    private static readonly string[] Aggregations = ["AVERAGE", "SUM", "MIN", "MAX"];
    private static readonly string[] Transforms = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"];

    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add(OpRegistry.MachineLearning, "TreeEnsemble", 5, TreeEnsemble);
        ops.Add(OpRegistry.MachineLearning, "TreeEnsembleRegressor", 1, Regressor);
        ops.AddMany(OpRegistry.MachineLearning, "TreeEnsembleClassifier", 1, Classifier);
    }

    private static Tensor TreeEnsemble(OpCall c)
    {
        var (weights, targets) = (Numbers(c, "leaf_weights"), Required(c, "leaf_targetids"));
        var forest = new Forest();
        var leaves = weights.Select((w, i) => (Leaf: forest.Add(), Target: targets[i], Weight: w)).ToArray();
        var (modes, splits, features) = (Array.ConvertAll(Numbers(c, "nodes_modes"), m => (int)m), Numbers(c, "nodes_splits"), Required(c, "nodes_featureids"));
        var (ifTrue, ifFalse) = (Required(c, "nodes_truenodeids"), Required(c, "nodes_falsenodeids"));
        var (isLeafTrue, isLeafFalse) = (Required(c, "nodes_trueleafs"), Required(c, "nodes_falseleafs"));
        var missing = c.Ints("nodes_missing_value_tracks_true");
        var members = new Queue<double>(c.HasAttribute("membership_values") ? Numbers(c, "membership_values") : []);

        // A node that asks for one of several values is a chain of nodes that each ask for one.
        var chains = new int[modes.Length][];
        for (var i = 0; i < modes.Length; i++)
        {
            var isMissingTrue = missing is not null && missing[i] != 0;
            if (modes[i] is < 0 or > 6)
            {
                throw c.Error($"node mode {modes[i]}. Expected 0 to 6.");
            }

            var values = new List<double>();
            while (modes[i] == 6 && members.TryDequeue(out var member) && !double.IsNaN(member))
            {
                values.Add(member);
            }

            chains[i] = modes[i] < 6
                ? [forest.Add(features[i], (Forest.Comparison)modes[i], splits[i], isMissingTrue)]
                : [.. values.DefaultIfEmpty(double.NaN).Select(value => forest.Add(features[i], Forest.Comparison.Equal, value, isMissingTrue))];
        }

        for (var i = 0; i < modes.Length; i++)
        {
            var (yes, no) = (Next(ifTrue[i], isLeafTrue[i] != 0), Next(ifFalse[i], isLeafFalse[i] != 0));
            for (var k = 0; k < chains[i].Length; k++)
            {
                forest.Link(chains[i][k], yes, k + 1 < chains[i].Length ? chains[i][k + 1] : no);
            }
        }

        forest.Roots.AddRange(Required(c, "tree_roots").Select(r => chains[r][0]));
        var y = Aggregated(c, forest, leaves, weights.Length, c.Long("n_targets", 1), Name(c, Aggregations, "aggregate_function", 1));
        return Scores.Transformed(c, y, Name(c, Transforms, "post_transform", 0)).Cast(c[0].DType);

        int Next(long place, bool isLeaf) => isLeaf ? leaves[place].Leaf : chains[place][0];
    }

    private static Tensor Regressor(OpCall c)
    {
        var (forest, leaves, count) = Trees(c, "target");
        var y = Aggregated(c, forest, leaves, count, c.Long("n_targets", 1), c.Text("aggregate_function", "SUM"));
        return Scores.Transformed(c, y + Base(c, y.DType), c.Text("post_transform", "NONE")).Cast(DType.Float32);
    }

    // Weights for one class only tell the second of two.
    private static OnnxValue?[] Classifier(OpCall c)
    {
        var labels = Scores.LabelCount(c, "classlabels_strings", "classlabels_int64s");
        var (forest, leaves, count) = Trees(c, "class");
        var y = Aggregated(c, forest, leaves, count, Math.Max(labels, leaves.Max(l => l.Target) + 1), "SUM");
        y += Base(c, y.DType);
        var transform = c.Text("post_transform", "NONE");
        if (leaves.Select(l => l.Target).Distinct().ToArray() is [var only] && labels <= 2)
        {
            var second = y[.., (int)only].Unsqueeze(1);
            y = Tensor.Cat([transform == "PROBIT" || (transform == "NONE" && leaves.All(l => l.Weight >= 0)) ? 1 - second : -second, second], 1);
        }

        y = Scores.Transformed(c, y, transform).Cast(DType.Float32);
        var best = y.ArgMax(1);
        return [labels > 1 ? Scores.Labels(c, best, "classlabels_strings", "classlabels_int64s") : best.Cast(DType.Int64), y];
    }

    // Trees whose nodes are named by tree and number; leaves have a weight for each of several targets.
    private static (Forest Forest, (int Leaf, long Target, double Weight)[] Leaves, int LeafCount) Trees(OpCall c, string kind)
    {
        var (trees, ids, modes) = (Required(c, "nodes_treeids"), Required(c, "nodes_nodeids"), c.Texts("nodes_modes") ?? throw c.Error("nodes_modes are missing."));
        var (features, values) = (Required(c, "nodes_featureids"), Numbers(c, "nodes_values"));
        var missing = c.Ints("nodes_missing_value_tracks_true") is { Length: > 0 } given ? given : null;
        var forest = new Forest();
        var nodes = new int[modes.Length];
        var byName = new Dictionary<(long Tree, long Node), int>();
        foreach (var isLeaf in new[] { true, false })
        {
            for (var i = 0; i < modes.Length; i++)
            {
                if (modes[i] == "LEAF" == isLeaf)
                {
                    nodes[i] = isLeaf ? forest.Add() : forest.Add(features[i], Mode(c, modes[i]), values[i], missing is not null && missing[i] != 0);
                    byName[(trees[i], ids[i])] = nodes[i];
                }
            }
        }

        var (ifTrue, ifFalse) = (Required(c, "nodes_truenodeids"), Required(c, "nodes_falsenodeids"));
        var roots = new HashSet<long>();
        for (var i = 0; i < modes.Length; i++)
        {
            if (roots.Add(trees[i]))
            {
                forest.Roots.Add(nodes[i]);
            }

            if (modes[i] != "LEAF")
            {
                forest.Link(nodes[i], Find(trees[i], ifTrue[i]), Find(trees[i], ifFalse[i]));
            }
        }

        var (leafTrees, leafNodes, targets, weights) = (Required(c, $"{kind}_treeids"), Required(c, $"{kind}_nodeids"), Required(c, $"{kind}_ids"), Numbers(c, $"{kind}_weights"));
        return (forest, [.. weights.Select((w, i) => (Find(leafTrees[i], leafNodes[i]), targets[i], w))], modes.Count(m => m == "LEAF"));

        int Find(long tree, long node) => byName.TryGetValue((tree, node), out var found) ? found : throw c.Error($"tree {tree} has no node {node}.");
    }

    // [N, F] → [N, targets]. The leaves are the forest's first nodes.
    private static Tensor Aggregated(OpCall c, Forest forest, (int Leaf, long Target, double Weight)[] leaves, int leafCount, long targets, string how)
    {
        var neutral = how switch
        {
            "SUM" or "AVERAGE" => 0,
            "MIN" => double.PositiveInfinity,
            "MAX" => double.NegativeInfinity,
            _ => throw c.Error($"aggregate_function '{how}'. Expected SUM, AVERAGE, MIN or MAX."),
        };
        var table = new double[leafCount * targets];
        table.AsSpan().Fill(neutral);
        foreach (var (leaf, target, weight) in leaves)
        {
            if (target < 0 || target >= targets || leaf >= leafCount)
            {
                throw c.Error($"a weight of target {target}, node {leaf}. Expected a target below {targets}, and a leaf.");
            }

            ref var entry = ref table[leaf * targets + target];
            entry = how switch { "MIN" => Math.Min(entry, weight), "MAX" => Math.Max(entry, weight), _ => entry + weight };
        }

        var x = c[0].Rank == 1 ? c[0].Unsqueeze(0) : c[0];
        x = x.DType == DType.Float64 ? x : x.Cast(DType.Float32);
        var at = forest.Leaves(c, x);
        var weights = c.Computed(table, x.DType, leafCount, targets);
        var all = weights.IndexSelect(0, at.Flatten()).Reshape(x.Size(0), forest.Roots.Count, targets);
        return how switch
        {
            "SUM" => all.Sum(1),
            "AVERAGE" => all.Sum(1) / forest.Roots.Count,
            "MIN" => Found(all.Min(1)),
            _ => Found(all.Max(1)),
        };

        // A target of which no tree says anything is 0.
        Tensor Found(Tensor y) => Tensor.Where(y.Eq(neutral), 0, y);
    }

    private static Forest.Comparison Mode(OpCall c, string mode) => mode switch
    {
        "BRANCH_LEQ" => Forest.Comparison.AtMost,
        "BRANCH_LT" => Forest.Comparison.Less,
        "BRANCH_GTE" => Forest.Comparison.AtLeast,
        "BRANCH_GT" => Forest.Comparison.Greater,
        "BRANCH_EQ" => Forest.Comparison.Equal,
        "BRANCH_NEQ" => Forest.Comparison.NotEqual,
        _ => throw c.Error($"node mode '{mode}'."),
    };

    private static Tensor Base(OpCall c, DType dtype) =>
        c.HasAttribute("base_values") || c.HasAttribute("base_values_as_tensor") ? c.Computed(Numbers(c, "base_values"), dtype) : Tensor.Zeros([], dtype, c.Context.Device);

    private static string Name(OpCall c, string[] names, string attribute, int otherwise) =>
        c.Int(attribute, otherwise) is var i && i >= 0 && i < names.Length ? names[i] : throw c.Error($"{attribute} {i}. Expected 0 to {names.Length - 1}.");

    private static long[] Required(OpCall c, string name) => c.Ints(name) ?? throw c.Error($"{name} are missing.");

    // Numbers that are a tensor, or a list with or without one that is more precise.
    private static double[] Numbers(OpCall c, string name) =>
        (c.Stored(name) ?? c.Stored($"{name}_as_tensor")) is TensorValue stored ? Array.ConvertAll(stored.Read().Elements, e => e.AsDouble)
        : c.Floats(name) ?? throw c.Error($"{name} are missing.");
}
