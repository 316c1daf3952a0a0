using System.Numerics;

namespace Tenon;

/// <summary>
/// The discrete Fourier transform over an axis, as matrix products of small transforms: n = a·b gives a transform of length a, a
/// rotation of each element, and one of length b. Lengths without small factors become a convolution of a power of two.
/// </summary>
/// <remarks>Cooley and Tukey, doi.org/10.1090/S0025-5718-1965-0178586-1; Bluestein, doi.org/10.1109/TAU.1970.1162132.</remarks>
internal static class FourierTransform
{
    // The longest transform that is one matrix product; two of this length are one of 4096.
    private const long MostDirect = 64;

    /// <summary>Σ x[j]·e^(±2πi·j·k/n), not scaled: <c>[B, n, 1 or 2]</c> (real, or real and imaginary parts) → <c>[B, n, 2]</c>.</summary>
    /// <param name="x">float32 or float64.</param>
    /// <param name="isInverse">Whether the sign is plus.</param>
    public static Tensor Apply(Tensor x, bool isInverse)
    {
        var (batch, n, parts) = (x.Shape.Size(0), x.Size(1), x.Size(2));
        var sign = isInverse ? 1 : -1;
        if (n <= MostDirect)
        {
            return Direct(x.Reshape(batch, n * parts), n, parts, sign).Reshape(batch, n, 2);
        }

        if (Divisor(n) is not { } first)
        {
            return AsConvolution(x, sign);
        }

        // Of element j1·b + j2 the result k1 + a·k2: over j1, rotated by j2·k1, over j2.
        var rest = n / first;
        var columns = x.Reshape(batch, first, rest, parts).Permute(0, 2, 1, 3).Reshape(batch, rest, first * parts);
        var inner = Direct(columns, first, parts, sign).Reshape(batch, rest, first, 2);
        var turned = Times(inner, Table([rest, first], (j, k) => Root(j * k, n, sign), x));
        var rows = turned.Permute(0, 2, 1, 3).Reshape(batch * first, rest, 2);
        return Apply(rows, isInverse).Reshape(batch, first, rest, 2).Permute(0, 2, 1, 3).Reshape(batch, n, 2);
    }

    // A product with the matrix of all roots: rows are parts of the inputs, columns parts of the results.
    private static Tensor Direct(Tensor x, long n, long parts, int sign)
    {
        var values = new double[n * parts * n * 2];
        for (long j = 0; j < n; j++)
        {
            for (long k = 0; k < n; k++)
            {
                var root = Root(j * k, n, sign);
                var at = (j * parts * n + k) * 2;
                (values[at], values[at + 1]) = (root.Real, root.Imaginary);
                if (parts == 2)
                {
                    (values[at + 2 * n], values[at + 2 * n + 1]) = (-root.Imaginary, root.Real);
                }
            }
        }

        return x.MatMul(Constant(values, [n * parts, 2 * n], x));
    }

    // j·k = (j² + k² - (k - j)²) / 2 makes a convolution of the sum; with chirps c[j] = e^(±πi·j²/n) it is c·((x·c) * 1/c).
    private static Tensor AsConvolution(Tensor x, int sign)
    {
        var n = x.Size(1);
        var size = (long)BitOperations.RoundUpToPowerOf2((ulong)(2 * n - 1));
        var kernel = new Complex[size];
        for (long j = 0; j < n; j++)
        {
            kernel[j] = kernel[(size - j) % size] = Complex.Conjugate(Chirp(j)) / size;
        }

        var chirp = Table([1, n], (_, j) => Chirp(j), x).Reshape(n, 2);
        var spectrum = Transformed(kernel);
        var complex = x.Size(2) == 2 ? x : x.Pad([(0, 0), (0, 0), (0, 1)]);
        var padded = Times(complex, chirp).Pad([(0, 0), (0, size - n), (0, 0)]);
        var product = Times(Apply(padded, isInverse: false), Table([1, size], (_, k) => spectrum[k], x).Reshape(size, 2));
        return Times(Apply(product, isInverse: true).Shrink((0, x.Shape.Size(0)), (0, n), (0, 2)), chirp);

        // The square is taken modulo 2n, so that large angles are exact.
        Complex Chirp(long j) => Root((long)((Int128)j * j % (2 * n)), 2 * n, sign);
    }

    // (a + bi)·(c + di), where the second factor is a pair (c, c) and (-d, d): x·(c, c) + (b, a)·(-d, d).
    private static Tensor Times(Tensor x, Tensor factor)
    {
        var (real, imaginary) = (factor[Tensor.Ellipsis, 0].Unsqueeze(-1), factor[Tensor.Ellipsis, 1].Unsqueeze(-1));
        return x * real + x.Flip(-1) * (imaginary * Constant([-1, 1], [2], x));
    }

    private static Tensor Table(long[] shape, Func<long, long, Complex> value, Tensor like)
    {
        var values = new double[2 * shape[0] * shape[1]];
        for (long j = 0, at = 0; j < shape[0]; j++)
        {
            for (long k = 0; k < shape[1]; k++)
            {
                var v = value(j, k);
                (values[at++], values[at++]) = (v.Real, v.Imaginary);
            }
        }

        return Constant(values, [.. shape, 2], like);
    }

    private static Tensor Constant(double[] values, long[] shape, Tensor like) => like.DType == DType.Float64
        ? Tensor.From<double>(values, shape, like.DeviceOrNull)
        : Tensor.From<float>(Array.ConvertAll(values, v => (float)v), shape, like.DeviceOrNull);

    private static Complex Root(long power, long n, int sign)
    {
        var (sine, cosine) = Math.SinCos(2 * Math.PI * (power % n) / n);
        return new Complex(cosine, sign * sine);
    }

    // The factor that cuts n into parts of about one length, or null if all factors are too great.
    private static long? Divisor(long n)
    {
        var stages = Math.Ceiling(Math.Log(n) / Math.Log(MostDirect));
        var wanted = Math.Pow(n, 1 / stages);
        long? best = null;
        for (long d = 2; d <= MostDirect; d++)
        {
            best = n % d == 0 && (best is null || Math.Abs(d - wanted) <= Math.Abs(best.Value - wanted)) ? d : best;
        }

        return best;
    }

    // On the host, of a power of two.
    private static Complex[] Transformed(Complex[] x)
    {
        if (x.Length == 1)
        {
            return x;
        }

        var half = x.Length / 2;
        var even = Transformed([.. x.Where((_, i) => i % 2 == 0)]);
        var odd = Transformed([.. x.Where((_, i) => i % 2 == 1)]);
        var result = new Complex[x.Length];
        for (var k = 0; k < half; k++)
        {
            var turned = odd[k] * Root(k, x.Length, -1);
            (result[k], result[k + half]) = (even[k] + turned, even[k] - turned);
        }

        return result;
    }
}
