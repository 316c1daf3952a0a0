namespace Tenon.Tests;

/// <summary>Tests that ask tensors for values. The executor is set for the whole assembly.</summary>
internal static class TensorTest
{
    /// <summary>A tensor of given values.</summary>
    public static Tensor Of(long[] shape, params double[] values) => Numbers(values, shape, DType.Float32);

    /// <summary>Different, irregular values in (-2, 2), the same in each run.</summary>
    public static Tensor Sample(DType dtype, int seed, params long[] shape)
    {
        var random = new Random(seed);
        var values = new double[shape.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextDouble() * 4 - 2;
        }

        return Numbers(values, shape, dtype);
    }

    // Not every device has float64.
    private static Tensor Numbers(double[] values, long[] shape, DType dtype) =>
        dtype == DType.Float64 ? Tensor.From<double>(values, shape) : Tensor.From<float>(Array.ConvertAll(values, v => (float)v), shape).Cast(dtype);

    /// <summary>The tensor, as one that requires a gradient.</summary>
    public static Tensor RequiresGradOf(this Tensor x, out Tensor leaf)
    {
        leaf = x.Realize();
        leaf.RequiresGrad = true;
        return leaf;
    }

    /// <summary>The elements as doubles. The tensor stays as it is: not computed, if it wasn't.</summary>
    public static double[] Values(this Tensor x) => Read(x.Detach());

    private static double[] Read(Tensor x) => x.DType switch
    {
        var t when t == DType.Float64 || t.IsComplex => x.Cast(DType.Float64).ToArray<double>(),
        var t when t == DType.Int64 => Array.ConvertAll(x.ToArray<long>(), v => (double)v),
        var t when t == DType.UInt64 => Array.ConvertAll(x.ToArray<ulong>(), v => (double)v),
        var t when t == DType.UInt32 => Array.ConvertAll(x.ToArray<uint>(), v => (double)v),
        { IsFloat: true } => Array.ConvertAll(x.Cast(DType.Float32).ToArray<float>(), v => (double)v),
        _ => Array.ConvertAll(x.Cast(DType.Int32).ToArray<int>(), v => (double)v),
    };

    /// <summary>Compares elements and, if given, sizes.</summary>
    public static void Expect(Tensor actual, double[] expected, double tolerance = 1e-6, long[]? shape = null)
    {
        if (shape is not null)
        {
            Assert.That(actual.Shape.ToSizes().Select(s => s.Value), Is.EqualTo(shape));
        }

        var values = actual.Values();
        Assert.That(values, Has.Length.EqualTo(expected.Length));
        for (var i = 0; i < values.Length; i++)
        {
            var isSame = values[i].Equals(expected[i]) || Math.Abs(values[i] - expected[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.That(isSame, Is.True, $"element {i}: {values[i]}, expected {expected[i]}");
        }
    }

    /// <summary>Compares the elements of two tensors.</summary>
    public static void Expect(Tensor actual, Tensor expected, double tolerance = 1e-6) =>
        Expect(actual, expected.Values(), tolerance, expected.Shape.ToArray());

    /// <summary>Expects an error with a code.</summary>
    public static void ExpectError(string code, TestDelegate action)
    {
        var error = Assert.Catch<TenonException>(action);
        Assert.That(error!.Code, Is.EqualTo(code), error.Message);
    }
}
