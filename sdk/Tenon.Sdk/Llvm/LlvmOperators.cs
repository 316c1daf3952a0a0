using Tenon.Core;

namespace Tenon.Sdk.Llvm;

/// <summary>The instructions of the ops that mean the same on every target.</summary>
public static class LlvmOperators
{
    /// <summary>Their expressions.</summary>
    public static IReadOnlyDictionary<Ops, LlvmExpression> Table { get; } = new Dictionary<Ops, LlvmExpression>
    {
        [Ops.Index] = LlvmMemory.Index,
        [Ops.Load] = LlvmMemory.Load,
        [Ops.Add] = (k, op, x) => Binary(k, op, x, op.DType.IsFloat ? "fadd" : Exact(op, "add")),
        [Ops.Sub] = (k, op, x) => Binary(k, op, x, op.DType.IsFloat ? "fsub" : Exact(op, "sub")),
        [Ops.Mul] = (k, op, x) => Binary(k, op, x, op.DType.IsFloat ? "fmul" : Exact(op, "mul")),
        [Ops.Div] = (k, op, x) => Binary(k, op, x, "fdiv"),
        [Ops.IntDiv] = (k, op, x) => Binary(k, op, x, op.DType.IsSigned ? "sdiv" : "udiv"),
        [Ops.IntMod] = (k, op, x) => Binary(k, op, x, op.DType.IsSigned ? "srem" : "urem"),
        [Ops.And] = (k, op, x) => Binary(k, op, x, "and"),
        [Ops.Or] = (k, op, x) => Binary(k, op, x, "or"),
        [Ops.Xor] = (k, op, x) => Binary(k, op, x, "xor"),
        [Ops.Shl] = (k, op, x) => Binary(k, op, x, "shl"),
        [Ops.Shr] = (k, op, x) => Binary(k, op, x, op.DType.IsSigned ? "ashr" : "lshr"),
        [Ops.Neg] = (k, op, x) => op.DType.IsFloat
            ? k.Emit($"fneg {LlvmTypes.Value(op.DType)} {x[0]}")
            : k.Emit($"sub {LlvmTypes.Value(op.DType)} {LlvmTypes.Literal(op.DType, 0)}, {x[0]}"),
        [Ops.Sqrt] = (k, op, x) => Intrinsic(k, op, "llvm.sqrt", x),
        [Ops.Trunc] = (k, op, x) => Intrinsic(k, op, "llvm.trunc", x),
        [Ops.Max] = Max,
        [Ops.MulAcc] = (k, op, x) => op.DType.IsFloat
            ? Intrinsic(k, op, "llvm.fma", x)
            : Binary(k, op, [Binary(k, op, x, "mul"), x[2]], "add"),
        [Ops.Dot4] = Dot4,
        [Ops.CmpLt] = (k, op, x) => Compare(k, op, x, op[0].DType.IsSigned ? "slt" : "ult", "olt"),
        [Ops.CmpEq] = (k, op, x) => Compare(k, op, x, "eq", "oeq"),
        [Ops.CmpNe] = (k, op, x) => Compare(k, op, x, "ne", "une"),
        [Ops.Where] = (k, op, x) => Select(k, op.DType, op[0].DType, x[0], x[1], x[2]),
        [Ops.Cast] = (k, op, x) => LlvmCasts.Cast(k, op[0].DType, op.DType, x[0]),
        [Ops.Bitcast] = (k, op, x) => LlvmCasts.Bits(k, LlvmTypes.Value(op[0].DType), LlvmTypes.Value(op.DType), x[0]),
        [Ops.Splat] = Splat,
        [Ops.Stack] = Stack,
        [Ops.Shuffle] = (k, op, x) => k.Emit($"shufflevector {LlvmTypes.Value(op.DType)} {x[0]}, {LlvmTypes.Value(op.DType)} {x[1]}, <{op.DType.Lanes} x i32> <{string.Join(", ", op.ArgAs<Axes>().Span.ToArray().Select(i => $"i32 {i}"))}>"),
        [Ops.Extract] = (k, op, x) => op.DType.IsVector
            ? k.Emit($"shufflevector {LlvmTypes.Value(op[0].DType)} {x[0]}, {LlvmTypes.Value(op[0].DType)} {x[0]}, <{op.DType.Lanes} x i32> <{string.Join(", ", Enumerable.Range(op.ArgAs<int>(), op.DType.Lanes).Select(i => $"i32 {i}"))}>")
            : k.Emit($"extractelement {LlvmTypes.Value(op[0].DType)} {x[0]}, i64 {op.Arg}"),
    };

    private static string Binary(LlvmKernel kernel, UOp op, string[] x, string instruction) =>
        kernel.Emit($"{instruction} {LlvmTypes.Value(op.DType)} {x[0]}, {x[1]}");

    private static string Intrinsic(LlvmKernel kernel, UOp op, string name, string[] x)
    {
        var type = LlvmTypes.Value(op.DType);
        return kernel.Call(type, $"{name}.{LlvmTypes.Suffix(op.DType)}", [.. x.Select(operand => (type, operand))]);
    }

    // What is known not to wrap lets LLVM compute addresses in the width of pointers.
    private static string Exact(UOp op, string instruction)
    {
        if (op.DType.Bits < 32 || op.DType.Kind != DTypeKind.Int)
        {
            return instruction;
        }

        Int128 a = op[0].Min, b = op[0].Max, c = op[1].Min, d = op[1].Max;
        Int128[] corners = op.Op switch { Ops.Add => [a + c, b + d], Ops.Sub => [a - d, b - c], _ => [a * c, a * d, b * c, b * d] };
        return Array.TrueForAll(corners, v => v >= op.DType.MinInteger && v <= op.DType.MaxInteger) ? instruction + " nsw" : instruction;
    }

    private static string Compare(LlvmKernel kernel, UOp op, string[] x, string integers, string floats)
    {
        var type = LlvmTypes.Value(op[0].DType);
        return kernel.Emit(op[0].DType.IsFloat ? $"fcmp {floats} {type} {x[0]}, {x[1]}" : $"icmp {integers} {type} {x[0]}, {x[1]}");
    }

    private static string Select(LlvmKernel kernel, DType dtype, DType condition, string c, string x, string y)
    {
        var type = LlvmTypes.Value(dtype);
        return kernel.Emit($"select {LlvmTypes.Value(condition)} {c}, {type} {x}, {type} {y}");
    }

    // x > y ? x : y is y if either is NaN; it is one instruction on x64. Of two zeros either will do.
    private static string Max(LlvmKernel kernel, UOp op, string[] x)
    {
        var (type, condition) = (LlvmTypes.Value(op.DType), DType.Bool.WithLanesOf(op.DType));
        if (!op.DType.IsFloat)
        {
            return Intrinsic(kernel, op, op.DType.IsSigned ? "llvm.smax" : "llvm.umax", x);
        }

        var isKnown = IsNumber(op[0]) || IsNumber(op[1]);
        if (!isKnown && kernel.HasMaximum)
        {
            return kernel.CallWith("nsz", type, $"llvm.maximum.{LlvmTypes.Suffix(op.DType)}", (type, x[0]), (type, x[1]));
        }

        var (first, second) = IsNumber(op[1]) ? (x[1], x[0]) : (x[0], x[1]);
        var greater = Select(kernel, op.DType, condition, kernel.Emit($"fcmp ogt {type} {first}, {second}"), first, second);
        return isKnown ? greater : Select(kernel, op.DType, condition, kernel.Emit($"fcmp uno {type} {first}, {first}"), first, greater);
    }

    // An instruction of x64, for a target that lists it; of other numbers of lanes, arithmetic.
    private static string Dot4(LlvmKernel kernel, UOp op, string[] x)
    {
        var type = LlvmTypes.Value(op.DType);
        if (op.DType.Lanes is 4 or 8 or 16)
        {
            return kernel.Call(type, $"llvm.x86.avx512.vpdpbusd.{op.DType.Bytes * 8}", (type, x[2]), (type, x[0]), (type, x[1]));
        }

        var sum = x[2];
        for (var i = 0; i < 4; i++)
        {
            var first = kernel.Emit($"and {type} {kernel.Emit($"lshr {type} {x[0]}, {Number(8 * i)}")}, {Number(255)}");
            var second = kernel.Emit($"ashr {type} {kernel.Emit($"shl {type} {x[1]}, {Number(24 - 8 * i)}")}, {Number(24)}");
            sum = kernel.Emit($"add {type} {sum}, {kernel.Emit($"mul {type} {first}, {second}")}");
        }

        return sum;

        string Number(int value) => LlvmTypes.Literal(op.DType, value);
    }

    private static bool IsNumber(UOp node) => (node.Op == Ops.Splat ? node[0] : node).IsConst(out var value) && !double.IsNaN(value.AsDouble);

    private static string Splat(LlvmKernel kernel, UOp op, string[] x)
    {
        var type = LlvmTypes.Value(op.DType);
        var first = kernel.Emit($"insertelement {type} poison, {LlvmTypes.Value(op.DType.Scalar)} {x[0]}, i64 0");
        return kernel.Emit($"shufflevector {type} {first}, {type} poison, <{op.DType.Lanes} x i32> zeroinitializer");
    }

    private static string Stack(LlvmKernel kernel, UOp op, string[] x)
    {
        var (type, scalar, vector) = (LlvmTypes.Value(op.DType), LlvmTypes.Value(op.DType.Scalar), "poison");
        for (var i = 0; i < x.Length; i++)
        {
            vector = kernel.Emit($"insertelement {type} {vector}, {scalar} {x[i]}, i64 {i}");
        }

        return vector;
    }
}
