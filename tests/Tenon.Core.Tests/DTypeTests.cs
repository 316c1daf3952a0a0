namespace Tenon.Core.Tests;

public class DTypeTests
{
    [Test]
    public void Promotion_is_commutative_associative_and_idempotent()
    {
        Assert.Multiple(() =>
        {
            foreach (var a in DType.All)
            {
                Assert.That(Promotion.Join(a, a), Is.SameAs(a));
                foreach (var b in DType.All)
                {
                    Assert.That(Promotion.Join(a, b), Is.SameAs(Promotion.Join(b, a)), $"{a}, {b}");
                    foreach (var c in DType.All)
                    {
                        Assert.That(Promotion.Join(Promotion.Join(a, b), c), Is.SameAs(Promotion.Join(a, Promotion.Join(b, c))), $"{a}, {b}, {c}");
                    }
                }
            }
        });
    }

    [TestCase("bool", "int8", "int8")]
    [TestCase("int8", "uint8", "int16")]
    [TestCase("int32", "uint32", "int64")]
    [TestCase("int64", "float32", "float32")]
    [TestCase("float16", "bfloat16", "float32")]
    [TestCase("uint8", "float16", "float16")]
    [TestCase("float32", "float64", "float64")]
    [TestCase("int4", "uint4", "int8")]
    [TestCase("int64", "float8e4m3fn", "float8e4m3fn")]
    [TestCase("float8e5m2", "float8e4m3fn", "float16")]
    [TestCase("float8e8m0", "float8e5m2", "float32")]
    [TestCase("float4e2m1", "bfloat16", "bfloat16")]
    [TestCase("float64", "complex64", "complex64")]
    public void Promotion_gives_the_least_type_above_both(string a, string b, string expected) =>
        Assert.That(Promotion.Join(DType.Parse(a), DType.Parse(b)).Name, Is.EqualTo(expected));

    [Test]
    public void A_scalar_defers_to_the_tensor_unless_it_is_of_a_higher_kind()
    {
        Assert.That(Promotion.JoinWeak(DType.Float16, 2.5), Is.SameAs(DType.Float16));
        Assert.That(Promotion.JoinWeak(DType.UInt8, 300), Is.SameAs(DType.UInt8));
        Assert.That(Promotion.JoinWeak(DType.Int32, 0.5), Is.SameAs(DType.Float32));
        Assert.That(Promotion.JoinWeak(DType.Bool, 1), Is.SameAs(DType.Int32));
    }

    [Test]
    public void Literals_wrap_and_round_as_their_type_does()
    {
        Assert.That(((Scalar)300).To(DType.UInt8).AsLong, Is.EqualTo(44));
        Assert.That(((Scalar)200).To(DType.Int8).AsLong, Is.EqualTo(-56));
        Assert.That(((Scalar)0.1).To(DType.Float32).AsDouble, Is.EqualTo((double)0.1f));
        Assert.That(((Scalar)1.00390625).To(DType.BFloat16).AsDouble, Is.EqualTo(1.0));
        Assert.That(ScalarMath.CastTo(1e20, DType.Int32).AsLong, Is.EqualTo(int.MaxValue));
        Assert.That(ScalarMath.CastTo(double.NaN, DType.Int32).AsLong, Is.Zero);
    }

    /// <summary>The first three known answers of Random123 for threefry2x32 with 20 rounds.</summary>
    [TestCase(0UL, 0UL, 0x6b200159u, 0x99ba4efeu)]
    [TestCase(ulong.MaxValue, ulong.MaxValue, 0x1cb996fcu, 0xbb002be7u)]
    [TestCase(0x85a308d3_243f6a88UL, 0x03707344_13198a2eUL, 0xc4923a9cu, 0x483df7a0u)]
    public void Threefry_gives_the_known_answers(ulong counter, ulong key, uint low, uint high) =>
        Assert.That(Threefry.Apply(counter, key), Is.EqualTo(low | (ulong)high << 32));

    [Test]
    public void Numbers_and_names_find_their_dtype()
    {
        foreach (var d in DType.All)
        {
            Assert.That((DType.FromId(d.Id), DType.Parse(d.Name)), Is.EqualTo((d, d)));
            Assert.That(d.BytesOf(5), Is.EqualTo((5 * d.Bits + 7) / 8), d.Name);
        }

        Assert.That(DType.FromId(DType.Index.Id), Is.SameAs(DType.Index));
        Assert.That(DType.All.Select(d => d.Id), Is.Unique);
    }

    [Test]
    public void Codes_of_narrow_floats_are_those_of_their_values()
    {
        foreach (var (dtype, codes) in DType.All.Where(d => d.Format is not null).Select(d => (d, 1u << d.Bits)))
        {
            for (uint code = 0; code < codes; code++)
            {
                var value = dtype.Format!.Decode(code);
                Assert.That(float.IsNaN(value) || dtype.Format.Encode(value) == code, Is.True, $"{dtype} {code:x}: {value}");
                Assert.That(float.IsNaN(value) || Scalar.FromBits(dtype, code).ToBits(dtype) == code, Is.True, $"{dtype} {code:x}");
            }
        }

        Assert.That(DType.All.Where(d => d.Format is not null).Select(d => d.Format!.MaxValue), Is.EqualTo(new[] { 65504f, 3.3895314e38f, 448, 57344, 240, 57344, MathF.ScaleB(1, 127), 6 }));
        Assert.That(((Scalar)new System.Numerics.Complex(1, -2)).To(DType.Complex64).ToString(), Is.EqualTo("<1; -2>"));
    }
}
