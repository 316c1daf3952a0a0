using System.Runtime.InteropServices;
using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>
/// Contents for the buffers of a kernel that is timed: fractions from 0.5 to 1.5, whole numbers that lie in range where they
/// are used as indices, and bytes that make ordinary fractions where they are read as such.
/// </summary>
internal sealed class TuningInputs
{
    private const long DefaultMax = 100;
    private readonly Dictionary<int, (long Min, long Max)> _bounds = [];
    private readonly HashSet<int> _readAsFractions = [];

    public TuningInputs(UOp kernel)
    {
        var order = kernel.TopologicalOrder();
        foreach (var param in order.Where(u => u.Op == Ops.Param && !u.DType.IsFloat))
        {
            Look(order, param);
        }
    }

    /// <summary>The bytes of a buffer.</summary>
    /// <param name="slot">Of the kernel's parameter.</param>
    /// <param name="dtype">Its element type.</param>
    /// <param name="size">Elements.</param>
    /// <param name="noise">Whether last places of fractions change at random.</param>
    public byte[] Make(int slot, DType dtype, long size, bool noise = false)
    {
        var bytes = new byte[dtype.BytesOf(size)];
        var (random, shaken) = (new Random(slot + 1), new Random(-slot - 1));
        if (dtype == DType.Float32)
        {
            foreach (ref var x in MemoryMarshal.Cast<byte, float>(bytes.AsSpan()))
            {
                x = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(0.5f + random.NextSingle()) + (noise ? shaken.Next(3) - 1 : 0));
            }
        }
        else if (dtype == DType.Float64)
        {
            foreach (ref var x in MemoryMarshal.Cast<byte, double>(bytes.AsSpan()))
            {
                x = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(0.5 + random.NextDouble()) + (noise ? shaken.Next(3) - 1 : 0));
            }
        }
        else if (dtype == DType.Float16)
        {
            Fill<Half>(bytes, () => (Half)(0.5f + random.NextSingle()));
        }
        else if (dtype == DType.BFloat16)
        {
            Fill<ushort>(bytes, () => (ushort)(BitConverter.SingleToUInt32Bits(0.5f + random.NextSingle()) >> 16));
        }
        else if (dtype.IsFloat || _readAsFractions.Contains(slot))
        {
            // As float16, bfloat16 and float32, and as any 8-bit type: small and normal.
            Fill<byte>(bytes, () => (byte)random.Next(0x38, 0x40));
        }
        else
        {
            FillIntegers(bytes, dtype, slot, random);
        }

        return bytes;
    }

    private void FillIntegers(byte[] bytes, DType dtype, int slot, Random random)
    {
        var (min, max) = dtype.IsBool ? (0, 2) : _bounds.GetValueOrDefault(slot, (1, DefaultMax));
        switch (dtype.Bytes)
        {
            case 1:
                Fill<byte>(bytes, () => (byte)random.NextInt64(min, max));
                break;
            case 2:
                Fill<short>(bytes, () => (short)random.NextInt64(min, max));
                break;
            case 4:
                Fill<int>(bytes, () => (int)random.NextInt64(min, max));
                break;
            default:
                Fill<long>(bytes, () => random.NextInt64(min, max));
                break;
        }
    }

    private static void Fill<T>(byte[] bytes, Func<T> next) where T : struct
    {
        foreach (ref var x in MemoryMarshal.Cast<byte, T>(bytes.AsSpan()))
        {
            x = next();
        }
    }

    // What depends on the parameter's content is followed: comparisons with literals say in which range it is meant to be.
    private void Look(List<UOp> order, UOp param)
    {
        var (slot, derived) = (param.ArgAs<ParamArg>().Slot, new NodeSet());
        var (min, max, isBound) = (0L, long.MaxValue, false);
        foreach (var u in order)
        {
            var isLoad = u.Op == Ops.Load && u[0][0] == param;
            if (!isLoad && !(OpSet.Elementwise.Contains(u.Op) && u.Src.ToArray().Any(derived.Contains)))
            {
                continue;
            }

            derived.Add(u);
            if (u.Op == Ops.Bitcast && u.DType.IsFloat)
            {
                _readAsFractions.Add(slot);
            }
            else if (u.Op == Ops.CmpLt && u[1].IsConst(out var above) && !u[0].DType.IsFloat && above.AsLong > 1)
            {
                (max, isBound) = (Math.Min(max, above.AsLong), true);
            }
            else if (u.Op == Ops.CmpLt && u[0].IsConst(out var below) && !u[1].DType.IsFloat && below.AsLong >= 0)
            {
                (min, isBound) = (Math.Max(min, below.AsLong + 1), true);
            }
        }

        if (isBound)
        {
            max = max == long.MaxValue ? min + DefaultMax : max;
            _bounds[slot] = min < max ? (min, max) : (0, max);
        }
    }
}
