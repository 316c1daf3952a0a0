using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tenon.Sdk.Interpreter;

/// <summary>Each lane that is on reads its elements, except where a gate is false.</summary>
internal sealed class LoadStep<T>(MemoryAccess access, Register? gate, T[]? other, Register<T> result) : Step where T : unmanaged
{
    private readonly byte[]? _gates = (gate as Register<byte>)?.Values;

    public override void Run()
    {
        var (region, count, values) = (access.Region, result.DType.Lanes, result.Values);
        var isMask = gate is not null && gate.DType.IsVector;
        for (var lane = 0; lane < access.Lockstep.Width; lane++)
        {
            if (!access.Lockstep.IsOn[lane])
            {
                continue;
            }

            var first = access.Index[lane];
            var to = values.AsSpan(lane * count, count);
            if (isMask)
            {
                for (var k = 0; k < count; k++)
                {
                    to[k] = other![(lane * count) + k];
                    if (_gates![(lane * count) + k] != 0)
                    {
                        Read(region, lane, first + k, to.Slice(k, 1));
                    }
                }
            }
            else if (_gates is not null && _gates[lane] == 0)
            {
                other.AsSpan(lane * count, count).CopyTo(to);
            }
            else
            {
                Read(region, lane, first, to);
            }
        }
    }

    private void Read(MemoryRegion region, int lane, long first, Span<T> to)
    {
        var at = access.Locate(lane, first, to.Length);
        if (region.ChecksReads)
        {
            region.OnRead(access, lane, at, to.Length * Unsafe.SizeOf<T>());
        }

        region.Bytes.AsSpan(at, to.Length * Unsafe.SizeOf<T>()).CopyTo(MemoryMarshal.AsBytes(to));
    }
}
