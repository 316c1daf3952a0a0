using System.Runtime.InteropServices;

namespace Tenon.Golden.Tests;

/// <summary>Numbers that PyTorch used or made.</summary>
/// <param name="DType">Their type.</param>
/// <param name="Shape">The sizes of the axes.</param>
/// <param name="Bytes">The elements in order.</param>
public sealed record GoldenArray(DType DType, long[] Shape, ReadOnlyMemory<byte> Bytes)
{
    public Tensor ToTensor() => Tensor.FromBytes(Bytes.Span, DType, Shape).Realize();

    /// <summary>The elements as double; integers of 64 bits must fit.</summary>
    public double[] Values()
    {
        var count = Shape.Aggregate(1L, (a, b) => a * b);
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = At(i);
        }

        return values;
    }

    private double At(int i) => DType.Name switch
    {
        "float64" => Read<double>(i),
        "float32" => Read<float>(i),
        "float16" => (double)Read<Half>(i),
        "bfloat16" => BitConverter.Int32BitsToSingle(Read<ushort>(i) << 16),
        "int64" => Read<long>(i),
        "int32" => Read<int>(i),
        "int16" => Read<short>(i),
        "int8" => Read<sbyte>(i),
        _ => Read<byte>(i),
    };

    private T Read<T>(int i) where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes.Span)[i];

    public override string ToString() => $"{DType}[{string.Join(",", Shape)}]";
}
