using System.Globalization;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.CStyle;

/// <summary>The text of an op's value.</summary>
/// <param name="kernel">The kernel that is being written.</param>
/// <param name="op">The op.</param>
/// <param name="sources">The texts of its sources, each a name, a literal, a call or in parentheses.</param>
/// <returns>The text, in parentheses unless it is a name, a literal or a call.</returns>
public delegate string CStyleExpression(CStyleKernel kernel, UOp op, string[] sources);

/// <summary>
/// Writes a linear program in a language of the C family. A dialect gives the types, how a kernel begins and ends, and the
/// expressions in which it differs from <see cref="CStyleOperators.Table"/>; statements, loops, names, literals and conversions are
/// written here. Safe from several threads.
/// </summary>
public abstract class CStyleRenderer
{
    private static readonly OpSet TakesHalves = new(
        Ops.Param, Ops.Local, Ops.Const, Ops.Index, Ops.Load, Ops.Store, Ops.Accumulator, Ops.Assign, Ops.Cast, Ops.Bitcast, Ops.Where,
        Ops.Stack, Ops.Splat, Ops.Extract, Ops.LaneXor, Ops.Wmma, Ops.Texel);

    /// <summary>The expression of each op that has a value, and of barriers; the accumulators' are their names.</summary>
    protected internal abstract IReadOnlyDictionary<Ops, CStyleExpression> Expressions { get; }

    /// <summary>The source of the program.</summary>
    /// <exception cref="BackendException">The program has an op or a type that the dialect can't express.</exception>
    public string Render(LinearProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return new CStyleKernel(this, program).Write();
    }

    /// <summary>What every source begins with.</summary>
    protected internal abstract string Prologue { get; }

    /// <summary>What the definition of a function that kernels call begins with.</summary>
    protected internal abstract string Inline { get; }

    /// <summary>Whether sums, products and negations of signed integers wrap. Otherwise they are computed unsigned.</summary>
    protected internal virtual bool WrapsSigned => false;

    /// <summary>The suffix of signed literals of 64 bits.</summary>
    protected internal virtual string LongSuffix => "LL";

    /// <summary>The type of a value of <paramref name="dtype"/>; its definition is added to the kernel where it needs one.</summary>
    protected internal abstract string TypeOf(CStyleKernel kernel, DType dtype);

    /// <summary>The type of an element in memory.</summary>
    protected internal abstract string StorageTypeOf(CStyleKernel kernel, DType dtype);

    /// <summary>The type of pointers to what an op addresses.</summary>
    protected internal virtual string PointerTo(CStyleKernel kernel, UOp address) => $"{StorageTypeOf(kernel, address.DType)}*";

    /// <summary>
    /// Whether the dialect has arithmetic for a float of 16 bits. Otherwise values of it are kept as their bits, in an unsigned integer,
    /// and are only loaded, stored and converted.
    /// </summary>
    protected internal virtual bool Computes(DType half) => false;

    /// <summary>The bits of a scalar as another type of that width.</summary>
    protected internal abstract string Bits(CStyleKernel kernel, DType from, DType to, string x);

    /// <summary>A float of 16 bits as float32.</summary>
    protected internal virtual string ToSingle(CStyleKernel kernel, DType half, string x) => CStyleKernel.Call(CStyleHalves.ToSingle(kernel, half), x);

    /// <summary>A float32 as one of 16 bits, to nearest even.</summary>
    protected internal virtual string FromSingle(CStyleKernel kernel, DType half, string x) => CStyleKernel.Call(CStyleHalves.FromSingle(kernel, half), x);

    /// <summary>A literal, exact.</summary>
    protected internal virtual string Literal(CStyleKernel kernel, DType dtype, Scalar value) => dtype.Kind switch
    {
        DTypeKind.Bool => value.AsBool ? "1" : "0",
        DTypeKind.Float => FloatLiteral(kernel, dtype.Scalar, value.AsDouble),
        _ => CStyleLiterals.Integer(dtype.Scalar, value, LongSuffix),
    };

    /// <summary>Writes the head of the kernel: signature, buffers, variables and what runs the work items.</summary>
    protected internal abstract void Open(CStyleKernel kernel);

    /// <summary>Writes the end of what <see cref="Open"/> began.</summary>
    protected internal virtual void Close(CStyleKernel kernel) => kernel.CloseBlock();

    /// <summary>The statement that stores a value at an address, without a gate.</summary>
    protected internal abstract string Store(CStyleKernel kernel, UOp address, UOp value);

    /// <summary>Throws where an op can't be expressed although its kind can, such as arithmetic on a type that is only stored.</summary>
    protected internal virtual void Verify(CStyleKernel kernel, UOp op)
    {
        if ((IsBits(op.DType) || (op.Src.Length > 0 && IsBits(op[0].DType))) && !TakesHalves.Contains(op.Op))
        {
            throw new BackendException("TEN4005", $"Kernel {kernel.Program.Name} computes {op.Op} in {(IsBits(op.DType) ? op.DType : op[0].DType)}; {GetType().Name} only loads, stores and converts it. The target must not list it with Arithmetic.");
        }
    }

    /// <summary>Whether values of the type are kept as their bits.</summary>
    internal bool IsBits(DType dtype) => CStyleTypes.IsHalf(dtype) && !Computes(dtype.Scalar);

    private string FloatLiteral(CStyleKernel kernel, DType dtype, double value)
    {
        var single = BitConverter.SingleToUInt32Bits((float)value);
        if (CStyleTypes.IsHalf(dtype))
        {
            var bits = dtype == DType.Float16 ? BitConverter.HalfToUInt16Bits((Half)value) : (ushort)(single >> 16);
            return IsBits(dtype) ? $"0x{bits:x4}"
                : double.IsFinite(value) ? FromSingle(kernel, dtype, FloatLiteral(kernel, DType.Float32, dtype == DType.Float16 ? (double)(Half)value : BitConverter.UInt32BitsToSingle((uint)bits << 16)))
                : Bits(kernel, DType.UInt16, dtype, $"(({TypeOf(kernel, DType.UInt16)})0x{bits:x4})");
        }

        if (double.IsFinite(value))
        {
            return CStyleLiterals.Float(dtype == DType.Float32 ? (float)value : value, dtype == DType.Float32 ? "f" : "");
        }

        return dtype == DType.Float32
            ? Bits(kernel, DType.UInt32, dtype, $"0x{single:x8}u")
            : Bits(kernel, DType.UInt64, dtype, string.Create(CultureInfo.InvariantCulture, $"0x{BitConverter.DoubleToUInt64Bits(value):x16}U{LongSuffix}"));
    }
}
