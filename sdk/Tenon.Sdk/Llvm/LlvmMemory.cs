using Tenon.Core;

namespace Tenon.Sdk.Llvm;

/// <summary>Addresses, loads and stores. Memory is aligned to an element only.</summary>
internal static class LlvmMemory
{
    /// <summary>An address so many elements after another.</summary>
    public static string Index(LlvmKernel kernel, UOp op, string[] x) =>
        kernel.Emit($"getelementptr {LlvmTypes.Storage(op.DType)}, {kernel.PointerTo(op)} {x[0]}, {LlvmTypes.Value(op[1].DType)} {x[1]}");

    /// <summary>A load: plain, under a scalar gate, or under a mask.</summary>
    public static string Load(LlvmKernel kernel, UOp op, string[] x)
    {
        if (op.Src.Length == 1)
        {
            return Plain(kernel, op, x[0]);
        }

        if (op[1].DType.IsVector)
        {
            return Masked(kernel, op, x);
        }

        var loaded = "";
        var (before, last) = kernel.If(x[1], () => loaded = Plain(kernel, op, x[0]));
        return kernel.Emit($"phi {LlvmTypes.Value(op.DType)} [ {loaded}, %{last} ], [ {x[2]}, %{before} ]");
    }

    /// <summary>Writes a store without a gate.</summary>
    public static void Store(LlvmKernel kernel, UOp address, UOp value)
    {
        var (type, stored) = (LlvmTypes.Storage(value.DType), kernel[value]);
        if (value.DType.IsBool)
        {
            stored = kernel.Emit($"zext {LlvmTypes.Value(value.DType)} {stored} to {type}");
        }

        var store = $"store {type} {stored}, {kernel.PointerTo(address)} {kernel[address]}, align";
        if (!kernel.Program.IsStreamed(address, value.DType))
        {
            kernel.Line($"{store} {value.DType.Bits / 8}");
            return;
        }

        // Past the caches only whole lines are written.
        var place = kernel.Emit($"and i64 {kernel.Emit($"ptrtoint {kernel.PointerTo(address)} {kernel[address]} to i64")}, {value.DType.Bytes - 1}");
        kernel.If(kernel.Emit($"icmp eq i64 {place}, 0"), () => kernel.Line($"{store} {value.DType.Bytes}, !nontemporal !{{i32 1}}"));
        kernel.If(kernel.Emit($"icmp ne i64 {place}, 0"), () => kernel.Line($"{store} {value.DType.Bits / 8}"));
    }

    private static string Plain(LlvmKernel kernel, UOp op, string address) =>
        FromMemory(kernel, op.DType, kernel.Emit($"load {LlvmTypes.Storage(op.DType)}, {kernel.PointerTo(op[0])} {address}, align {op.DType.Bits / 8}"));

    private static string Masked(LlvmKernel kernel, UOp op, string[] x)
    {
        var (type, pointer) = (LlvmTypes.Storage(op.DType), kernel.PointerTo(op[0]));
        var suffix = LlvmTypes.Suffix(op.DType.IsBool ? DType.UInt8.WithLanesOf(op.DType) : op.DType);
        var space = pointer.IndexOf('(', StringComparison.Ordinal) is var at and >= 0 ? pointer[(at + 1)..^1] : "0";
        var other = op.DType.IsBool ? kernel.Emit($"zext {LlvmTypes.Value(op.DType)} {x[2]} to {type}") : x[2];
        return FromMemory(kernel, op.DType, kernel.Call(
            type,
            $"llvm.masked.load.{suffix}.p{space}",
            (pointer, x[0]),
            ("i32", $"{op.DType.Bits / 8}"),
            (LlvmTypes.Value(op[1].DType), x[1]),
            (type, other)));
    }

    private static string FromMemory(LlvmKernel kernel, DType dtype, string loaded) =>
        dtype.IsBool ? kernel.Emit($"icmp ne {LlvmTypes.Storage(dtype)} {loaded}, {LlvmTypes.BitsLiteral(dtype, 0)}") : loaded;
}
