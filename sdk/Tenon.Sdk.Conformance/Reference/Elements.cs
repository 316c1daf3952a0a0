using System.Runtime.InteropServices;

namespace Tenon.Sdk.Conformance;

/// <summary>Values as the bytes that buffers hold.</summary>
internal static class Elements
{
    public static byte[] ToBytes(DType dtype, IReadOnlyList<Scalar> values)
    {
        var bytes = new byte[values.Count * dtype.Bytes];
        for (var i = 0; i < values.Count; i++)
        {
            var bits = values[i].ToBits(dtype);
            MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in bits))[..dtype.Bytes].CopyTo(bytes.AsSpan(i * dtype.Bytes));
        }

        return bytes;
    }

    public static byte[] ToBytes<T>(params T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    public static T[] Of<T>(byte[] bytes) where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes).ToArray();

    /// <summary>Bytes of which no two runs are alike.</summary>
    public static byte[] Noise(int bytes, int seed)
    {
        var noise = new byte[bytes];
        new Random(seed).NextBytes(noise);
        return noise;
    }
}
