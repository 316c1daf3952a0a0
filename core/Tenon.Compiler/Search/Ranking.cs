namespace Tenon.Compiler;

/// <summary>
/// Predicts seconds from estimates: the logarithm of seconds by estimate is corrected by a sum over features, whose weights
/// are fitted to what has been measured so far (ridge regression towards the weights of the kernels before).
/// </summary>
internal sealed class Ranking
{
    private const double CyclesPerSecond = 3e9;
    private const double Strength = 2;

    // Before anything is measured: data that misses caches takes longer.
    private readonly double[] _prior = [0, 0, 0, 0, 0, 0, 0, 0.2, 0.5];
    private readonly List<(double[] Features, double Error)> _measured = [];
    private readonly int _threads;
    private double[] _weights;
    private double _offset;

    public Ranking(int threads) => (_threads, _weights) = (Math.Max(1, threads), [.. _prior]);

    /// <summary>Seconds of a launch.</summary>
    public double Predict(NestEstimate estimate) => Plain(estimate) * Math.Exp(_offset + Dot(_weights, estimate.Features));

    /// <summary>Adds a measurement.</summary>
    public void Learn(NestEstimate estimate, double seconds)
    {
        if (double.IsFinite(estimate.Cycles) && seconds > 0)
        {
            _measured.Add((estimate.Features, Math.Log(seconds / Plain(estimate))));
            Fit();
        }
    }

    /// <summary>Begins another kernel: weights become where its fit starts from, measurements are forgotten.</summary>
    public void NextKernel()
    {
        for (var i = 0; i < _prior.Length && _measured.Count > 0; i++)
        {
            _prior[i] = (_prior[i] + _weights[i]) / 2;
        }

        (_weights, _offset) = ([.. _prior], 0);
        _measured.Clear();
    }

    private double Plain(NestEstimate estimate) => estimate.Cycles / _threads / CyclesPerSecond;

    // The offset is free; deviations of weights from the prior are not. Centred, so that both can be solved for apart.
    private void Fit()
    {
        var n = _prior.Length;
        var (mean, error) = (new double[n], 0.0);
        foreach (var (x, y) in _measured)
        {
            error += (y - Dot(_prior, x)) / _measured.Count;
            for (var i = 0; i < n; i++)
            {
                mean[i] += x[i] / _measured.Count;
            }
        }

        var (matrix, right) = (new double[n, n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            matrix[i, i] = Strength;
        }

        foreach (var (x, y) in _measured)
        {
            for (var i = 0; i < n; i++)
            {
                right[i] += (x[i] - mean[i]) * (y - Dot(_prior, x) - error);
                for (var j = 0; j < n; j++)
                {
                    matrix[i, j] += (x[i] - mean[i]) * (x[j] - mean[j]);
                }
            }
        }

        var change = Solve(matrix, right);
        _weights = [.. _prior.Select((w, i) => w + change[i])];
        _offset = error - Dot(change, mean);
    }

    // Gauss; the matrix is symmetric and positive definite, so that no pivoting is needed.
    private static double[] Solve(double[,] a, double[] b)
    {
        var n = b.Length;
        for (var k = 0; k < n; k++)
        {
            for (var i = k + 1; i < n; i++)
            {
                var f = a[i, k] / a[k, k];
                for (var j = k; j < n; j++)
                {
                    a[i, j] -= f * a[k, j];
                }

                b[i] -= f * b[k];
            }
        }

        for (var i = n - 1; i >= 0; i--)
        {
            for (var j = i + 1; j < n; j++)
            {
                b[i] -= a[i, j] * b[j];
            }

            b[i] /= a[i, i];
        }

        return b;
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
