using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators.MachineLearning;

/// <summary>Support vector machines.</summary>
/// <remarks>Chang and Lin, LIBSVM: a library for support vector machines, 2011.</remarks>
internal static class SvmOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add(OpRegistry.MachineLearning, "SVMRegressor", 1, Regressor);
        ops.AddMany(OpRegistry.MachineLearning, "SVMClassifier", 1, Classifier);
    }

    private static Tensor Regressor(OpCall c)
    {
        var (weights, count) = (Required(c, "coefficients"), c.Long("n_supports", 0));
        var products = count > 0 ? Kernel(c, Matrix(c, Required(c, "support_vectors"), count)) : Input(c);
        var y = products.MatMul(Matrix(c, weights, 1).T) + Rho(c)[0];
        return c.Flag("one_class") ? Tensor.Where(y > 0, Tensor.Full([], 1.0, DType.Float32), -1) : Scores.Transformed(c, y, c.Text("post_transform", "NONE"));
    }

    private static OnnxValue?[] Classifier(OpCall c)
    {
        var labels = Math.Max(1, Scores.LabelCount(c, "classlabels_strings", "classlabels_ints"));
        var weights = Required(c, "coefficients");
        var perClass = c.Ints("vectors_per_class");
        if (perClass is null || perClass.Sum() == 0)
        {
            // A linear machine for each class.
            return Finished(c, Input(c).MatMul(Matrix(c, weights, labels).T) + Rho(c)[0], null, labels, false);
        }

        var vectors = checked((int)perClass.Sum());
        var starts = perClass.Select((_, i) => (int)perClass[..i].Sum()).ToArray();
        var pairs = (from i in Enumerable.Range(0, labels) from j in Enumerable.Range(i + 1, labels - i - 1) select (i, j)).ToArray();

        // Each pair of classes has a machine of the vectors of both; its sign is a vote for one of them.
        var machines = new double[pairs.Length * vectors];
        var votes = new double[2 * pairs.Length * labels];
        for (var p = 0; p < pairs.Length; p++)
        {
            var (i, j) = pairs[p];
            weights.AsSpan((j - 1) * vectors + starts[i], (int)perClass[i]).CopyTo(machines.AsSpan(p * vectors + starts[i]));
            weights.AsSpan(i * vectors + starts[j], (int)perClass[j]).CopyTo(machines.AsSpan(p * vectors + starts[j]));
            (votes[p * labels + i], votes[(pairs.Length + p) * labels + j]) = (1, 1);
        }

        var kernel = Kernel(c, Matrix(c, Required(c, "support_vectors"), vectors));
        var scores = kernel.MatMul(Matrix(c, machines, pairs.Length).T) + Rho(c);
        var isFirst = (scores > 0).Cast(DType.Float32);
        var counts = Tensor.Cat([isFirst, 1 - isFirst], 1).MatMul(Matrix(c, votes, 2 * pairs.Length));
        return c.Floats("prob_a") is { Length: > 0 }
            ? Finished(c, Probabilities(c, scores, pairs, labels), counts, labels, true)
            : Finished(c, scores, counts, labels, false);
    }

    // The label is that of the most votes, or of the greatest score. One score of two classes tells both.
    private static OnnxValue?[] Finished(OpCall c, Tensor scores, Tensor? votes, int labels, bool areProbabilities)
    {
        var best = (votes ?? scores).ArgMax(1);
        var transform = c.Text("post_transform", "NONE");
        if (scores.Size(1) == 1 && labels == 2 && !areProbabilities)
        {
            var isPositive = Required(c, "coefficients").Min() >= 0;
            best = votes is null ? (scores[.., 0] > (isPositive ? 0.5 : 0.0)).Cast(DType.Int32) : best;
            scores = Tensor.Cat([-scores, scores], 1);
        }

        return [Scores.Labels(c, best, "classlabels_strings", "classlabels_ints"), Scores.Transformed(c, scores, transform)];
    }

    // [N, F] and vectors [S, F] → [N, S]
    private static Tensor Kernel(OpCall c, Tensor vectors)
    {
        var x = Input(c);
        var (gamma, shift, degree) = c.Floats("kernel_params") is { Length: >= 3 } p ? (p[0], p[1], p[2]) : (0, 0, 0);
        return c.Text("kernel_type", "LINEAR") switch
        {
            "LINEAR" => x.MatMul(vectors.T),
            "POLY" => (x.MatMul(vectors.T) * gamma + shift).Pow(degree),
            "SIGMOID" => (x.MatMul(vectors.T) * gamma + shift).Tanh(),
            "RBF" => ((x.Unsqueeze(1) - vectors).Square().Sum(2) * -gamma).Exp(),
            var other => throw c.Error($"kernel_type '{other}'. Expected LINEAR, POLY, RBF or SIGMOID."),
        };
    }

    // The probabilities of classes that fit best to those of the pairs; see Wu, Lin and Weng, JMLR 5, 2004, second approach.
    private static Tensor Probabilities(OpCall c, Tensor scores, (int, int)[] pairs, int k)
    {
        var (a, b) = (Required(c, "prob_a"), Required(c, "prob_b"));
        var rows = Array.ConvertAll(HostTensor.Read(scores).Elements, static s => s.AsDouble);
        var result = new double[rows.Length / pairs.Length * k];
        for (var n = 0; n * k < result.Length; n++)
        {
            var r = new double[k, k];
            for (var p = 0; p < pairs.Length; p++)
            {
                var (i, j) = pairs[p];
                var wins = 1 / (1 + Math.Exp(rows[n * pairs.Length + p] * a[p] + b[p]));
                r[i, j] = Math.Clamp(wins, 1e-7, 1 - 1e-7);
                r[j, i] = 1 - r[i, j];
            }

            Coupled(r, k).CopyTo(result, n * k);
        }

        return c.Computed(result, DType.Float32, result.Length / k, k);
    }

    private static double[] Coupled(double[,] r, int k)
    {
        var q = new double[k, k];
        var p = new double[k];
        p.AsSpan().Fill(1.0 / k);
        for (var i = 0; i < k; i++)
        {
            for (var j = 0; j < k; j++)
            {
                q[i, j] = i == j ? Enumerable.Range(0, k).Where(m => m != i).Sum(m => r[m, i] * r[m, i]) : -r[j, i] * r[i, j];
            }
        }

        for (var round = 0; round < Math.Max(100, k); round++)
        {
            var qp = Enumerable.Range(0, k).Select(i => Enumerable.Range(0, k).Sum(j => q[i, j] * p[j])).ToArray();
            var pqp = p.Zip(qp, (x, y) => x * y).Sum();
            if (qp.Max(v => Math.Abs(v - pqp)) < 0.005 / k)
            {
                break;
            }

            for (var i = 0; i < k; i++)
            {
                var change = (pqp - qp[i]) / q[i, i];
                p[i] += change;
                pqp = (pqp + change * (change * q[i, i] + 2 * qp[i])) / ((1 + change) * (1 + change));
                for (var j = 0; j < k; j++)
                {
                    qp[j] = (qp[j] + change * q[i, j]) / (1 + change);
                    p[j] /= 1 + change;
                }
            }
        }

        return p;
    }

    private static Tensor Input(OpCall c) => (c[0].Rank == 1 ? c[0].Unsqueeze(0) : c[0]).Cast(DType.Float32);

    private static Tensor Matrix(OpCall c, double[] values, long rows) => c.Computed(values, DType.Float32, rows, values.Length / rows);

    private static Tensor Rho(OpCall c) => c.Computed(Required(c, "rho"), DType.Float32);

    private static double[] Required(OpCall c, string name) => c.Floats(name) ?? throw c.Error($"{name} are missing.");
}
