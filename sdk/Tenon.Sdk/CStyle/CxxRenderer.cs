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
