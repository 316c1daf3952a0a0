using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.CStyle;

/// <summary>
/// C11 with the vector extensions of Clang 14 and later. The kernel is a function
/// <c>void NAME(void** buffers, const int64_t* variables, int64_t begin, int64_t end, void* local)</c> that runs the work items
/// from <c>begin</c> to <c>end</c>, exclusive, with its local arrays in <c>local</c>. It needs no header and no library. Compile it with <see cref="SemanticFlags"/>.
/// </summary>
public sealed class ClangRenderer : CStyleRenderer
{
    /// <summary>The compiler options without which the source means something else.</summary>
    public static IReadOnlyList<string> SemanticFlags { get; } =
        ["-std=gnu11", "-ffp-contract=off", "-fno-math-errno", "-fwrapv", "-fno-strict-aliasing", "-fno-builtin"];

    /// <summary>The ops beyond the base set that it takes.</summary>
    public static OpSet ExtraOps { get; } = CodeGeneratorTarget.VectorOps | new OpSet(Ops.MulAcc, Ops.Local, Ops.Shuffle);

    /// <inheritdoc/>
    protected internal override IReadOnlyDictionary<Ops, CStyleExpression> Expressions { get; } = new Dictionary<Ops, CStyleExpression>(CStyleOperators.Table)
    {
        [Ops.Special] = (k, op, _) => $"(({k.TypeOf(op.DType)})item)",
        [Ops.Load] = (k, op, x) => op.Src.Length == 1 ? Load(k, op) : $"({x[1]} ? {Load(k, op)} : {x[2]})",
        [Ops.CmpLt] = (k, op, x) => op[0].DType is { IsBool: true, IsVector: true } ? Compare(k, op, $"({x[1]} < {x[0]})") : Compare(k, op, $"({x[0]} < {x[1]})"),
        [Ops.CmpEq] = (k, op, x) => Compare(k, op, $"({x[0]} == {x[1]})"),
        [Ops.CmpNe] = (k, op, x) => Compare(k, op, $"({x[0]} != {x[1]})"),
        [Ops.Where] = (k, op, x) => op.DType.IsVector ? CStyleKernel.Call(ClangHelpers.Select(k, op.DType), x) : CStyleOperators.Table[Ops.Where](k, op, x),
        [Ops.Max] = (k, op, x) => op.DType.IsVector ? CStyleKernel.Call(ClangHelpers.Max(k, op.DType), x) : CStyleOperators.Table[Ops.Max](k, op, x),
        [Ops.Sqrt] = (k, op, x) => CStyleKernel.Call(ClangHelpers.Sqrt(k, op.DType), x),
        [Ops.Trunc] = (k, op, x) => CStyleKernel.Call(ClangHelpers.Trunc(k, op.DType), x),
        [Ops.MulAcc] = (k, op, x) => op.DType.IsFloat
            ? CStyleKernel.Call(ClangHelpers.MulAcc(k, op.DType), x)
            : CStyleOperators.Narrow(k, op.DType, $"({x[0]} * {x[1]} + {x[2]})"),
        [Ops.Dot4] = (k, op, x) => CStyleKernel.Call(ClangHelpers.Dot4(k, op.DType), x),
        [Ops.Cast] = (k, op, x) => ClangCasts.Cast(k, op[0].DType, op.DType, x[0]),
        [Ops.Bitcast] = (k, op, x) => op.DType.IsVector || op[0].DType.IsVector ? $"(({k.TypeOf(op.DType)}){x[0]})" : CStyleKernel.Call(ClangHelpers.Bits(k, op[0].DType, op.DType), x),
        [Ops.Splat] = (k, op, x) => CStyleKernel.Call(ClangHelpers.Splat(k, op.DType), Lane(op.DType, x[0])),
        [Ops.Stack] = (k, op, x) => ClangHelpers.Lanes(k, op.DType, i => Lane(op.DType, x[i])),
        [Ops.Shuffle] = (k, op, x) => CStyleKernel.Call("__builtin_shufflevector", [.. x, .. op.ArgAs<Axes>().Span.ToArray().Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture))]),
        [Ops.Extract] = (k, op, x) => op.DType.IsVector
            ? CStyleKernel.Call("__builtin_shufflevector", [x[0], x[0], .. Enumerable.Range(op.ArgAs<int>(), op.DType.Lanes).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture))])
            : op.DType.IsBool ? $"({x[0]}[{op.Arg}] != 0)" : $"{x[0]}[{op.Arg}]",
    };

    /// <inheritdoc/>
    protected internal override string Prologue => """
        typedef __INT8_TYPE__ int8_t;
        typedef __INT16_TYPE__ int16_t;
        typedef __INT32_TYPE__ int32_t;
        typedef __INT64_TYPE__ int64_t;
        typedef __UINT8_TYPE__ uint8_t;
        typedef __UINT16_TYPE__ uint16_t;
        typedef __UINT32_TYPE__ uint32_t;
        typedef __UINT64_TYPE__ uint64_t;
        #ifdef _WIN32
        #define EXPORT __declspec(dllexport)
        EXPORT int _fltused = 0;
        #else
        #define EXPORT __attribute__((visibility("default")))
        #endif
        """;

    /// <inheritdoc/>
    protected internal override string TypeOf(CStyleKernel kernel, DType dtype) => ClangTypes.Value(kernel, dtype);

    /// <inheritdoc/>
    protected internal override string StorageTypeOf(CStyleKernel kernel, DType dtype) => ClangTypes.Storage(dtype);

    /// <inheritdoc/>
    protected internal override string Inline => ClangHelpers.Inline;

    /// <inheritdoc/>
    protected internal override bool WrapsSigned => true;

    /// <inheritdoc/>
    protected internal override string Bits(CStyleKernel kernel, DType from, DType to, string x) => CStyleKernel.Call(ClangHelpers.Bits(kernel, from, to), x);

    /// <inheritdoc/>
    protected internal override string ToSingle(CStyleKernel kernel, DType half, string x) =>
        half == DType.Float16 ? CStyleKernel.Call(ClangHalves.ToSingle(kernel), x) : base.ToSingle(kernel, half, x);

    /// <inheritdoc/>
    protected internal override string FromSingle(CStyleKernel kernel, DType half, string x) =>
        half == DType.Float16 ? CStyleKernel.Call(ClangHalves.FromSingle(kernel), x) : base.FromSingle(kernel, half, x);

    /// <inheritdoc/>
    protected internal override string Literal(CStyleKernel kernel, DType dtype, Scalar value)
    {
        var scalar = base.Literal(kernel, dtype.Scalar, value);
        return dtype.IsVector ? CStyleKernel.Call(ClangHelpers.Splat(kernel, dtype), Lane(dtype, scalar)) : scalar;
    }

    /// <inheritdoc/>
    protected internal override void Open(CStyleKernel kernel)
    {
        kernel.OpenBlock($"EXPORT void {kernel.Program.Name}(void** buffers, const int64_t* variables, int64_t begin, int64_t end, void* local)");
        foreach (var op in kernel.Program.Ops)
        {
            if (op.Op == Ops.Param)
            {
                var slot = op.ArgAs<ParamArg>().Slot;
                var type = ClangTypes.Storage(op.DType);
                kernel.Line($"{type}* {kernel[op] = $"data{slot}"} = ({type}*)buffers[{slot}];");
            }
            else if (op.Op == Ops.Local)
            {
                var (array, type) = (op.ArgAs<LocalArg>(), ClangTypes.Storage(op.DType));
                kernel.Line($"{type}* {kernel[op] = $"local{array.Number}"} = ({type}*)((char*)local + {array.Offset});");
            }
            else if (op.Op == Ops.Variable)
            {
                var type = kernel.TypeOf(op.DType);
                kernel.Line($"{type} {kernel[op] = $"var_{op.ArgAs<VariableArg>().Name}"} = ({type})variables[{kernel.Program.PositionOf(op)}];");
            }
        }

        kernel.OpenBlock("for (int64_t item = begin; item < end; item++)");
    }

    /// <inheritdoc/>
    protected internal override void Close(CStyleKernel kernel)
    {
        kernel.CloseBlock();
        if (kernel.Program.Ops.Any(op => op.Op == Ops.Store && kernel.Program.IsStreamed(op[0], op[1].DType)))
        {
            kernel.Line("__atomic_thread_fence(__ATOMIC_SEQ_CST);");
        }

        kernel.CloseBlock();
    }

    /// <inheritdoc/>
    protected internal override string Store(CStyleKernel kernel, UOp address, UOp value)
    {
        var dtype = value.DType;
        return dtype switch
        {
            { IsVector: false } => $"{kernel.Element(address)} = {CStyleKernel.Bare(kernel[value])}",
            { IsBool: true } => CStyleKernel.Call(ClangHelpers.StoreMask(kernel, dtype.Lanes), kernel[address], kernel[value]),
            _ when kernel.Program.IsStreamed(address, dtype) => CStyleKernel.Call(ClangHelpers.Stream(kernel, dtype), kernel[address], kernel[value]),
            _ => $"*({ClangTypes.Unaligned(kernel, dtype)}*){kernel[address]} = {CStyleKernel.Bare(kernel[value])}",
        };
    }

    private static string Load(CStyleKernel kernel, UOp load) => load.DType switch
    {
        { IsVector: false } => CStyleOperators.Load(kernel, load),
        { IsBool: true } => CStyleKernel.Call(ClangHelpers.LoadMask(kernel, load.DType.Lanes), kernel[load[0]]),
        _ => $"(*(const {ClangTypes.Unaligned(kernel, load.DType)}*){kernel[load[0]]})",
    };

    private static string Compare(CStyleKernel kernel, UOp op, string comparison) =>
        op.DType.IsVector ? ClangHelpers.MaskOf(kernel, op[0].DType, comparison) : comparison;

    // A lane of a mask has all bits set.
    private static string Lane(DType vector, string scalar) => vector.IsBool ? $"(-(int32_t){scalar})" : scalar;
}
