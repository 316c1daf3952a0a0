using Tenon.Core;

namespace Tenon.Compiler.Tests;

/// <summary>Buffers of words, each of which begins anywhere in its first word, and what kernels without loops do with them.</summary>
/// <param name="random">Where what lies beside elements comes from.</param>
internal sealed class WordMemory(Random random)
{
    private readonly Dictionary<int, (byte[] Bytes, int Start)> _buffers = [];

    public void Write(int slot, DType dtype, Scalar value)
    {
        Reserve(slot, dtype);
        var (bytes, start) = _buffers[slot];
        var raw = dtype.IsBool ? (value.AsBool ? 1 : 0) : dtype.IsFloat ? BitConverter.SingleToInt32Bits((float)value.AsDouble) : value.RawBits;
        BitConverter.GetBytes(raw).AsSpan(0, dtype.Bytes).CopyTo(bytes.AsSpan(start));
    }

    /// <summary>Room for an element between others; returns whether these are as they were.</summary>
    public Func<bool> Reserve(int slot, DType dtype)
    {
        var (bytes, start) = (new byte[16], dtype.Bytes < 4 ? dtype.Bytes * random.Next(4 / dtype.Bytes) : 0);
        random.NextBytes(bytes);
        _buffers[slot] = (bytes, start);
        var before = bytes.ToArray();
        return () => bytes.Where((b, i) => (i < start || i >= start + dtype.Bytes) && b != before[i]).Any() is false;
    }

    public Scalar Read(int slot, DType dtype)
    {
        var (bytes, start) = _buffers[slot];
        var raw = BitConverter.ToInt64(bytes, start);
        return dtype.IsFloat ? BitConverter.Int32BitsToSingle((int)raw) : dtype.IsBool ? (raw & 255) != 0 : ((Scalar)raw).To(dtype);
    }

    public void Run(UOp kernel)
    {
        var values = new NodeMap<Scalar>();
        foreach (var u in kernel.TopologicalOrder())
        {
            switch (u.Op)
            {
                case Ops.Param or Ops.Index or Ops.Sink:
                    break;
                case Ops.Const:
                    values[u] = (Scalar)u.Arg!;
                    break;
                case Ops.Special:
                    values[u] = ((Scalar)_buffers[u.ArgAs<SpecialArg>().Dimension].Start).To(u.DType);
                    break;
                case Ops.Load:
                    var word = BitConverter.ToInt32(Place(u[0], values));
                    values[u] = u.DType.IsFloat ? BitConverter.Int32BitsToSingle(word) : ((Scalar)(long)word).To(u.DType);
                    break;
                case Ops.Store:
                    var place = Place(u[0], values);
                    var value = values[u[1]];
                    var bits = u[1].DType.IsFloat ? BitConverter.SingleToInt32Bits((float)value.AsDouble) : (int)value.RawBits;
                    var mask = u.Src.Length > 2 ? (int)values[u[2]].RawBits : -1;
                    BitConverter.TryWriteBytes(place, (BitConverter.ToInt32(place) & ~mask) | (bits & mask));
                    break;
                default:
                    values[u] = ScalarMath.Evaluate(u.Op, u.DType, u[u.Src.Length - 1].DType, u.Src.ToArray().Select(s => values[s]).ToArray(), u.Arg);
                    break;
            }
        }
    }

    private Span<byte> Place(UOp address, NodeMap<Scalar> values) =>
        _buffers[address[0].ArgAs<ParamArg>().Slot].Bytes.AsSpan(4 * (int)values[address[1]].AsLong, 4);
}
