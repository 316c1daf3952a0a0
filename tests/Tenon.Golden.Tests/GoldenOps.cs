namespace Tenon.Golden.Tests;

/// <summary>What PyTorch's operations are called here. The names are those of <c>make_golden.py</c>.</summary>
internal static partial class GoldenOps
{
    public delegate Tensor[] Op(Tensor[] inputs, GoldenArgs args);

    public static IReadOnlyDictionary<string, Op> Table { get; } = Join(Elementwise, Reductions, Movement, Picking, Products, Windows, Networks, LinearAlgebra);

    private static Dictionary<string, Op> Join(params Dictionary<string, Op>[] tables) => new(tables.SelectMany(t => t));

    private static Op Unary(Func<Tensor, Tensor> function) => (x, _) => [function(x[0])];

    private static Op Binary(Func<Tensor, Tensor, Tensor> function) => (x, _) => [function(x[0], x[1])];

    private static Op Ternary(Func<Tensor, Tensor, Tensor, Tensor> function) => (x, _) => [function(x[0], x[1], x[2])];

    private static Op With(Func<Tensor, GoldenArgs, Tensor> function) => (x, a) => [function(x[0], a)];

    private static Op Several(Func<Tensor[], GoldenArgs, Tensor> function) => (x, a) => [function(x, a)];

    private static Tensor[] Both((Tensor First, Tensor Second) pair) => [pair.First, pair.Second];
}
