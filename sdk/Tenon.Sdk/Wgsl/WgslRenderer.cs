using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Wgsl;

/// <summary>The text of an op's value.</summary>
/// <param name="kernel">The kernel that is being written.</param>
/// <param name="op">The op.</param>
/// <param name="sources">The texts of its sources, each a name, a literal, a call or in parentheses.</param>
internal delegate string WgslExpression(WgslKernel kernel, UOp op, string[] sources);

/// <summary>Writes linear programs in WGSL. Safe from several threads.</summary>
/// <param name="limits">What the implementation offers.</param>
public sealed class WgslRenderer(WgslLimits limits)
{
    /// <summary>What the implementation offers.</summary>
    public WgslLimits Limits { get; } = limits;

    /// <summary>The expression of each op that has a value; the accumulators' are their names.</summary>
    internal static IReadOnlyDictionary<Ops, WgslExpression> Expressions { get; } = new Dictionary<Ops, WgslExpression>
    {
        [Ops.Add] = Binary("+"),
        [Ops.Sub] = Binary("-"),
        [Ops.Mul] = Binary("*"),
        [Ops.Div] = Binary("/"),
        [Ops.IntDiv] = Binary("/"),
        [Ops.IntMod] = Binary("%"),
        [Ops.And] = Binary("&"),
        [Ops.Or] = Binary("|"),
        [Ops.Xor] = (_, op, x) => $"({x[0]} {(op.DType.IsBool ? "!=" : "^")} {x[1]})",
        [Ops.Shl] = (k, op, x) => $"({x[0]} << {Count(k, op[1], x[1])})",
        [Ops.Shr] = (k, op, x) => $"({x[0]} >> {Count(k, op[1], x[1])})",
        [Ops.CmpLt] = (_, op, x) => op[0].DType.IsBool ? $"(!{x[0]} & {x[1]})" : $"({x[0]} < {x[1]})",
        [Ops.CmpEq] = Binary("=="),
        [Ops.CmpNe] = (k, op, x) => op[0].DType.IsFloat ? WgslCasts.Differ(k, op[0].DType, x[0], x[1]) : $"({x[0]} != {x[1]})",
        [Ops.Neg] = (_, op, x) => op.DType.Scalar.IsSigned ? $"(-{x[0]})" : $"(0u - {x[0]})",
        [Ops.Max] = (_, _, x) => WgslKernel.Call("max", x),
        [Ops.Sqrt] = (_, _, x) => WgslKernel.Call("sqrt", x),
        [Ops.Trunc] = (_, _, x) => WgslKernel.Call("trunc", x),
        [Ops.Where] = (_, _, x) => WgslKernel.Call("select", x[2], x[1], x[0]),
        [Ops.Cast] = (k, op, x) => WgslCasts.Cast(k, op[0].DType, op.DType, x[0]),
        [Ops.Bitcast] = (k, op, x) => WgslKernel.Call($"bitcast<{k.TypeOf(op.DType)}>", x),
        [Ops.LaneXor] = (_, op, x) => WgslKernel.Call("subgroupShuffleXor", x[0], $"{op.Arg}u"),
        [Ops.Index] = (k, op, x) => op[0].Op == Ops.Index ? $"({x[0]} + {x[1]})" : $"({k.First(op[0])} + {x[1]})",
        [Ops.Load] = (k, op, x) => op.Src.Length == 1 ? k.Load(op.DType, op[0]) : WgslKernel.Call("select", x[2], k.Load(op.DType, op[0]), x[1]),
        [Ops.Stack] = (k, op, x) => WgslKernel.Call(k.TypeOf(op.DType), x),
        [Ops.Splat] = (k, op, x) => WgslKernel.Call(k.TypeOf(op.DType), x),
        [Ops.Extract] = (_, op, x) => $"{x[0]}[{op.Arg}]",
        [Ops.Special] = (k, op, _) => k.Special(op.ArgAs<SpecialArg>()),
        [Ops.Variable] = (k, op, _) => $"launch.{WgslKernel.VariableName(op.ArgAs<VariableArg>().Name)}",
    };

    /// <summary>The shader of a program.</summary>
    /// <exception cref="BackendException">The program has an op or a type that WGSL can't express, or needs more bindings than there are.</exception>
    public WgslShader Compile(LinearProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        var shader = new WgslKernel(Limits, program, isAligned: true).Write();
        return shader.Vectors.Contains(true) ? shader with { Unaligned = new WgslKernel(Limits, program, isAligned: false).Write().Source } : shader;
    }

    private static WgslExpression Binary(string symbol) => (_, _, x) => $"({x[0]} {symbol} {x[1]})";

    private static string Count(WgslKernel kernel, UOp count, string text)
    {
        var type = DType.UInt32.Vec(count.DType.Lanes);
        return count.IsConst(out var value) ? WgslLiterals.Of(kernel, type, value.To(DType.UInt32)) : count.DType == type ? text : WgslKernel.Call(kernel.TypeOf(type), text);
    }
}
