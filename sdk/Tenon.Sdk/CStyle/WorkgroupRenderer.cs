using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.CStyle;

/// <summary>
/// The base of dialects whose kernels run in groups of lanes. A kernel is a function with one argument for each buffer, by slot, and then
/// one 64-bit integer for each variable, in the order of the program; a dialect may give buffers a second argument. Its local arrays lie
/// in one block that the lanes of a group share.
/// </summary>
public abstract class WorkgroupRenderer : CStyleRenderer
{
    /// <summary>The ops beyond the base set that every such dialect takes.</summary>
    protected static OpSet GroupOps { get; } = CodeGeneratorTarget.VectorOps | new OpSet(Ops.Local, Ops.Barrier);

    /// <summary>The name of the block of local arrays.</summary>
    protected const string LocalBlock = "local_block";

    /// <inheritdoc/>
    protected internal override IReadOnlyDictionary<Ops, CStyleExpression> Expressions => field ??= LaneByLane.Extend(CreateExpressions(), VectorExpression);

    /// <summary>What of the program's types and ops the dialect takes.</summary>
    public abstract CodeGeneratorTarget Target { get; }

    /// <summary>The name of a vector's type, defined if it needs to be. Its lanes have the type of elements in memory.</summary>
    protected internal abstract string VectorTypeOf(CStyleKernel kernel, DType dtype);

    /// <summary>One lane of a vector as it is kept.</summary>
    protected internal abstract string Lane(string vector, int lane);

    /// <summary>A vector of these lanes.</summary>
    protected internal abstract string Pack(CStyleKernel kernel, DType dtype, IEnumerable<string> lanes);

    /// <summary>A vector from consecutive elements, which are aligned to an element only.</summary>
    protected internal abstract string LoadVector(CStyleKernel kernel, DType dtype, UOp address);

    /// <summary>The statement that stores a vector to consecutive elements, which are aligned to an element only.</summary>
    protected internal abstract string StoreVector(CStyleKernel kernel, UOp address, UOp value);

    /// <summary>How the dialect writes an op on whole vectors; null where it has no way, and each lane is computed.</summary>
    protected internal virtual CStyleExpression? VectorExpression(UOp op) => null;

    /// <summary>The name of a scalar type in the language; of floats of 16 bits, only those that it computes with.</summary>
    protected abstract string NameOf(DType scalar);

    /// <summary>What a definition of a kernel begins with, up to its name.</summary>
    protected abstract string Head(LinearProgram program);

    /// <summary>The arguments of a kernel.</summary>
    protected abstract IEnumerable<string> Arguments(CStyleKernel kernel);

    /// <summary>The qualifiers of pointers to buffers, or to local arrays.</summary>
    protected virtual string AddressSpace(bool isLocal) => "";

    /// <summary>Writes what a kernel begins with, before its local arrays and variables get their names.</summary>
    protected virtual void Begin(CStyleKernel kernel)
    {
    }

    /// <summary>The index of the group, or of the lane in its group, along a dimension.</summary>
    protected abstract string Index(SpecialKind kind, int dimension);

    /// <summary>The value of a variable among the arguments.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="position">Its place among the program's variables.</param>
    protected virtual string Variable(string name, int position) => $"arg_{name}";

    /// <summary>The name of a mathematical function for a type: <c>sqrt</c>, <c>trunc</c> or <c>fma</c>.</summary>
    protected virtual string Function(string name, DType dtype) => name;

    /// <summary>The call with which all lanes of a group wait for each other and see what any has written to local arrays.</summary>
    protected abstract string Barrier { get; }

    /// <summary>An unsigned integer of 32 bits of another lane of the subgroup; null if the dialect has no way.</summary>
    /// <param name="program">What is written.</param>
    /// <param name="x">The value.</param>
    /// <param name="mask">In which bits the number of the other lane differs.</param>
    protected virtual string? ExchangeWord(LinearProgram program, string x, string mask) => null;

    /// <inheritdoc/>
    protected internal override string TypeOf(CStyleKernel kernel, DType dtype) => dtype switch
    {
        { IsVector: true } => VectorTypeOf(kernel, dtype),
        { IsBool: true } => "bool",
        _ => StorageTypeOf(kernel, dtype),
    };

    /// <inheritdoc/>
    protected internal override string StorageTypeOf(CStyleKernel kernel, DType dtype) =>
        NameOf(dtype.IsBool ? DType.UInt8 : IsBits(dtype) ? DType.UInt16 : dtype.Scalar);

    /// <inheritdoc/>
    protected internal override string PointerTo(CStyleKernel kernel, UOp address) => PointerTo(StorageTypeOf(kernel, address.DType), address);

    /// <inheritdoc/>
    protected internal override string Literal(CStyleKernel kernel, DType dtype, Scalar value)
    {
        var scalar = base.Literal(kernel, dtype.Scalar, value);
        return dtype.IsVector ? Pack(kernel, dtype, Enumerable.Repeat(scalar, dtype.Lanes)) : scalar;
    }

    /// <inheritdoc/>
    protected internal override string Store(CStyleKernel kernel, UOp address, UOp value) =>
        value.DType.IsVector ? StoreVector(kernel, address, value) : $"{kernel.Element(address)} = {CStyleKernel.Bare(kernel[value])}";

    /// <inheritdoc/>
    protected internal override void Verify(CStyleKernel kernel, UOp op)
    {
        base.Verify(kernel, op);
        if (op.DType != DType.Void && !Target.DTypes.ContainsKey(op.DType.Scalar))
        {
            throw new BackendException("TEN4005", $"Kernel {kernel.Program.Name} has {op.Op} of {op.DType}, which the target {Target.Fingerprint} doesn't have. Use another dtype, or a device that has it.");
        }
    }

    /// <inheritdoc/>
    protected internal override void Open(CStyleKernel kernel)
    {
        var program = kernel.Program;
        kernel.OpenBlock($"{Head(program)} {program.Name}({string.Join(", ", Arguments(kernel))})");
        Begin(kernel);
        foreach (var op in program.Ops)
        {
            if (op.Op == Ops.Param)
            {
                kernel[op] = $"data{op.ArgAs<ParamArg>().Slot}";
            }
            else if (op.Op == Ops.Local)
            {
                var (array, type) = (op.ArgAs<LocalArg>(), Pointer(kernel, op.DType, isLocal: true));
                kernel.Line($"{type} {kernel[op] = $"local{array.Number}"} = ({type})({LocalBlock} + {array.Offset});");
            }
            else if (op.Op == Ops.Variable)
            {
                var (name, type) = (op.ArgAs<VariableArg>().Name, kernel.TypeOf(op.DType));
                kernel.Line($"{type} {kernel[op] = $"var_{name}"} = ({type}){Variable(name, program.PositionOf(op))};");
            }
        }
    }

    /// <summary>The type of pointers to values of a type where an address is.</summary>
    protected string PointerTo(string type, UOp address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return $"{AddressSpace(address.Memory.Op == Ops.Local)}{type}*";
    }

    /// <summary>The type of pointers to elements in a buffer or a local array.</summary>
    protected string Pointer(CStyleKernel kernel, DType dtype, bool isLocal) => $"{AddressSpace(isLocal)}{StorageTypeOf(kernel, dtype)}*";

    /// <summary>The expressions of scalars.</summary>
    protected virtual Dictionary<Ops, CStyleExpression> CreateExpressions() => new(CStyleOperators.Table)
    {
        [Ops.Special] = (k, op, _) => $"(({k.TypeOf(op.DType)}){Index(op.ArgAs<SpecialArg>().Kind, op.ArgAs<SpecialArg>().Dimension)})",
        [Ops.Load] = (k, op, x) => op.Src.Length == 1 ? Load(k, op) : $"({x[1]} ? {Load(k, op)} : {x[2]})",
        [Ops.Stack] = (k, op, x) => Pack(k, op.DType, x),
        [Ops.Splat] = (k, op, x) => CStyleKernel.Call(LaneByLane.Splat(this, k, op.DType), x),
        [Ops.Extract] = (_, op, x) => LaneByLane.Read(this, op[0].DType, x[0], op.ArgAs<int>()),
        [Ops.Barrier] = (_, _, _) => Barrier,
        [Ops.LaneXor] = (k, op, x) => CStyleKernel.Call(LaneExchange(k, op.DType), x[0], $"{op.Arg}u"),
        [Ops.Div] = InSingle(CStyleOperators.Table[Ops.Div]),
        [Ops.Sqrt] = InSingle((_, op, x) => CStyleKernel.Call(Function("sqrt", op.DType), x)),
        [Ops.Trunc] = InSingle((_, op, x) => CStyleKernel.Call(Function("trunc", op.DType), x)),
        [Ops.MulAcc] = (_, op, x) => CStyleKernel.Call(Function("fma", op.DType), x),
    };

    /// <summary>An expression that floats of 16 bits are widened for: float32 has so many more bits that rounding twice is rounding once.</summary>
    protected CStyleExpression InSingle(CStyleExpression expression) => (k, op, x) =>
    {
        if (!CStyleTypes.IsHalf(op.DType))
        {
            return expression(k, op, x);
        }

        var single = UOp.New(op.Op, DType.Float32, [.. Enumerable.Repeat(UOp.Const(DType.Float32, 0), x.Length)], op.Arg);
        return FromSingle(k, op.DType, expression(k, single, [.. x.Select(source => ToSingle(k, op.DType, source))]));
    };

    private string Load(CStyleKernel kernel, UOp load) => load.DType.IsVector ? LoadVector(kernel, load.DType, load[0]) : CStyleOperators.Load(kernel, load);

    // Values travel as words: narrow ones alone, wide ones in two.
    private string LaneExchange(CStyleKernel kernel, DType dtype)
    {
        var name = $"lane_xor_{CStyleTypes.ShortName(dtype)}";
        return kernel.Define(name, () =>
        {
            var (type, word, bits) = (kernel.TypeOf(dtype), kernel.TypeOf(DType.UInt32), dtype.IsBool || IsBits(dtype) ? dtype : CStyleTypes.UnsignedOf(dtype));
            string Exchange(string x) => ExchangeWord(kernel.Program, x, "mask")
                ?? throw new BackendException("TEN4005", $"Kernel {kernel.Program.Name} exchanges values between lanes, for which {GetType().Name} has no function here. The target must not list LaneXor.");

            var code = bits == dtype || !dtype.IsFloat ? "x" : kernel.Bits(dtype, bits, "x");
            var body = dtype.Bits == 64
                ? $"{kernel.TypeOf(bits)} code = ({kernel.TypeOf(bits)}){code}; {kernel.TypeOf(bits)} other = ({kernel.TypeOf(bits)}){Exchange($"({word})(code >> 32)")} << 32 | {Exchange($"({word})code")};"
                : $"{kernel.TypeOf(bits)} other = ({kernel.TypeOf(bits)}){Exchange($"({word}){code}")};";
            return $"{Inline} {type} {name}({type} x, {word} mask) {{ {body} return {(bits == dtype || !dtype.IsFloat ? $"({type})other" : kernel.Bits(bits, dtype, "other"))}; }}";
        });
    }
}
