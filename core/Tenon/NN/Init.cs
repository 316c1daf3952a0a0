namespace Tenon.NN;

/// <summary>Whether the variance of initial weights follows what goes into a unit, or what comes out.</summary>
public enum Fan
{
    /// <summary>Variances stay in the forward pass.</summary>
    In,

    /// <summary>Variances stay in the backward pass.</summary>
    Out,
}

/// <summary>Initial values: each method assigns them to a tensor, which it gives back. Units are the first axis, as in the weights of layers.</summary>
public static class Init
{
    /// <summary>A number.</summary>
    public static Tensor Constant(Tensor tensor, double value) => Assigned(tensor, tensor.FullLike(value));

    /// <summary>Uniform numbers.</summary>
    public static Tensor Uniform(Tensor tensor, double low = 0, double high = 1) => Assigned(tensor, Tensor.Uniform(low, high, tensor.Shape, Wide(tensor), tensor.Device));

    /// <summary>Normal numbers.</summary>
    public static Tensor Normal(Tensor tensor, double mean = 0, double deviation = 1) =>
        Assigned(tensor, Tensor.Normal(mean, deviation, tensor.Shape, Wide(tensor), tensor.Device));

    /// <summary>Normal numbers of which those outside the bounds are drawn again.</summary>
    /// <remarks>The inverse of the distribution at uniform numbers.</remarks>
    public static Tensor TruncatedNormal(Tensor tensor, double mean = 0, double deviation = 1, double low = -2, double high = 2)
    {
        var (from, to) = (Below((low - mean) / deviation), Below((high - mean) / deviation));
        var u = Tensor.Uniform(2 * from - 1, 2 * to - 1, tensor.Shape, DType.Float32, tensor.Device);
        return Assigned(tensor, (InverseErf(u) * (deviation * Math.Sqrt(2)) + mean).Clamp(low, high));
    }

    /// <summary>Uniform numbers within ±gain·√(6 / (inputs + outputs)).</summary>
    /// <remarks>Glorot and Bengio, AISTATS 2010.</remarks>
    public static Tensor XavierUniform(Tensor tensor, double gain = 1)
    {
        var (inputs, outputs) = Fans(tensor);
        var bound = gain * Math.Sqrt(6.0 / (inputs + outputs));
        return Uniform(tensor, -bound, bound);
    }

    /// <summary>Normal numbers with a deviation of gain·√(2 / (inputs + outputs)).</summary>
    /// <remarks>Glorot and Bengio, AISTATS 2010.</remarks>
    public static Tensor XavierNormal(Tensor tensor, double gain = 1)
    {
        var (inputs, outputs) = Fans(tensor);
        return Normal(tensor, 0, gain * Math.Sqrt(2.0 / (inputs + outputs)));
    }

    /// <summary>Uniform numbers within ±gain·√(3 / fan).</summary>
    /// <param name="tensor">The weights.</param>
    /// <param name="gain">By default that of relu; see <see cref="LeakyReluGain"/>.</param>
    /// <param name="fan">Inputs or outputs.</param>
    /// <remarks>He et al., arXiv:1502.01852.</remarks>
    public static Tensor KaimingUniform(Tensor tensor, double? gain = null, Fan fan = Fan.In)
    {
        var bound = (gain ?? LeakyReluGain(0)) * Math.Sqrt(3.0 / Of(tensor, fan));
        return Uniform(tensor, -bound, bound);
    }

    /// <summary>Normal numbers with a deviation of gain / √fan.</summary>
    /// <param name="tensor">The weights.</param>
    /// <param name="gain">By default that of relu; see <see cref="LeakyReluGain"/>.</param>
    /// <param name="fan">Inputs or outputs.</param>
    /// <remarks>He et al., arXiv:1502.01852.</remarks>
    public static Tensor KaimingNormal(Tensor tensor, double? gain = null, Fan fan = Fan.In) =>
        Normal(tensor, 0, (gain ?? LeakyReluGain(0)) / Math.Sqrt(Of(tensor, fan)));

    /// <summary>√(2 / (1 + slope²)), which keeps variances through a leaky relu; 5/3 does through tanh.</summary>
    public static double LeakyReluGain(double slope) => Math.Sqrt(2 / (1 + slope * slope));

    /// <summary>Rows, or columns if there are fewer, that are orthogonal to each other and of the length <paramref name="gain"/>. Computed on the host.</summary>
    /// <remarks>Saxe, McClelland and Ganguli, arXiv:1312.6120: from normal numbers by the method of Gram and Schmidt, twice.</remarks>
    public static Tensor Orthogonal(Tensor tensor, double gain = 1)
    {
        var (inputs, _) = Fans(tensor);
        var (rows, columns) = ((int)(tensor.Count / inputs), (int)inputs);
        var (count, length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        var values = Tensor.Randn([count, length], DType.Float64).ToArray<double>();
        for (var i = 0; i < count; i++)
        {
            var v = values.AsSpan(i * length, length);
            for (var pass = 0; pass < 2; pass++)
            {
                for (var j = 0; j < i; j++)
                {
                    var w = values.AsSpan(j * length, length);
                    Add(v, w, -Dot(v, w));
                }
            }

            var norm = Math.Sqrt(Dot(v, v));
            Add(v, v, 1 / norm - 1);
        }

        var q = Tensor.From<double>(values, [count, length]) * gain;
        return Assigned(tensor, (rows > columns ? q.T : q).Reshape(tensor.Shape).To(tensor.Device));
    }

    /// <summary>Ones on the diagonal of a matrix.</summary>
    public static Tensor Eye(Tensor tensor) => tensor.Rank == 2
        ? Assigned(tensor, Tensor.Eye(tensor.Size(0), tensor.Size(1), tensor.DType, tensor.Device))
        : throw Unfit(nameof(Eye), tensor, "a matrix");

    /// <summary>Weights of a convolution that leave as many channels as they can as they are.</summary>
    /// <param name="tensor"><c>[O, I, k…]</c>.</param>
    /// <param name="groups">Into how many independent parts the channels are cut.</param>
    public static Tensor Dirac(Tensor tensor, int groups = 1)
    {
        if (tensor.Rank is < 3 or > 5 || groups < 1 || tensor.Size(0) % groups != 0)
        {
            throw Unfit(nameof(Dirac), tensor, $"the weights of a convolution with outputs in {groups} groups");
        }

        var output = Tensor.Arange(tensor.Size(0)) % (int)(tensor.Size(0) / groups);
        var value = output.Unsqueeze(1).Eq(Tensor.Arange(tensor.Size(1))).Reshape([tensor.Size(0), tensor.Size(1), .. Enumerable.Repeat((Core.SymInt)1, tensor.Rank - 2)]);
        for (var axis = 2; axis < tensor.Rank; axis++)
        {
            var isCentre = Tensor.Arange(tensor.Size(axis)).Eq(tensor.Size(axis) / 2);
            value &= isCentre.Reshape([-1, .. Enumerable.Repeat((Core.SymInt)1, tensor.Rank - 1 - axis)]);
        }

        return Assigned(tensor, value.Cast(tensor.DType));
    }

    /// <summary>Normal numbers, but in each column a share of them is 0.</summary>
    /// <param name="tensor">A matrix.</param>
    /// <param name="share">The share.</param>
    /// <param name="deviation">The deviation of the others.</param>
    /// <remarks>Martens, ICML 2010.</remarks>
    public static Tensor Sparse(Tensor tensor, double share, double deviation = 0.01)
    {
        if (tensor.Rank != 2)
        {
            throw Unfit(nameof(Sparse), tensor, "a matrix");
        }

        var zeros = (int)Math.Ceiling(share * tensor.Size(0));
        var order = Tensor.Rand(tensor.Shape, DType.Float32, tensor.Device).ArgSort(0).ArgSort(0);
        return Assigned(tensor, Tensor.Where(order < zeros, 0, Tensor.Normal(0, deviation, tensor.Shape, Wide(tensor), tensor.Device)));
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static void Add(Span<double> a, ReadOnlySpan<double> b, double factor)
    {
        for (var i = 0; i < a.Length; i++)
        {
            a[i] += b[i] * factor;
        }
    }

    private static Tensor Assigned(Tensor tensor, Tensor value)
    {
        using var noGrad = Tensor.NoGrad();
        return tensor.Assign(value);
    }

    private static DType Wide(Tensor tensor) => tensor.DType == DType.Float64 ? DType.Float64 : DType.Float32;

    private static double Of(Tensor tensor, Fan fan) => fan == Fan.In ? Fans(tensor).Inputs : Fans(tensor).Outputs;

    private static (long Inputs, long Outputs) Fans(Tensor tensor)
    {
        if (tensor.Rank < 2)
        {
            throw Unfit("This", tensor, "two axes or more, of which the first are units and the second inputs");
        }

        var window = tensor.Count / tensor.Size(0) / tensor.Size(1);
        return (tensor.Size(1) * window, tensor.Size(0) * window);
    }

    private static TenonException Unfit(string operation, Tensor tensor, string expected) =>
        new("TEN3259", $"Init: {operation} of shape {tensor.Shape}. Expected {expected}.");

    // The share of normal numbers below x, by the series of Abramowitz and Stegun 7.1.6 for erf.
    private static double Below(double x)
    {
        if (Math.Abs(x) > 8)
        {
            return x > 0 ? 1 : 0;
        }

        var (z, term, sum) = (x / Math.Sqrt(2), x / Math.Sqrt(2), x / Math.Sqrt(2));
        for (var n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum) && n < 300; n++)
        {
            term *= 2 * z * z / (2 * n + 1);
            sum += term;
        }

        return 0.5 + sum * Math.Exp(-z * z) / Math.Sqrt(Math.PI);
    }

    // Giles, "Approximating the erfinv function", GPU Computing Gems (2012), in single precision.
    private static Tensor InverseErf(Tensor x)
    {
        var w = -((1.0 - x) * (1.0 + x)).Log();
        var centre = Polynomial(w - 2.5, [2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503, -0.00417768164, 0.246640727, 1.50140941]);
        var tail = Polynomial(w.Sqrt() - 3.0, [-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047, 1.00167406, 2.83297682]);
        return Tensor.Where(w < 5, centre, tail) * x;
    }

    private static Tensor Polynomial(Tensor x, double[] coefficients)
    {
        Tensor sum = coefficients[0];
        foreach (var c in coefficients.AsSpan(1))
        {
            sum = sum * x + c;
        }

        return sum;
    }
}
