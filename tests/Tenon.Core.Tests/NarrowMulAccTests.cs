using System.Numerics;
using Tenon.Core;

namespace Tenon.Core.Tests;

/// <summary>x · y + z of 16-bit floats is rounded once.</summary>
public sealed class NarrowMulAccTests
{
    [Test]
    public void OfBFloat16()
    {
        // The product lies in the middle of two numbers; what is added decides.
        var x = ((Scalar)1.5).To(DType.BFloat16);
        var y = ((Scalar)(-1.0002555517425873E+30)).To(DType.BFloat16);
        Assert.That(Of(DType.BFloat16, x, y, x), Is.EqualTo(-1.4954315674567394E+30));
        Assert.That(Of(DType.BFloat16, x, y, -1.5), Is.EqualTo(-1.5053350877710224E+30));
    }

    [Test]
    public void OfFloat16()
    {
        var random = new Random(1);
        for (var n = 0; n < 200_000; n++)
        {
            var (x, y, z) = (Next(random, n), Next(random, 0), Next(random, n / 2));
            var exact = Scaled(x) * Scaled(y) + (Scaled(z) << 24);
            var got = (Half)Of(DType.Float16, (double)x, (double)y, (double)z);
            if (!Half.IsFinite(got))
            {
                Assert.That(BigInteger.Abs(exact) >= new BigInteger(65520) << 48, $"{x} · {y} + {z}");
                continue;
            }

            var distance = Distance(got, exact);
            foreach (var other in new[] { Half.BitIncrement(got), Half.BitDecrement(got) }.Where(Half.IsFinite))
            {
                var isEven = (BitConverter.HalfToUInt16Bits(got) & 1) == 0;
                Assert.That(distance.CompareTo(Distance(other, exact)), isEven ? Is.LessThanOrEqualTo(0) : Is.LessThan(0), $"{x} · {y} + {z} is {got}, not {other}");
            }
        }
    }

    private static double Of(DType dtype, Scalar x, Scalar y, Scalar z) => ScalarMath.Evaluate(Ops.MulAcc, dtype, dtype, [x.To(dtype), y.To(dtype), z.To(dtype)]).AsDouble;

    private static Half Next(Random random, int n)
    {
        // Of about the size of a product, so that sums are close to the middle often.
        var bits = (ushort)random.Next(n % 2 == 0 ? 0x7c00 : 0x4c00);
        return BitConverter.UInt16BitsToHalf((ushort)(bits | (random.Next(2) << 15)));
    }

    private static BigInteger Scaled(Half x) => new((double)x * (1 << 24));

    private static BigInteger Distance(Half x, BigInteger exact) => BigInteger.Abs((Scaled(x) << 24) - exact);
}
