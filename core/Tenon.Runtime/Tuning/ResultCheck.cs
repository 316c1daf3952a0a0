using System.Runtime.InteropServices;

namespace Tenon.Runtime;

/// <summary>What a kernel writes to one buffer, to be compared with what a candidate writes.</summary>
/// <param name="dtype">The element type.</param>
/// <param name="expected">What the plain program has written.</param>
/// <param name="isWritten">Whether it has written an element.</param>
/// <param name="shaken">What it writes if the inputs change in their last places; null if nothing is known of that.</param>
/// <param name="terms">How many terms the longest sum has.</param>
internal sealed class ResultCheck(DType dtype, byte[] expected, Func<int, bool> isWritten, byte[]? shaken, double terms)
{
    private const double Leeway = 16;
    private readonly double _largest = dtype.IsFloat ? Largest(dtype, expected, isWritten) : 0;

    /// <summary>What is wrong; null if nothing is.</summary>
    public string? FirstWrong(ReadOnlySpan<byte> actual)
    {
        var bytes = dtype.Bytes;
        for (var i = 0; i < actual.Length / bytes; i++)
        {
            var at = i * bytes;
            if (!actual.Slice(at, bytes).SequenceEqual(expected.AsSpan(at, bytes)) && isWritten(i) && !IsNear(i, actual))
            {
                return $"element {i} ({dtype}) is {Read(dtype, actual, i)}, not {Read(dtype, expected, i)}";
            }
        }

        return null;
    }

    private bool IsNear(int i, ReadOnlySpan<byte> actual)
    {
        var (e, a) = (Read(dtype, expected, i), Read(dtype, actual, i));
        var spread = shaken is null ? 0 : Math.Abs(e - Read(dtype, shaken, i));
        if (!dtype.IsFloat)
        {
            return spread > 0;
        }

        if (!double.IsFinite(e) || !double.IsFinite(a))
        {
            return e.Equals(a) || !double.IsFinite(spread);
        }

        var (tolerance, ulp) = dtype.Name switch { "float64" => (1e-10, 1e-16), "float32" => (1e-4, 6e-8), "float16" => (2e-3, 6e-8), _ => (1e-2, 6e-8) };

        // What cancels is compared against the largest value of the result.
        return Math.Abs(e - a) <= (tolerance + ulp * terms) * (Math.Abs(e) + 0.2 * _largest + 1e-30) + Leeway * spread;
    }

    private static double Largest(DType dtype, byte[] values, Func<int, bool> isWritten)
    {
        var largest = 0.0;
        for (var i = 0; i < values.Length / dtype.Bytes; i++)
        {
            var x = Math.Abs(Read(dtype, values, i));
            largest = x > largest && double.IsFinite(x) && isWritten(i) ? x : largest;
        }

        return largest;
    }

    private static double Read(DType dtype, ReadOnlySpan<byte> bytes, int i) => dtype.Name switch
    {
        "float64" => MemoryMarshal.Cast<byte, double>(bytes)[i],
        "float32" => MemoryMarshal.Cast<byte, float>(bytes)[i],
        "float16" => (double)MemoryMarshal.Cast<byte, Half>(bytes)[i],
        "bfloat16" => BitConverter.UInt32BitsToSingle((uint)MemoryMarshal.Cast<byte, ushort>(bytes)[i] << 16),
        _ => dtype.Bytes switch
        {
            1 => bytes[i],
            2 => MemoryMarshal.Cast<byte, short>(bytes)[i],
            4 => MemoryMarshal.Cast<byte, int>(bytes)[i],
            _ => MemoryMarshal.Cast<byte, long>(bytes)[i],
        },
    };
}
