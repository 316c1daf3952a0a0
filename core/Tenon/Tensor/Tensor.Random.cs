using System.Runtime.InteropServices;
using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Begins the stream of random numbers anew. The same seed gives the same numbers on every device.</summary>
    public static void ManualSeed(ulong seed)
    {
        CaptureTrace.Refuse("seeds the random numbers", "Seed them outside.");
        RandomStream.Seed(seed);
    }

    /// <summary>Uniform numbers of float32, at least 0 and below 1.</summary>
    public static Tensor Rand(params Shape shape) => Rand(shape, null);

    /// <summary>Uniform numbers, at least 0 and below 1.</summary>
    /// <exception cref="TenonException">The dtype is not of floating point.</exception>
    public static Tensor Rand(Shape shape, DType? dtype, string? device = null)
    {
        var type = FloatOrDefault(dtype, nameof(Rand));
        var bits = RandomBits(shape, device, nameof(Rand));
        return type == DType.Float64
            ? (bits >> 11).Cast(type) * Math.ScaleB(1, -53)
            : Fraction(bits, type.Format is { } format ? Math.Min(format.FractionBits + 1, Math.Max(1, format.FractionBits + format.Bias - 1)) : 24).Cast(type);
    }

    /// <summary>Normal numbers of float32 with mean 0 and variance 1.</summary>
    public static Tensor Randn(params Shape shape) => Randn(shape, null);

    /// <summary>Normal numbers with mean 0 and variance 1.</summary>
    /// <remarks>Box and Muller, <c>doi.org/10.1214/aoms/1177706645</c>, in float32.</remarks>
    /// <exception cref="TenonException">The dtype is not of floating point.</exception>
    public static Tensor Randn(Shape shape, DType? dtype, string? device = null)
    {
        // One half of the bits is the distance, above 0 so that its logarithm is finite; the other is the angle.
        var type = FloatOrDefault(dtype, nameof(Randn));
        var bits = RandomBits(shape, device, nameof(Randn));
        var distance = (-2.0 * (Fraction(bits, 24) + Math.ScaleB(1, -25)).Log()).Sqrt();
        return (distance * (Fraction(bits << 32, 24) * (2 * Math.PI)).Cos()).Cast(type);
    }

    /// <summary>Whole numbers, at least <paramref name="low"/> and below <paramref name="high"/>.</summary>
    /// <exception cref="TenonException">The range is empty, or longer than 2³².</exception>
    public static Tensor RandInt(long low, long high, Shape shape, DType? dtype = null, string? device = null)
    {
        if (high <= low || high - low > uint.MaxValue)
        {
            throw new TenonException("TEN3068", $"RandInt: from {low} to {high}, exclusive. Expected 1 to 2^32 - 1 numbers.");
        }

        var scaled = ((RandomBits(shape, device, nameof(RandInt)) >> 32) * (high - low)) >> 32;
        return (scaled.Cast(DType.Int64) + low).Cast(dtype ?? DType.Int32);
    }

    /// <summary>Uniform numbers of float32, at least <paramref name="low"/> and below <paramref name="high"/>.</summary>
    public static Tensor Uniform(double low, double high, Shape shape, DType? dtype = null, string? device = null) =>
        Rand(shape, dtype, device) * (high - low) + low;

    /// <summary>Normal numbers with a mean and a standard deviation.</summary>
    public static Tensor Normal(double mean, double deviation, Shape shape, DType? dtype = null, string? device = null) =>
        Randn(shape, dtype, device) * deviation + mean;

    /// <summary>Uniform weights for layers followed by (leaky) relu; <c>[O, I, …]</c> with I·… inputs.</summary>
    /// <remarks>He et al., arXiv:1502.01852: bounds ±√(6 / ((1 + a²)·inputs)).</remarks>
    public static Tensor KaimingUniform(Shape shape, double a = 0, DType? dtype = null, string? device = null)
    {
        var bound = Math.Sqrt(6 / ((1 + a * a) * Math.Max(1, shape.MaxElements / Math.Max(1, shape[0]))));
        return Uniform(-bound, bound, shape, dtype, device);
    }

    /// <summary>Uniform weights <c>[O, I, …]</c> for layers followed by tanh or sigmoid.</summary>
    /// <remarks>Glorot and Bengio, AISTATS 2010: bounds ±√(6 / (inputs + outputs)).</remarks>
    public static Tensor GlorotUniform(Shape shape, DType? dtype = null, string? device = null)
    {
        var perUnit = shape.Rank > 2 ? Shapes.Product(shape.ToArray().AsSpan(2)) : 1;
        var bound = Math.Sqrt(6.0 / ((shape[0] + (shape.Rank > 1 ? shape[1] : 1)) * perUnit));
        return Uniform(-bound, bound, shape, dtype, device);
    }

    /// <summary>Normal weights <c>[O, I, …]</c> for layers followed by (leaky) relu; <c>[O, I, …]</c> with I·… inputs.</summary>
    /// <remarks>He et al., arXiv:1502.01852: deviation √(2 / ((1 + a²)·inputs)).</remarks>
    public static Tensor KaimingNormal(Shape shape, double a = 0, DType? dtype = null, string? device = null) =>
        Normal(0, Math.Sqrt(2 / ((1 + a * a) * Math.Max(1, shape.MaxElements / Math.Max(1, shape[0])))), shape, dtype, device);

    /// <summary>Uniform numbers between ±1/√n for n elements.</summary>
    public static Tensor ScaledUniform(Shape shape, DType? dtype = null, string? device = null)
    {
        var bound = 1 / Math.Sqrt(Math.Max(1, shape.MaxElements));
        return Uniform(-bound, bound, shape, dtype, device);
    }

    /// <summary>Random bits as uint32.</summary>
    public static Tensor RandomBits(Shape shape, string? device = null) => (RandomBits(shape, device, nameof(RandomBits)) >> 32).Cast(DType.UInt32);

    /// <summary>Uniform numbers from 0 to 1 of this tensor's shape, dtype and device.</summary>
    public Tensor RandLike(DType? dtype = null) => Rand(Shape, dtype ?? DType, _device);

    /// <summary>Normal numbers of this tensor's shape, dtype and device.</summary>
    public Tensor RandnLike(DType? dtype = null) => Randn(Shape, dtype ?? DType, _device);

    /// <summary>Whole numbers of this tensor's shape, dtype and device, from <paramref name="low"/> to below <paramref name="high"/>.</summary>
    public Tensor RandIntLike(long low, long high, DType? dtype = null) => RandInt(low, high, Shape, dtype ?? DType, _device);

    /// <summary>Exponentially distributed numbers: -log(1 - u) / rate.</summary>
    public static Tensor Exponential(double rate, Shape shape, DType? dtype = null, string? device = null) =>
        -(-Rand(shape, dtype, device)).Log1p() / rate;

    /// <summary>A sample that is nearly one-hot, drawn by logits, through which gradients pass.</summary>
    /// <param name="temperature">The smaller, the nearer to one-hot.</param>
    /// <param name="hard">Whether it is one-hot, with the gradient of the one that is not.</param>
    /// <param name="axis">The axis of the classes.</param>
    /// <remarks>Jang et al., arXiv:1611.01144.</remarks>
    public Tensor GumbelSoftmax(double temperature = 1, bool hard = false, int axis = -1)
    {
        var noise = Exponential(1, Shape, DType.Float32, _device).Maximum(1e-38).Log();
        var soft = ((this - noise) / temperature).Softmax(axis);
        var at = Shapes.Axis(axis, Rank, nameof(GumbelSoftmax));
        var places = Arange(Shape.Size(at)).Reshape(Shapes.Along(Rank, at, Shape.Size(at)));
        return hard ? soft + (soft.ArgMax(at, keepDim: true).Eq(places).Cast(soft.DType) - soft).Detach() : soft;
    }

    /// <summary>1 with the probability that each element of this tensor is, else 0; in its dtype.</summary>
    public Tensor Bernoulli() => (Rand(Shape, DType.Float32, _device) < this).Cast(DType);

    /// <summary>Indices drawn with probabilities in proportion to weights: <c>[…, N]</c> → int32 <c>[…, count]</c>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="replacement">Whether an index may be drawn several times.</param>
    /// <remarks>Without replacement: the first indices by weight's logarithm plus Gumbel noise (Vieira, 2014; Kool et al., arXiv:1903.06059).</remarks>
    /// <exception cref="TenonException">There is no axis, or there are fewer elements than are drawn without replacement.</exception>
    public Tensor Multinomial(int count = 1, bool replacement = false)
    {
        var n = Shape.Size(Shapes.Axis(-1, Rank, nameof(Multinomial)));
        if (count < 1 || (!replacement && !Shapes.IsAtMost(count, n)))
        {
            throw new TenonException("TEN3166", $"Multinomial: {count} of {n} elements{(replacement ? "" : " without replacement")}. Expected 1 {(replacement ? "or more" : $"to {n}")}.");
        }

        var weights = ToFloat().Detach().Cast(DType.Float32);
        if (!replacement)
        {
            var noise = -(-Rand(Shape, DType.Float32, _device)).Log1p();
            return (weights.Log() - noise.Maximum(1e-38).Log()).TopK(count).Indices;
        }

        // A place beyond all weight falls back to the last that has some.
        var upTo = weights.CumSum(-1).Contiguous();
        var at = Rand(Shapes.With(Shape, Rank - 1, count), DType.Float32, _device) * upTo[Ellipsis, ^1..];
        var last = Searched(upTo, upTo[Ellipsis, ^1..], right: false);
        return Searched(upTo, at, right: true).Minimum(last);
    }

    /// <summary>The numbers 0 to <paramref name="count"/> - 1 in random order, as int32. Shuffled on the host.</summary>
    public static Tensor RandPerm(int count, string? device = null)
    {
        if (FunctionTrace.Current is not null && !RandomStream.IsOwn)
        {
            throw new TenonException(TensorFunction.ValueCode, $"RandPerm of {count}: it draws on the host, which in a traced function would happen once. Call it outside, and pass the result.");
        }

        var order = From<int>(Shuffled(count), device);
        if (!RandomStream.IsOwn && count > 0)
        {
            CaptureTrace.Current?.Recording.FillAtEachRun(order.StoredBuffer!, bytes => MemoryMarshal.AsBytes<int>(Shuffled(count)).CopyTo(bytes));
        }

        return order;
    }

    private static int[] Shuffled(int count)
    {
        var order = Enumerable.Range(0, count).ToArray();
        var (key, counter) = RandomStream.Take(count);
        for (var i = count - 1; i > 0; i--)
        {
            var other = (int)((UInt128)Core.Threefry.Apply(counter + (ulong)i, key) * (ulong)(i + 1) >> 64);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }

    /// <summary>Sets elements to 0 with probability <paramref name="p"/>, and scales the others so that the mean stays.</summary>
    public Tensor Dropout(double p = 0.5)
    {
        if (p is < 0 or > 1)
        {
            throw new TenonException("TEN3069", $"Dropout: probability {p}. Expected 0 to 1.");
        }

        return p == 0 ? this : p == 1 ? this * 0.0 : Where(Rand(Shape, DType.Float32, _device) < p, 0, this * (1 / (1 - p)));
    }

    private static DType FloatOrDefault(DType? dtype, string operation) =>
        dtype is null || dtype.IsFloat ? dtype ?? DType.Float32 : throw new TenonException("TEN3070", $"{operation}: {dtype}. Expected floating point.");

    // 64 random bits for each element. Key and counter are data, so that every call of one shape is the same program.
    private static Tensor RandomBits(Shape shape, string? device, string operation)
    {
        var sizes = Shapes.Checked(shape, operation);
        var count = sizes.Elements;
        var state = RandomState(sizes.MaxElements, device);
        FunctionTrace.Current?.NoteDraw(state, sizes.MaxElements, device);
        var counters = Iota(count, DType.UInt64, null) + state[1];
        return Result(UOp.Alu(Ops.Threefry, counters.Node, state[0].Expand(count).Node), operation, state).Reshape(sizes);
    }

    internal static Tensor RandomState(long count, string? device)
    {
        var (key, counter) = RandomStream.Take(count);
        var state = From<ulong>([key, counter], device);
        CaptureTrace.Current?.NoteDraw(state, count);
        return state;
    }

    // The upper bits as a fraction below 1, exact in float32.
    private static Tensor Fraction(Tensor bits, int count) => (bits >> (64 - count)).Cast(DType.Float32) * Math.ScaleB(1, -count);
}
