using Tenon.Core;

namespace Tenon.Sdk.Interpreter;

/// <summary>The wide numbers by way of which values are cast: integers of 64 bits, of which the greatest unsigned are negative, or doubles.</summary>
internal sealed class WideValues(int count, bool areReal, bool areUnsigned)
{
    public long[] Integers { get; } = new long[areReal ? 0 : count];

    public double[] Reals { get; } = new double[areReal ? count : 0];

    public bool AreReal => areReal;

    /// <summary>Whether the integers are uint64.</summary>
    public bool AreUnsigned => areUnsigned;
}

/// <summary>How values of a dtype are kept and computed.</summary>
internal abstract class ElementType
{
    /// <summary>That of a dtype.</summary>
    public static ElementType Of(DType dtype) => dtype.Scalar switch
    {
        var d when d == DType.Bool => new BooleanType(),
        var d when d == DType.Int8 => new IntegerType<sbyte>(),
        var d when d == DType.Int16 => new IntegerType<short>(),
        var d when d == DType.Int32 => new IntegerType<int>(),
        var d when d == DType.Int64 => new IntegerType<long>(),
        var d when d == DType.UInt8 => new IntegerType<byte>(),
        var d when d == DType.UInt16 => new IntegerType<ushort>(),
        var d when d == DType.UInt32 => new IntegerType<uint>(),
        var d when d == DType.UInt64 => new IntegerType<ulong>(),
        var d when d == DType.Float16 => new FloatType<Half, HalfConversion>(),
        var d when d == DType.BFloat16 => new FloatType<BFloat16, BFloat16Conversion>(),
        var d when d == DType.Float32 => new FloatType<float, SingleConversion>(),
        var d when d == DType.Float64 => new FloatType<double, DoubleConversion>(),
        _ => throw new InvalidOperationException($"The interpreter has no values of {dtype}."),
    };

    public abstract Register CreateRegister(DType dtype, int width);

    public abstract void Fill(Register register, Scalar value);

    /// <summary>Arithmetic; null for what the type doesn't have.</summary>
    public abstract Step? Compute(Ops op, Register[] sources, Register result);

    /// <summary>One of two values of this type, by a truth value.</summary>
    public abstract Step Choose(Register condition, Register ifTrue, Register ifFalse, Register result);

    /// <summary>A vector whose lane i is lane <paramref name="lanes"/>[i] of the sources, one after the other.</summary>
    public abstract Step Arrange(Register[] sources, int[] lanes, Register result);

    /// <summary>Sets a variable in the lanes that are on.</summary>
    public abstract Step Assign(Lockstep lockstep, Register variable, Register value);

    public abstract Step Load(MemoryAccess access, Register? gate, Register? other, Register result);

    public abstract Step Store(MemoryAccess access, Register value, Register? gate);

    public abstract Step Exchange(Lockstep lockstep, Site site, int mask, int subgroup, Register value, Register result);

    public abstract WideValues CreateWide(int count);

    public abstract void Widen(Register register, WideValues wide);

    public abstract void Narrow(WideValues wide, Register register);
}
