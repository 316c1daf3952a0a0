using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>Ops on vectors by the expressions of scalars: in a function that computes each lane.</summary>
internal static class LaneByLane
{
    /// <summary>Expressions for scalars that then also take vectors.</summary>
    /// <param name="scalars">The expressions.</param>
    /// <param name="whole">How an op on whole vectors is written, or null.</param>
    public static IReadOnlyDictionary<Ops, CStyleExpression> Extend(Dictionary<Ops, CStyleExpression> scalars, Func<UOp, CStyleExpression?> whole) =>
        scalars.ToDictionary(e => e.Key, e => OpSet.Elementwise.Contains(e.Key)
            ? (k, op, x) => op.DType.IsVector ? (whole(op) ?? ByLane(e.Value))(k, op, x) : e.Value(k, op, x)
            : e.Value);

    /// <summary>The value of a lane.</summary>
    public static string Read(WorkgroupRenderer renderer, DType dtype, string vector, int lane) =>
        dtype.IsBool ? $"({renderer.Lane(vector, lane)} != 0)" : renderer.Lane(vector, lane);

    /// <summary>The function that repeats a scalar in each lane.</summary>
    public static string Splat(WorkgroupRenderer renderer, CStyleKernel kernel, DType dtype)
    {
        var name = $"splat_{CStyleTypes.ShortName(dtype)}";
        return kernel.Define(name, () =>
            $"{kernel.Inline} {kernel.TypeOf(dtype)} {name}({kernel.TypeOf(dtype.Scalar)} x) {{ return {renderer.Pack(kernel, dtype, Enumerable.Repeat("x", dtype.Lanes))}; }}");
    }

    private static CStyleExpression ByLane(CStyleExpression scalar) => (kernel, op, x) =>
    {
        var operand = op.Src[^1].DType;
        var name = $"{op.Op.ToString().ToLowerInvariant()}_{(operand.Scalar == op.DType.Scalar ? "" : $"{CStyleTypes.ShortName(operand.Scalar)}_")}{CStyleTypes.ShortName(op.DType)}";
        return CStyleKernel.Call(
            kernel.Define(name, () =>
            {
                var renderer = (WorkgroupRenderer)kernel.Renderer;
                var sources = op.Src.ToArray();
                var one = UOp.New(op.Op, op.DType.Scalar, [.. sources.Select(s => UOp.Const(s.DType.Scalar, 0))], op.Arg);
                var lanes = Enumerable.Range(0, op.DType.Lanes).Select(i => scalar(kernel, one, [.. sources.Select((s, j) => Read(renderer, s.DType, $"x{j}", i))]));
                var arguments = sources.Select((s, j) => $"{kernel.TypeOf(s.DType)} x{j}");
                return $"{kernel.Inline} {kernel.TypeOf(op.DType)} {name}({string.Join(", ", arguments)}) {{ return {renderer.Pack(kernel, op.DType, [.. lanes])}; }}";
            }),
            x);
    };
}
