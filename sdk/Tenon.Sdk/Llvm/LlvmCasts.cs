using Tenon.Core;

namespace Tenon.Sdk.Llvm;

/// <summary>Conversions between types, with the results that <see cref="Scalar.To"/> and .NET give.</summary>
internal static class LlvmCasts
{
    /// <summary><paramref name="x"/> converted.</summary>
    public static string Cast(LlvmKernel kernel, DType from, DType to, string x)
    {
        var (source, target) = (LlvmTypes.Value(from), LlvmTypes.Value(to));
        var single = DType.Float32.WithLanesOf(from);
        if (from == to)
        {
            return x;
        }

        if (from.Scalar == DType.BFloat16)
        {
            return Cast(kernel, single, to, Widen(kernel, from, x));
        }

        if (to.Scalar == DType.BFloat16)
        {
            return Narrow(kernel, to, Cast(kernel, from, single, x));
        }

        if (to.Scalar == DType.Float16 && from.Scalar != DType.Float32)
        {
            return FromDouble(kernel, to, Cast(kernel, from, DType.Float64.WithLanesOf(from), x));
        }

        if (from.Scalar == DType.Float16 && !(to.IsFloat && to.Bits == 32))
        {
            return Cast(kernel, single, to, Cast(kernel, from, single, x));
        }

        return (from.Kind, to.Kind) switch
        {
            (DTypeKind.Float, DTypeKind.Bool) => kernel.Emit($"fcmp une {source} {x}, {LlvmTypes.Literal(from, 0)}"),
            (_, DTypeKind.Bool) => kernel.Emit($"icmp ne {source} {x}, {LlvmTypes.Literal(from, 0)}"),
            (DTypeKind.Float, DTypeKind.Float) => kernel.Emit($"{(to.Bits < from.Bits ? "fptrunc" : "fpext")} {source} {x} to {target}"),
            (DTypeKind.Float, _) => FloatToInteger(kernel, from, to, x),
            (_, DTypeKind.Float) => kernel.Emit($"{(from.Kind == DTypeKind.Int ? "sitofp" : "uitofp")} {source} {x} to {target}"),
            (DTypeKind.Bool, _) => kernel.Emit($"zext {source} {x} to {target}"),
            _ when to.Bits == from.Bits => x,
            _ => kernel.Emit($"{(to.Bits < from.Bits ? "trunc" : from.Kind == DTypeKind.Int ? "sext" : "zext")} {source} {x} to {target}"),
        };
    }

    /// <summary>The same bits as a value of another type.</summary>
    public static string Bits(LlvmKernel kernel, string from, string to, string x) => from == to ? x : kernel.Emit($"bitcast {from} {x} to {to}");

    // Narrow integers wrap from int32, as in .NET; the others saturate, and NaN gives 0.
    private static string FloatToInteger(LlvmKernel kernel, DType from, DType to, string x)
    {
        if (to.Bits < 32)
        {
            var wide = DType.Int32.WithLanesOf(to);
            return Cast(kernel, wide, to, FloatToInteger(kernel, from, wide, x));
        }

        // LLVM's own saturating conversion (llvm.fptosi.sat) takes vectors apart on x64.
        var (source, target, gate) = (LlvmTypes.Value(from), LlvmTypes.Value(to), LlvmTypes.Value(DType.Bool.WithLanesOf(to)));
        var isSigned = to.Kind == DTypeKind.Int;
        var power = Math.ScaleB(1, isSigned ? to.Bits - 1 : to.Bits);
        var most = isSigned || to.Bits < 64 ? to.Scalar.MaxInteger : (Scalar)ulong.MaxValue;
        var value = kernel.Emit($"{(isSigned ? "fptosi" : "fptoui")} {source} {x} to {target}");
        value = Choose("oge", LlvmTypes.Literal(from, power), LlvmTypes.Literal(to, most), value);
        value = Choose("ole", LlvmTypes.Literal(from, isSigned ? -power : 0), LlvmTypes.Literal(to, to.Scalar.MinInteger), value);
        return Choose("uno", x, LlvmTypes.Literal(to, 0), value);

        string Choose(string comparison, string y, string ifTrue, string ifFalse) =>
            kernel.Emit($"select {gate} {kernel.Emit($"fcmp {comparison} {source} {x}, {y}")}, {target} {ifTrue}, {target} {ifFalse}");
    }

    // bfloat16 is the upper half of a float32.
    private static string Widen(LlvmKernel kernel, DType from, string x)
    {
        var (bits, single) = (DType.UInt32.WithLanesOf(from), DType.Float32.WithLanesOf(from));
        var type = LlvmTypes.Value(bits);
        var wide = kernel.Emit($"zext {LlvmTypes.Value(from)} {x} to {type}");
        return Bits(kernel, type, LlvmTypes.Value(single), kernel.Emit($"shl {type} {wide}, {LlvmTypes.BitsLiteral(bits, 16)}"));
    }

    // Just under half of the last place, and the last bit, are added before the lower half is cut off.
    private static string Narrow(LlvmKernel kernel, DType to, string x)
    {
        var (bits, single) = (DType.UInt32.WithLanesOf(to), LlvmTypes.Value(DType.Float32.WithLanesOf(to)));
        var (type, narrow, gate) = (LlvmTypes.Value(bits), LlvmTypes.Value(to), LlvmTypes.Value(DType.Bool.WithLanesOf(to)));
        var code = Bits(kernel, single, type, x);
        var upper = kernel.Emit($"lshr {type} {code}, {LlvmTypes.BitsLiteral(bits, 16)}");
        var last = kernel.Emit($"and {type} {upper}, {LlvmTypes.BitsLiteral(bits, 1)}");
        var half = kernel.Emit($"add {type} {code}, {LlvmTypes.BitsLiteral(bits, 0x7fff)}");
        var rounded = kernel.Emit($"lshr {type} {kernel.Emit($"add {type} {half}, {last}")}, {LlvmTypes.BitsLiteral(bits, 16)}");
        var isNaN = kernel.Emit($"fcmp uno {single} {x}, {x}");
        var chosen = kernel.Emit($"select {gate} {isNaN}, {type} {LlvmTypes.BitsLiteral(bits, 0x7fc0)}, {type} {rounded}");
        return kernel.Emit($"trunc {type} {chosen} to {narrow}");
    }

    // To float16 rounded once: by way of the float32 whose last bit says that it is inexact.
    private static string FromDouble(LlvmKernel kernel, DType to, string x)
    {
        var (bits, single, wide) = (DType.Int32.WithLanesOf(to), DType.Float32.WithLanesOf(to), DType.Float64.WithLanesOf(to));
        var (type, f, d, gate) = (LlvmTypes.Value(bits), LlvmTypes.Value(single), LlvmTypes.Value(wide), LlvmTypes.Value(DType.Bool.WithLanesOf(to)));
        var nearest = kernel.Emit($"fptrunc {d} {x} to {f}");
        var exact = kernel.Emit($"fpext {f} {nearest} to {d}");
        var code = Bits(kernel, f, type, nearest);
        var (abs, of) = ($"llvm.fabs.{LlvmTypes.Suffix(wide)}", d);
        var isBeyond = kernel.Emit($"fcmp ogt {d} {kernel.Call(d, abs, (of, exact))}, {kernel.Call(d, abs, (of, x))}");
        var step = kernel.Emit($"select {gate} {isBeyond}, {type} {LlvmTypes.BitsLiteral(bits, -1)}, {type} {LlvmTypes.BitsLiteral(bits, 1)}");
        var odd = kernel.Emit($"add {type} {code}, {step}");
        var isEven = kernel.Emit($"icmp eq {type} {kernel.Emit($"and {type} {code}, {LlvmTypes.BitsLiteral(bits, 1)}")}, {LlvmTypes.BitsLiteral(bits, 0)}");
        var isInexact = kernel.Emit($"fcmp one {d} {exact}, {x}");
        var isMoved = kernel.Emit($"and {gate} {isEven}, {isInexact}");
        var result = kernel.Emit($"select {gate} {isMoved}, {type} {odd}, {type} {code}");
        return kernel.Emit($"fptrunc {f} {Bits(kernel, type, f, result)} to {LlvmTypes.Value(to)}");
    }
}
