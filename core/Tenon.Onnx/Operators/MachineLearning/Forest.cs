using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators.MachineLearning;

/// <summary>
/// Decision trees as tables. All samples go down all trees at once, a level at a time: a node says which feature is compared to what,
/// and where to go on. Leaves go on to themselves.
/// </summary>
internal sealed class Forest
{
    private readonly List<Node> _nodes = [];

    /// <summary>How the feature is compared to the split.</summary>
    public enum Comparison
    {
        /// <summary>≤</summary>
        AtMost,

        /// <summary>Less.</summary>
        Less,

        /// <summary>≥</summary>
        AtLeast,

        /// <summary>Greater.</summary>
        Greater,

        /// <summary>Equal.</summary>
        Equal,

        /// <summary>Not equal.</summary>
        NotEqual,
    }

    /// <summary>The roots.</summary>
    public List<int> Roots { get; } = [];

    /// <summary>How many nodes there are.</summary>
    public int Count => _nodes.Count;

    /// <summary>Adds a leaf, or a node whose ways are set later.</summary>
    /// <param name="feature">The column.</param>
    /// <param name="how">The comparison.</param>
    /// <param name="split">What it is compared to.</param>
    /// <param name="isMissingTrue">Whether NaN goes the way of those for which the comparison holds.</param>
    public int Add(long feature = 0, Comparison how = Comparison.AtMost, double split = 0, bool isMissingTrue = false)
    {
        var id = _nodes.Count;
        _nodes.Add(new Node(id, checked((int)feature), how, split, isMissingTrue) { True = id, False = id });
        return id;
    }

    /// <summary>Says where it goes on after a node.</summary>
    public void Link(int node, int ifTrue, int ifFalse) => (_nodes[node].True, _nodes[node].False) = (ifTrue, ifFalse);

    /// <summary>In which leaf of each tree a sample ends, <c>[N, F]</c> → <c>[N, trees]</c>.</summary>
    public Tensor Leaves(OpCall c, Tensor x)
    {
        var device = c.Context.Device;
        var feature = Table(n => n.Feature);
        var (ifTrue, ifFalse) = (Table(n => n.True), Table(n => n.False));
        var split = c.Computed([.. _nodes.Select(n => n.Split)], x.DType);
        var kinds = _nodes.Where(n => !n.IsLeaf).Select(n => n.How).Distinct().ToArray();
        var how = kinds.Length > 1 ? Table(n => (int)n.How) : null;
        var missing = _nodes.Exists(n => n.IsMissingTrue) ? Table(n => n.IsMissingTrue ? 1 : 0) : null;
        Tensor at = Tensor.From<int>([.. Roots], [1, Roots.Count], device).Expand(x.Size(0), Roots.Count).Contiguous();
        for (var level = Depth(c); level > 0; level--)
        {
            var (value, limit) = (x.Gather(1, feature.Take(at)), split.Take(at));
            var holds = kinds.Length == 0 ? value.Eq(limit) : Compared(kinds[0], value, limit);
            foreach (var kind in kinds.Skip(1))
            {
                holds = Tensor.Where(how!.Take(at).Eq((int)kind), Compared(kind, value, limit), holds);
            }

            holds = missing is null ? holds & ~value.IsNaN() : Tensor.Where(value.IsNaN(), missing.Take(at).Ne(0), holds);
            at = Tensor.Where(holds, ifTrue.Take(at), ifFalse.Take(at)).Realize();
        }

        return at;

        Tensor Table(Func<Node, int> entry) => Tensor.From<int>([.. _nodes.Select(entry)], device);
    }

    private static Tensor Compared(Comparison how, Tensor x, Tensor y) => how switch
    {
        Comparison.AtMost => x <= y,
        Comparison.Less => x < y,
        Comparison.AtLeast => x >= y,
        Comparison.Greater => x > y,
        Comparison.Equal => x.Eq(y),
        _ => x.Ne(y),
    };

    // How many nodes lie above the lowest leaf. Trees that come back to a node have no end.
    private int Depth(OpCall c)
    {
        var depth = 0;
        var reached = Roots.ToHashSet();
        for (; reached.Any(id => !_nodes[id].IsLeaf); depth++)
        {
            reached = [.. reached.Where(id => !_nodes[id].IsLeaf).SelectMany(id => new[] { _nodes[id].True, _nodes[id].False })];
            if (depth > _nodes.Count)
            {
                throw c.Error("a tree comes back to one of its nodes. Expected trees.");
            }
        }

        return depth;
    }

    private sealed record Node(int Id, int Feature, Comparison How, double Split, bool IsMissingTrue)
    {
        public int True { get; set; }

        public int False { get; set; }

        public bool IsLeaf => True == Id;
    }
}
