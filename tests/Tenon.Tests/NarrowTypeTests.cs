using Tenon.Tests.Shared;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>Floats of 8 and 4 bits, packed integers: conversions of all values, memory, arithmetic.</summary>
internal sealed class NarrowTypeTests
{
    private static readonly DType[] Floats = [DType.Float8E4M3FN, DType.Float8E5M2, DType.Float8E4M3FNUZ, DType.Float8E5M2FNUZ, DType.Float8E8M0, DType.Float4E2M1];
    private static readonly DType[] Integers = [DType.Int4, DType.UInt4, DType.Int2, DType.UInt2];
    private static readonly DType[] Narrow = [.. Floats, .. Integers];

    [TestCaseSource(nameof(Floats))]
    public void EveryCodeMeansItsValue(DType dtype)
    {
        var codes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        var x = Tensor.FromBytes(codes, dtype, [256 * 8 / dtype.Bits]);
        var expected = dtype.IsPacked
            ? codes.SelectMany(c => new[] { NarrowFloats.Decode(dtype, c & 15u), NarrowFloats.Decode(dtype, (uint)c >> 4) })
            : codes.Select(c => NarrowFloats.Decode(dtype, c));
        Same(x.Cast(DType.Float32), expected);
        Assert.That(Known(dtype, x.ToBytes()), Is.EqualTo(Known(dtype, codes)));
        Assert.That(x.Cast(DType.Float32).Cast(dtype).Cast(DType.Float32).ToArray<float>(), Is.EqualTo(expected.Select(v => float.IsNaN(v) && dtype == DType.Float4E2M1 ? -0f : v)));
        foreach (var wide in (DType[])[DType.BFloat16, DType.Float64])
        {
            Assert.That(x.Cast(wide).Values(), Is.EqualTo(expected.Select(v => (double)v)), wide.Name);
        }
    }

    [Test]
    public void FloatsRoundToNearestEven([ValueSource(nameof(Floats))] DType dtype, [Values("float16", "bfloat16")] string from)
    {
        var codes = Enumerable.Range(0, 0x10000).Select(i => (ushort)i).ToArray();
        var x = Tensor.From<ushort>(codes).Bitcast(DType.Parse(from));
        var values = codes.Select(c => from == "float16" ? (float)BitConverter.UInt16BitsToHalf(c) : BitConverter.UInt32BitsToSingle((uint)c << 16));
        Same(x.Cast(dtype).Cast(DType.Float32), values.Select(v => NarrowFloats.Decode(dtype, NarrowFloats.Encode(dtype, v))));
    }

    [TestCaseSource(nameof(Floats))]
    public void EveryCodeConverts(DType dtype)
    {
        var codes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        var x = Tensor.FromBytes(codes, dtype, [256 * 8 / dtype.Bits]);
        var values = x.Cast(DType.Float32).ToArray<float>();
        foreach (var to in Floats)
        {
            Same(x.Cast(to).Cast(DType.Float32), values.Select(v => NarrowFloats.Decode(to, NarrowFloats.Encode(to, v))));
        }

        Same(x.Cast(DType.Float16).Cast(DType.Float32), values.Select(v => (float)(Half)v));
        Assert.That(x.Cast(DType.Bool).ToArray<bool>(), Is.EqualTo(values.Select(v => v != 0)));
        Assert.That(x.Cast(DType.Int32).ToArray<int>(), Is.EqualTo(values.Select(v => (int)v)));
        Assert.That(x.Cast(DType.UInt8).ToArray<byte>(), Is.EqualTo(values.Select(v => unchecked((byte)(int)v))));
        foreach (var to in Integers)
        {
            Assert.That(x.Cast(to).Cast(DType.Int32).ToArray<int>(), Is.EqualTo(values.Select(v => Wrapped(to, (int)v))), to.Name);
        }
    }

    [TestCaseSource(nameof(Integers))]
    public void EveryIntegerConverts(DType dtype)
    {
        var bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        var x = Tensor.FromBytes(bytes, dtype, [256 * 8 / dtype.Bits]);
        var values = x.Cast(DType.Int32).ToArray<int>();
        Assert.That(values, Is.EqualTo(Enumerable.Range(0, 256 * 8 / dtype.Bits).Select(i => Wrapped(dtype, bytes[i * dtype.Bits / 8] >> (i * dtype.Bits % 8)))));
        foreach (var to in Floats)
        {
            Same(x.Cast(to).Cast(DType.Float32), values.Select(v => NarrowFloats.Decode(to, NarrowFloats.Encode(to, v))));
        }

        foreach (var to in Integers)
        {
            Assert.That(x.Cast(to).Cast(DType.Int32).ToArray<int>(), Is.EqualTo(values.Select(v => Wrapped(to, v))), to.Name);
        }

        Assert.That(x.Cast(DType.Complex64).Real.ToArray<float>(), Is.EqualTo(values.Select(v => (float)v)));
    }

    [TestCaseSource(nameof(Floats))]
    public void TiesAndNeighboursRoundRight(DType dtype)
    {
        var known = NarrowFloats.Values(dtype).Where(float.IsFinite).Order().Distinct().ToArray();
        var values = new List<float> { float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, float.Epsilon, -float.Epsilon, float.MaxValue, 1e-30f, 480, 464, 465, -464, 248, 1e6f, -1e6f };
        for (var i = 1; i < known.Length; i++)
        {
            var middle = (float)((known[i - 1] + (double)known[i]) / 2);
            values.AddRange([known[i], middle, MathF.BitDecrement(middle), MathF.BitIncrement(middle)]);
        }

        var x = Tensor.From<float>([.. values]);
        var codes = values.Select(v => (byte)NarrowFloats.Encode(dtype, v)).ToArray();
        Same(x.Cast(dtype).Cast(DType.Float32), codes.Select(c => NarrowFloats.Decode(dtype, c)));

        // The bits themselves, apart from those of NaN.
        if (!dtype.IsPacked)
        {
            var bits = x.Cast(dtype).Bitcast(DType.UInt8).ToArray<byte>();
            Assert.That(bits.Where((_, i) => !float.IsNaN(NarrowFloats.Decode(dtype, codes[i]))), Is.EqualTo(codes.Where(c => !float.IsNaN(NarrowFloats.Decode(dtype, c)))));
        }

        foreach (var v in values)
        {
            Assert.That(((Scalar)v).To(dtype).AsDouble, Is.EqualTo((double)NarrowFloats.Decode(dtype, NarrowFloats.Encode(dtype, v))), $"{v}");
        }
    }

    // The table of ONNX's Cast, as its backend tests have it.
    [Test]
    public void GreatNumbersSaturateIfAsked()
    {
        var x = Tensor.From<float>([1e6f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, -1e6f, 0.5f]);
        foreach (var (dtype, codes) in new (DType, byte[])[]
        {
            (DType.Float8E4M3FN, [0x7e, 0x7e, 0xfe, 0x7f, 0xfe, 0x30]),
            (DType.Float8E4M3FNUZ, [0x7f, 0x7f, 0xff, 0x80, 0xff, 0x38]),
            (DType.Float8E5M2, [0x7b, 0x7b, 0xfb, 0x7e, 0xfb, 0x38]),
            (DType.Float8E5M2FNUZ, [0x7f, 0x7f, 0xff, 0x80, 0xff, 0x3c]),
        })
        {
            Expected(x.Cast(dtype, saturate: true), codes);
            Expected(x.Cast(DType.Float16).Cast(dtype, saturate: true), codes);
            Expected(x.Cast(DType.Float64).Cast(dtype, saturate: true), codes);
        }

        Expected(x.Cast(DType.Float8E4M3FN), new byte[] { 0x7f, 0x7f, 0xff, 0x7f, 0xff, 0x30 });
        Expected(x.Cast(DType.Float8E4M3FNUZ), new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x38 });
        Expected(x.Cast(DType.Float8E5M2), new byte[] { 0x7c, 0x7c, 0xfc, 0x7e, 0xfc, 0x38 });
        Expected(x.Cast(DType.Float4E2M1), new byte[] { 0x77, 0x8f, 0x1f });
    }

    [TestCaseSource(nameof(Integers))]
    public void IntegersWrapAndPack(DType dtype)
    {
        var values = Enumerable.Range(-20, 41).ToArray();
        var x = Tensor.From<int>(values).Cast(dtype);
        var expected = values.Select(v => (double)Wrapped(dtype, v)).ToArray();
        Expect(x, expected);
        var bytes = new byte[(values.Length * dtype.Bits + 7) / 8];
        for (var i = 0; i < values.Length; i++)
        {
            bytes[i * dtype.Bits / 8] |= (byte)((values[i] & ((1 << dtype.Bits) - 1)) << (i * dtype.Bits % 8));
        }

        Assert.That(x.ToBytes(), Is.EqualTo(bytes));
        Expect(Tensor.FromBytes(bytes, dtype, [41]), expected);
        Expect(Tensor.From<float>([.. values.Select(v => v + (v < 0 ? -0.5f : 0.5f))]).Cast(dtype), expected);
        Expect(x + x, [.. values.Select(v => (double)Wrapped(dtype, 2 * v))]);
        Expect(x * 3 - 1, [.. values.Select(v => (double)Wrapped(dtype, 3 * v - 1))]);
        Expect(x.Sum(), [expected.Sum()]);
        Expect(x.Max(), [dtype.MaxInteger]);
        Expect(x[TensorIndex.Every(3, 3..40)], [.. Enumerable.Range(0, 13).Select(i => expected[3 + 3 * i])]);
        Assert.That(((x + x).DType, (x + Tensor.Ones([1], DType.Int32)).DType), Is.EqualTo((dtype, DType.Int32)));
    }

    [TestCaseSource(nameof(Narrow))]
    public void MemoryHoldsThem(DType dtype)
    {
        var x = Tensor.From<double>([1, 2, 0, 1, 2, 1, 1], [7]).Cast(dtype);
        var values = x.Values();
        Assert.That(x.Realize().ToBytes(), Has.Length.EqualTo((7 * dtype.Bits + 7) / 8));
        Expect(x, values);
        Expect(x.Contiguous(), values);
        Expect(x.To("CPU:1").Flip(0), [.. values.Reverse()]);
        Expect(Tensor.Cat([x, x]), [.. values, .. values]);
        Expect(x.IndexSelect(0, new[] { 6, 1 }), [values[6], values[1]]);
        Expect(x.Sort().Values, [.. values.Order()]);
        Assert.That(x.Eq(x).All().Item<bool>());
        x[2..4] = 2;
        values[2] = values[3] = x[2].Cast(DType.Float32).Item<float>();
        Expect(x.Realize(), values);
        x[0] = x[1];
        values[0] = values[1];
        x.Assign(x.Flip(0));
        Expect(x, [.. values.Reverse()]);
        Expect(x.Realize(), [.. values.Reverse()]);
    }

    [TestCaseSource(nameof(Narrow))]
    public void ConversionsMeetThoseOfLiterals(DType dtype)
    {
        foreach (var other in DType.All.Where(d => !d.IsComplex))
        {
            foreach (var v in (double[])[0, 1, 2, 3, 0.5, 1.5, -1, -2.5, 7, 100])
            {
                var x = Tensor.Full([2], v, DType.Float64).Contiguous().Cast(dtype).Cast(other);
                var expected = Core.ScalarMath.CastTo(Core.ScalarMath.CastTo(v, dtype), other).AsDouble;
                Expect(x, [expected, expected], tolerance: 0);
            }
        }
    }

    [Test]
    public void ArithmeticRoundsEachResult()
    {
        var x = Tensor.From<float>([448, 17, 0.017f, -3]).Cast(DType.Float8E4M3FN);
        var values = x.Cast(DType.Float32).ToArray<float>();
        Same((x + 1).Cast(DType.Float32), values.Select(v => Rounded(v + 1)));
        Same((x * x * 0.5).Cast(DType.Float32), values.Select(v => Rounded(Rounded(v * v) * 0.5f)));
        Assert.That((x + x).DType, Is.EqualTo(DType.Float8E4M3FN));
        Expect(x.Sum(), [Rounded(values.Sum())]);
        Expect(x.Cast(DType.Float8E5M2).MatMul(x.Cast(DType.Float8E5M2)).Cast(DType.Float32), [float.PositiveInfinity]);
        var w = Tensor.From<float>([1, 2, 3]).Cast(DType.Float8E4M3FN);
        w.RequiresGrad = true;
        (w * w).Sum().Backward();
        Expect(w.Grad!, [2, 4, 6]);

        static float Rounded(float v) => NarrowFloats.Decode(DType.Float8E4M3FN, NarrowFloats.Encode(DType.Float8E4M3FN, v));
    }

    [Test]
    public void BitsArePassedOn()
    {
        Assert.That(Tensor.From<byte>([0x30, 0xb0]).Bitcast(DType.Float8E4M3FN).Values(), Is.EqualTo(new[] { 0.5, -0.5 }));
        Assert.That(Tensor.FromBytes([0xf1], DType.UInt4, [2]).Bitcast(DType.Int4).Values(), Is.EqualTo(new[] { 1.0, -1 }));
        Assert.That(Tensor.FromBytes([0x72], DType.UInt4, [2]).Bitcast(DType.Float4E2M1).Values(), Is.EqualTo(new[] { 1.0, 6 }));
        ExpectError("TEN3033", () => Tensor.Zeros([2], DType.UInt8).Bitcast(DType.Int4));
    }

    [Test]
    public void RandomNumbersStayBelowOne([Values("float8e4m3fn", "float8e5m2", "float4e2m1")] string dtype) =>
        Assert.That(Tensor.Rand([200], DType.Parse(dtype)).Values(), Is.All.InRange(0, 0.99));

    private static int Wrapped(DType dtype, int value) => dtype.IsSigned ? value << (32 - dtype.Bits) >> (32 - dtype.Bits) : value & ((1 << dtype.Bits) - 1);

    private static void Expected(Tensor actual, byte[] codes) => Assert.That(Known(actual.DType, actual.ToBytes()), Is.EqualTo(Known(actual.DType, codes)), actual.DType.Name);

    // NaN has several codes.
    private static IEnumerable<byte> Known(DType dtype, byte[] codes) => dtype.IsPacked ? codes : codes.Select(c => float.IsNaN(NarrowFloats.Decode(dtype, c)) ? (byte)0x7f : c);

    private static void Same(Tensor actual, IEnumerable<float> expected) =>
        Assert.That(actual.ToArray<float>().Select(Text), Is.EqualTo(expected.Select(Text)));

    // The sign of zero counts, that of NaN doesn't.
    private static string Text(float v) => float.IsNaN(v) ? "NaN" : v.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
