using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.CStyle;

/// <summary>The dialects of C++: vectors are structures of their elements, on which ops work lane by lane.</summary>
public abstract class CxxRenderer : WorkgroupRenderer
{
    /// <summary>The ops beyond the base set that these dialects take.</summary>
    protected static OpSet ExtraOps { get; } = GroupOps | new OpSet(Ops.MulAcc, Ops.LaneXor);

    /// <summary>What these dialects do with integers and truth values, and with floats of 32 bits and more.</summary>
    protected static DTypeSupport SupportOf(DType dtype) => dtype is { IsBool: false, Bits: < 32 }
        ? DTypeSupport.Storage | DTypeSupport.Conversion | (dtype.IsInteger ? DTypeSupport.Arithmetic : DTypeSupport.None)
        : DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector;

    /// <summary>The statements of a function that gives D = A·B + C of a tensor core, from the structures <c>a</c>, <c>b</c> and <c>c</c> of what the lane holds.</summary>
    protected abstract string Multiply(CStyleKernel kernel, TensorCore core, string result);

    /// <inheritdoc/>
    protected override Dictionary<Ops, CStyleExpression> CreateExpressions() => new(base.CreateExpressions())
    {
        [Ops.Wmma] = (k, op, x) => CStyleKernel.Call(Product(k, op), x),
    };

    private string Product(CStyleKernel kernel, UOp op)
    {
        var core = Target.TensorCores.FirstOrDefault(c => c.Name == op.ArgAs<string>())
            ?? throw new BackendException("TEN4005", $"Kernel {kernel.Program.Name} multiplies by {op.Arg}, which is not among the tensor cores of {Target.Fingerprint}: {string.Join(", ", Target.TensorCores.Select(c => c.Name))}.");
        var name = core.Name.Replace('.', '_');
        return kernel.Define(name, () =>
        {
            var (a, b, c, d) = (kernel.TypeOf(op[0].DType), kernel.TypeOf(op[1].DType), kernel.TypeOf(op[2].DType), kernel.TypeOf(op.DType));
            return $"{Inline} {d} {name}({a} a, {b} b, {c} c)\n{{\n{Multiply(kernel, core, d)}\n}}";
        });
    }

    /// <summary>The alignment of a structure, before its name; empty for that of its elements.</summary>
    protected virtual string AlignmentOf(DType vector) => "";

    /// <inheritdoc/>
    protected internal override string VectorTypeOf(CStyleKernel kernel, DType dtype)
    {
        var name = CStyleTypes.ShortName(dtype);
        return kernel.Define(name, () => $"struct {AlignmentOf(dtype)}{name} {{ {StorageTypeOf(kernel, dtype)} v[{dtype.Lanes}]; }};");
    }

    /// <inheritdoc/>
    protected internal override string Lane(string vector, int lane) => $"{vector}.v[{lane}]";

    // Lists in braces don't narrow, and truth values may come as int.
    /// <inheritdoc/>
    protected internal override string Pack(CStyleKernel kernel, DType dtype, IEnumerable<string> lanes) =>
        $"{VectorTypeOf(kernel, dtype)}{{{{{string.Join(", ", dtype.IsBool ? lanes.Select(lane => $"(bool){lane}") : lanes.Select(CStyleKernel.Bare))}}}}}";

    /// <inheritdoc/>
    protected internal override string LoadVector(CStyleKernel kernel, DType dtype, UOp address) =>
        $"(*(const {PointerTo(VectorTypeOf(kernel, dtype), address)}){kernel[address]})";

    /// <inheritdoc/>
    protected internal override string StoreVector(CStyleKernel kernel, UOp address, UOp value) =>
        $"*({PointerTo(VectorTypeOf(kernel, value.DType), address)}){kernel[address]} = {CStyleKernel.Bare(kernel[value])}";
}
