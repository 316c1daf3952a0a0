using System.Runtime.InteropServices;

namespace Tenon.Sdk.Interpreter;

/// <summary>Each lane that is on writes its elements, unless a gate is false.</summary>
internal sealed class StoreStep<T>(MemoryAccess access, Register<T> value, Register? gate) : Step where T : unmanaged
{
    private readonly byte[]? _gates = (gate as Register<byte>)?.Values;

    public override void Run()
    {
        var (region, count) = (access.Region, value.DType.Lanes);
        for (var lane = 0; lane < access.Lockstep.Width; lane++)
        {
            if (access.Lockstep.IsOn[lane] && (_gates is null || _gates[lane] != 0))
            {
                var from = MemoryMarshal.AsBytes(value.Values.AsSpan(lane * count, count));
                var at = access.Locate(lane, access.Index[lane], count);
                region.OnWrite(access, lane, at, from);
                from.CopyTo(region.Bytes.AsSpan(at));
            }
        }
    }
}
