using System.Runtime.InteropServices;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>The buffers of a launch and the local arrays of one group, in bytes.</summary>
internal sealed class ReferenceMemory(IReadOnlyList<byte[]> buffers, bool[][] written, long localBytes)
{
    public const int Local = -1;
    private readonly byte[] _local = new byte[localBytes];

    public Scalar Read(ReferenceAddress at, DType dtype, int lane, LinearProgram program)
    {
        var bytes = Find(at, dtype, lane, program);
        return dtype.Bits switch
        {
            32 when dtype == DType.Float32 => MemoryMarshal.Read<float>(bytes),
            8 => Scalar.FromBits(dtype, bytes[0]),
            16 => Scalar.FromBits(dtype, MemoryMarshal.Read<ushort>(bytes)),
            32 => Scalar.FromBits(dtype, MemoryMarshal.Read<uint>(bytes)),
            _ => Scalar.FromBits(dtype, MemoryMarshal.Read<ulong>(bytes)),
        };
    }

    public void Write(ReferenceAddress at, DType dtype, int lane, Scalar value, LinearProgram program)
    {
        var bytes = Find(at, dtype, lane, program);
        var bits = value.ToBits(dtype);
        MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in bits))[..dtype.Bytes].CopyTo(bytes);
        if (at.Slot >= 0)
        {
            written[at.Slot][at.Element + lane] = true;
        }
    }

    private Span<byte> Find(ReferenceAddress at, DType dtype, int lane, LinearProgram program)
    {
        var memory = at.Slot == Local ? _local : buffers[at.Slot];
        var first = at.FirstByte + (at.Element + lane) * dtype.Bytes;
        return first >= 0 && first + dtype.Bytes <= memory.Length
            ? memory.AsSpan((int)first, dtype.Bytes)
            : throw new InvalidOperationException($"{program.Name}: element {at.Element + lane} is outside of {(at.Slot == Local ? "the local arrays" : $"buffer {at.Slot}")}.");
    }
}
