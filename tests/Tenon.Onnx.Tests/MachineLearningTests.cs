using static Tenon.Onnx.Tests.OneNode;

namespace Tenon.Onnx.Tests;

public sealed class MachineLearningTests
{
    private const string Domain = "ai.onnx.ml";

    // Two trees: x0 ≤ 1 ? a : (x1 > 2 ? b : c), and a leaf.
    private static readonly (string, object)[] Trees =
    [
        ("nodes_treeids", new[] { 0, 0, 0, 0, 0, 1 }),
        ("nodes_nodeids", new[] { 0, 1, 2, 3, 4, 0 }),
        ("nodes_modes", new[] { "BRANCH_LEQ", "LEAF", "BRANCH_GT", "LEAF", "LEAF", "LEAF" }),
        ("nodes_featureids", new[] { 0, 0, 1, 0, 0, 0 }),
        ("nodes_values", new[] { 1.0, 0, 2, 0, 0, 0 }),
        ("nodes_truenodeids", new[] { 1, 0, 3, 0, 0, 0 }),
        ("nodes_falsenodeids", new[] { 2, 0, 4, 0, 0, 0 }),
        ("nodes_missing_value_tracks_true", new[] { 0, 0, 1, 0, 0, 0 }),
    ];

    private static readonly Tensor Samples = Tensor.From<float>([1, 0, 2, 3, 2, 1, float.NaN, float.NaN], [4, 2]);

    [TestCase("SUM", new[] { 11f, 12, 13, 12 })]
    [TestCase("AVERAGE", new[] { 5.5f, 6, 6.5f, 6 })]
    [TestCase("MIN", new[] { 1f, 2, 3, 2 })]
    [TestCase("MAX", new[] { 10f, 10, 10, 10 })]
    public void TreesAddUp(string how, float[] expected) => Assert.That(
        Floats(Domain, "TreeEnsembleRegressor", [Samples], [.. Trees, ("n_targets", 1), ("aggregate_function", how), ("target_treeids", new[] { 0, 0, 0, 1 }), ("target_nodeids", new[] { 1, 3, 4, 0 }), ("target_ids", new[] { 0, 0, 0, 0 }), ("target_weights", new[] { 1.0, 2, 3, 10 })]),
        Is.EqualTo(expected));

    [Test]
    public void TreesVoteForLabels()
    {
        var outputs = Outputs(Domain, "TreeEnsembleClassifier", 2, [Samples], [.. Trees, ("classlabels_strings", new[] { "a", "b", "c" }), ("class_treeids", new[] { 0, 0, 0, 1 }), ("class_nodeids", new[] { 1, 3, 4, 0 }), ("class_ids", new[] { 0, 1, 2, 1 }), ("class_weights", new[] { 1.0, 1, 1, 0.5 })]);
        Assert.That(outputs[0].Strings.Values, Is.EqualTo(new[] { "a", "b", "c", "b" }));
        Assert.That(outputs[1].Tensor.ToArray<float>(), Is.EqualTo(new[] { 1, 0.5f, 0, 0, 1.5f, 0, 0, 0.5f, 1, 0, 1.5f, 0 }));
    }

    [Test]
    public void WeightsOfOneClassTellTwo()
    {
        (string, object)[] weights = [.. Trees, ("classlabels_int64s", new[] { 7, 8 }), ("class_treeids", new[] { 0, 0, 0 }), ("class_nodeids", new[] { 1, 3, 4 }), ("class_ids", new[] { 1, 1, 1 }), ("class_weights", new[] { -1.0, 1, 0.5 }), ("post_transform", "LOGISTIC")];
        var outputs = Outputs(Domain, "TreeEnsembleClassifier", 2, [Samples], [.. weights]);
        Assert.That(outputs[0].Tensor.ToArray<long>(), Is.EqualTo(new long[] { 7, 8, 8, 8 }));
        Assert.That(outputs[1].Tensor.ToArray<float>()[0], Is.EqualTo(1 / (1 + Math.Exp(-1))).Within(1e-6));
    }

    [Test]
    public void TreesThatComeBackAreRefused()
    {
        (string, object)[] cyclic = [("nodes_treeids", new[] { 0, 0 }), ("nodes_nodeids", new[] { 0, 1 }), ("nodes_modes", new[] { "BRANCH_LEQ", "LEAF" }), ("nodes_featureids", new[] { 0, 0 }), ("nodes_values", new[] { 1.0, 0 }), ("nodes_truenodeids", new[] { 1, 0 }), ("nodes_falsenodeids", new[] { 0, 0 })];
        Assert.That(
            () => Floats(Domain, "TreeEnsembleRegressor", [Samples], [.. cyclic, ("target_treeids", new[] { 0 }), ("target_nodeids", new[] { 1 }), ("target_ids", new[] { 0 }), ("target_weights", new[] { 1.0 })]),
            Throws.InstanceOf<TenonException>());
    }

    [Test]
    public void ListsOfDifferentLengthNameTheNode() => Assert.That(
        () => Floats(Domain, "TreeEnsembleRegressor", [Samples], [.. Trees[..^2], ("nodes_falsenodeids", new[] { 2 }), ("target_treeids", new[] { 0 }), ("target_nodeids", new[] { 1 }), ("target_ids", new[] { 0 }), ("target_weights", new[] { 1.0 })]),
        Throws.InstanceOf<TenonException>().With.Message.Contains("TreeEnsembleRegressor").And.Message.Contains("TEN5209"));

    [TestCase("LINEAR")]
    [TestCase("POLY")]
    [TestCase("RBF")]
    [TestCase("SIGMOID")]
    public void SupportVectorsWeighTheirKernels(string kind)
    {
        float[] x = [0.5f, -1, 2, 0.25f];
        double[] vectors = [1, 0.5, -0.5, 2, 0.25, 1];
        double[] weights = [0.5, -1.5, 2];
        var actual = Floats(Domain, "SVMRegressor", [Tensor.From<float>(x, [2, 2])], ("kernel_type", kind), ("kernel_params", new[] { 0.5, 0.25, 2 }), ("support_vectors", vectors), ("coefficients", weights), ("n_supports", 3), ("rho", new[] { 0.125 }));
        for (var n = 0; n < 2; n++)
        {
            var expected = 0.125;
            for (var s = 0; s < 3; s++)
            {
                var (dot, distance) = (0.0, 0.0);
                for (var i = 0; i < 2; i++)
                {
                    dot += x[2 * n + i] * vectors[2 * s + i];
                    distance += Math.Pow(x[2 * n + i] - vectors[2 * s + i], 2);
                }

                expected += weights[s] * kind switch { "LINEAR" => dot, "POLY" => Math.Pow(0.5 * dot + 0.25, 2), "RBF" => Math.Exp(-0.5 * distance), _ => Math.Tanh(0.5 * dot + 0.25) };
            }

            Assert.That(actual[n], Is.EqualTo(expected).Within(1e-5));
        }
    }

    // Two vectors a class on a line: at -2, at 0 and at 2.
    [Test]
    public void MachinesOfPairsVote()
    {
        (string, object)[] machine = [("kernel_type", "RBF"), ("kernel_params", new[] { 1.0, 0, 3 }), ("support_vectors", new[] { -2.0, 0, 2 }), ("vectors_per_class", new[] { 1, 1, 1 }), ("coefficients", new[] { 1.0, -1, -1, 1, 1, -1 }), ("rho", new[] { 0.0, 0, 0 }), ("classlabels_strings", new[] { "low", "middle", "high" })];
        var x = Tensor.From<float>([-1.9f, 0.1f, 2.2f], [3, 1]);
        Assert.That(Outputs(Domain, "SVMClassifier", 2, [x], machine)[0].Strings.Values, Is.EqualTo(new[] { "low", "middle", "high" }));
        var outputs = Outputs(Domain, "SVMClassifier", 2, [x], [.. machine, ("prob_a", new[] { -2.0, -2, -2 }), ("prob_b", new[] { 0.0, 0, 0 })]);
        var p = outputs[1].Tensor.ToArray<float>();
        Assert.That(Enumerable.Range(0, 3).Select(n => p[(3 * n)..(3 * n + 3)].Sum()), Is.All.EqualTo(1).Within(1e-5));
        Assert.That(Enumerable.Range(0, 3).Select(n => Array.IndexOf(p, p[(3 * n)..(3 * n + 3)].Max()) % 3), Is.EqualTo(new[] { 0, 1, 2 }));
    }

    [Test]
    public void LinearModelsScore()
    {
        var x = Tensor.From<float>([1, 2, 3, -4], [2, 2]);
        Assert.That(Floats(Domain, "LinearRegressor", [x], ("coefficients", new[] { 2.0, 1 }), ("intercepts", new[] { 0.5 })), Is.EqualTo(new[] { 4.5f, 2.5f }));
        var outputs = Outputs(Domain, "LinearClassifier", 2, [x], ("coefficients", new[] { 1.0, 0, 0, 1 }), ("intercepts", new[] { 0.0, 0 }), ("classlabels_strings", new[] { "x", "y" }), ("post_transform", "SOFTMAX"));
        Assert.That(outputs[0].Strings.Values, Is.EqualTo(new[] { "y", "x" }));
        Assert.That(outputs[1].Tensor.ToArray<float>()[0], Is.EqualTo(1 / (1 + Math.E)).Within(1e-6));
    }

    [Test]
    public void FeaturesArePrepared()
    {
        var x = Tensor.From<float>([1, float.NaN, 3, -4], [2, 2]);
        Assert.That(Floats(Domain, "Imputer", [x], ("imputed_value_floats", new[] { 9.0, 5 }), ("replaced_value_float", double.NaN)), Is.EqualTo(new[] { 1f, 5, 3, -4 }));
        Assert.That(Floats(Domain, "Scaler", [Tensor.From<long>([1, 2], [1, 2])], ("offset", new[] { 1.0, 0 }), ("scale", new[] { 2.0, 0.5 })), Is.EqualTo(new[] { 0f, 1 }));
        Assert.That(Floats(Domain, "Normalizer", [Tensor.From<float>([3, -4], [1, 2])], ("norm", "L2")), Is.EqualTo(new[] { 0.6f, -0.8f }).Within(1e-6f));
        Assert.That(Floats(Domain, "OneHotEncoder", [new[] { "b", "?" }], ("cats_strings", new[] { "a", "b" })), Is.EqualTo(new[] { 0f, 1, 0, 0 }));
        Assert.That(Floats(Domain, "FeatureVectorizer", [Tensor.From<float>([1, 2], [2, 1]), Tensor.From<float>([3, 4, 5, 6], [2, 2])], ("inputdimensions", new[] { 2, 1 })), Is.EqualTo(new[] { 1f, 0, 3, 2, 0, 5 }));
    }

    [Test]
    public void MapsGoAndCome()
    {
        var rows = Outputs(Domain, "ZipMap", 1, [Tensor.From<float>([1, 2, 3, 4], [2, 2])], ("classlabels_strings", new[] { "a", "b" }))[0].Items;
        Assert.That(rows, Has.Count.EqualTo(2));
        Assert.That(rows[1].Map.Keys, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(rows[1].Map.Values.Tensor.ToArray<float>(), Is.EqualTo(new[] { 3f, 4 }));
        Assert.That(Floats(Domain, "DictVectorizer", [rows[0]], ("string_vocabulary", new[] { "b", "c", "a" })), Is.EqualTo(new[] { 2f, 0, 1 }));
    }
}
