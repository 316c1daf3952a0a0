using System.Numerics;

namespace Tenon;

/// <content>
/// Arrays as tensors of their shape. There is none from <see cref="Array"/>: that would make of a list of tensors a tensor too, and
/// calls with either ambiguous. See <see cref="FromArray"/> for arrays of other ranks and types, and of arrays.
/// </content>
public sealed partial class Tensor
{
    /// <summary>A tensor of one axis and float32.</summary>
    public static implicit operator Tensor(float[] values) => FromArray(values);

    /// <summary>A tensor of one axis and float64.</summary>
    public static implicit operator Tensor(double[] values) => FromArray(values);

    /// <summary>A tensor of one axis and int32.</summary>
    public static implicit operator Tensor(int[] values) => FromArray(values);

    /// <summary>A tensor of one axis and int64.</summary>
    public static implicit operator Tensor(long[] values) => FromArray(values);

    /// <summary>A tensor of one axis and bool.</summary>
    public static implicit operator Tensor(bool[] values) => FromArray(values);

    /// <summary>A tensor of one axis and uint8.</summary>
    public static implicit operator Tensor(byte[] values) => FromArray(values);

    /// <summary>A tensor of one axis and float16.</summary>
    public static implicit operator Tensor(Half[] values) => FromArray(values);

    /// <summary>A tensor of one axis and complex64.</summary>
    public static implicit operator Tensor(Complex[] values) => FromArray(values);

    /// <summary>A tensor of two axes and float32.</summary>
    public static implicit operator Tensor(float[,] values) => FromArray(values);

    /// <summary>A tensor of two axes and float64.</summary>
    public static implicit operator Tensor(double[,] values) => FromArray(values);

    /// <summary>A tensor of two axes and int32.</summary>
    public static implicit operator Tensor(int[,] values) => FromArray(values);

    /// <summary>A tensor of two axes and int64.</summary>
    public static implicit operator Tensor(long[,] values) => FromArray(values);

    /// <summary>A tensor of two axes and bool.</summary>
    public static implicit operator Tensor(bool[,] values) => FromArray(values);

    /// <summary>A tensor of two axes and uint8.</summary>
    public static implicit operator Tensor(byte[,] values) => FromArray(values);

    /// <summary>A tensor of two axes and float16.</summary>
    public static implicit operator Tensor(Half[,] values) => FromArray(values);

    /// <summary>A tensor of two axes and complex64.</summary>
    public static implicit operator Tensor(Complex[,] values) => FromArray(values);

    /// <summary>A tensor of three axes and float32.</summary>
    public static implicit operator Tensor(float[,,] values) => FromArray(values);

    /// <summary>A tensor of three axes and float64.</summary>
    public static implicit operator Tensor(double[,,] values) => FromArray(values);

    /// <summary>A tensor of three axes and int32.</summary>
    public static implicit operator Tensor(int[,,] values) => FromArray(values);

    /// <summary>A tensor of three axes and int64.</summary>
    public static implicit operator Tensor(long[,,] values) => FromArray(values);

    /// <summary>A tensor of three axes and bool.</summary>
    public static implicit operator Tensor(bool[,,] values) => FromArray(values);

    /// <summary>A tensor of three axes and uint8.</summary>
    public static implicit operator Tensor(byte[,,] values) => FromArray(values);

    /// <summary>A tensor of three axes and float16.</summary>
    public static implicit operator Tensor(Half[,,] values) => FromArray(values);

    /// <summary>A tensor of three axes and complex64.</summary>
    public static implicit operator Tensor(Complex[,,] values) => FromArray(values);
}
