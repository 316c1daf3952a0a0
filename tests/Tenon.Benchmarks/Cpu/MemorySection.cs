using Tenon.Cli.Bench;

namespace Tenon.Benchmarks;

/// <summary>Kernels that are as fast as memory is: normalisation, reductions, moves, elementwise chains, sorting.</summary>
internal static class MemorySection
{
    private const long Mi = 1 << 20;
    private static readonly KernelInput[] Square = [new(4096, 4096)];
    private static readonly KernelInput[] Rows = [new(4096, 1024)];
    private static readonly KernelInput[] Vector = [new(16 * Mi)];

    private static IEnumerable<OpCase> Cases =>
    [
        Case("softmax 4096x1024", Rows, x => x[0].Softmax(), "torch.softmax(x[0], -1)"),
        Case("softmax 4096x4096", Square, x => x[0].Softmax(), "torch.softmax(x[0], -1)"),
        Case("softmax 4096x1024, along axis 0", Rows, x => x[0].Softmax(0), "torch.softmax(x[0], 0)"),
        Case("log-softmax 4096x1024", Rows, x => x[0].LogSoftmax(), "torch.log_softmax(x[0], -1)"),
        Case("layer norm 4096x1024", [new(4096, 1024), new(1024), new(1024)], x => x[0].LayerNorm(1, x[1], x[2]), "F.layer_norm(x[0], [1024], x[1], x[2])"),
        Case("layer norm 128x768", [new(128, 768), new(768), new(768)], x => x[0].LayerNorm(1, x[1], x[2]), "F.layer_norm(x[0], [768], x[1], x[2])"),
        .. Reductions("sum", (x, axes) => x.Sum(axes), "torch.sum({0})", "torch.sum({0}, {1})"),
        .. Reductions("max", (x, axes) => x.Max(axes), "torch.amax({0})", "torch.amax({0}, {1})"),
        .. Reductions("variance", (x, axes) => x.Var(axes), "torch.var({0})", "torch.var({0}, {1})"),
        new(new("mean and variance 4096x4096, axis 1", Square, x => [x[0].Mean([1]), x[0].Var([1])]), new PeerExpression("torch", "torch.var_mean(x[0], 1)[::-1]")),
        new(new("mean and variance 32x64x112x112, axes 0, 2, 3", [new(32, 64, 112, 112)], x => [x[0].Mean([0, 2, 3]), x[0].Var([0, 2, 3])]), new PeerExpression("torch", "torch.var_mean(x[0], (0, 2, 3))[::-1]")),
        Case("transpose 4096x4096", Square, x => x[0].Transpose(0, 1), "x[0].T.contiguous()"),
        Case("transpose 1000x3000", [new(1000, 3000)], x => x[0].Transpose(0, 1), "x[0].T.contiguous()"),
        Case("permute 0, 2, 1 of 64x512x512", [new(64, 512, 512)], x => x[0].Permute(0, 2, 1), "x[0].permute(0, 2, 1).contiguous()"),
        Case("permute 0, 2, 3, 1 of 32x64x56x56", [new(32, 64, 56, 56)], x => x[0].Permute(0, 2, 3, 1), "x[0].permute(0, 2, 3, 1).contiguous()"),
        Case("permute 0, 3, 1, 2 of 32x56x56x64", [new(32, 56, 56, 64)], x => x[0].Permute(0, 3, 1, 2), "x[0].permute(0, 3, 1, 2).contiguous()"),
        Case("permute 0, 2, 1, 3 of 32x128x12x64", [new(32, 128, 12, 64)], x => x[0].Permute(0, 2, 1, 3), "x[0].permute(0, 2, 1, 3).contiguous()"),
        Case("embedding 50000x768, 4096 tokens", [new(50000, 768) { Read = 4096 * 768 }, new(4096) { Below = 50000 }], x => x[0].IndexSelect(0, x[1]), "F.embedding(x[1], x[0])"),
        Case("gather 4096x4096 by 4096x1024, axis 1", [new(4096, 4096), new(4096, 1024) { Below = 4096 }], x => x[0].Gather(1, x[1]), "torch.gather(x[0], 1, x[1])"),
        Case("a + b, 16 Mi", [new(16 * Mi), new(16 * Mi)], x => x[0] + x[1], "torch.add(x[0], x[1], out=y)"),
        Case("a + b, 64 Ki", [new(1 << 16), new(1 << 16)], x => x[0] + x[1], "torch.add(x[0], x[1], out=y)"),
        Case("a + b, 16", [new(16), new(16)], x => x[0] + x[1], "torch.add(x[0], x[1], out=y)"),
        Case("relu(a b + c), 16 Mi", [new(16 * Mi), new(16 * Mi), new(16 * Mi)], x => (x[0] * x[1] + x[2]).Relu(), "torch.addcmul(x[2], x[0], x[1]).relu_()"),
        Case("a + row, 4096x4096", [new(4096, 4096), new(4096)], x => x[0] + x[1], "torch.add(x[0], x[1], out=y)"),
        Case("a * column, 4096x4096", [new(4096, 4096), new(4096, 1)], x => x[0] * x[1], "torch.mul(x[0], x[1], out=y)"),
        Case("exp, 16 Mi", Vector, x => x[0].Exp(), "torch.exp(x[0], out=y)"),
        Case("sigmoid, 16 Mi", Vector, x => x[0].Sigmoid(), "torch.sigmoid(x[0], out=y)"),
        Case("tanh, 16 Mi", Vector, x => x[0].Tanh(), "torch.tanh(x[0], out=y)"),
        Case("GELU, 16 Mi", Vector, x => x[0].Gelu(), "F.gelu(x[0])"),
        Case("GELU by tanh, 16 Mi", Vector, x => x[0].Gelu(approximate: true), "F.gelu(x[0], approximate='tanh')"),
        Case("SiLU, 16 Mi", Vector, x => x[0].Silu(), "F.silu(x[0])"),
        // Of equal numbers the first comes first, as with us.
        new(new("sort 4096x256", [new(4096, 256)], x => x[0].Sort() is var (values, indices) ? [values, indices] : []), new PeerExpression("torch", "torch.sort(x[0], stable=True)")),
        new(new("sort 1 Mi", [new(Mi)], x => x[0].Sort() is var (values, indices) ? [values, indices] : []), new PeerExpression("torch", "torch.sort(x[0], stable=True)")),
        new(new("top 10 of 4096x1024", Rows, x => x[0].TopK(10) is var (values, indices) ? [values, indices] : []), new PeerExpression("torch", "torch.topk(x[0], 10)")),
        Case("cumsum 4096x1024, axis 1", Rows, x => x[0].CumSum(1), "torch.cumsum(x[0], 1, out=y)"),
        Case("cumsum 4096x1024, axis 0", Rows, x => x[0].CumSum(0), "torch.cumsum(x[0], 0, out=y)"),
        Case("concat of two 4096x1024, axis 0", [new(4096, 1024), new(4096, 1024)], x => Tensor.Cat(x, 0), "torch.cat(x, 0, out=y)"),
        Case("concat of two 4096x1024, axis 1", [new(4096, 1024), new(4096, 1024)], x => Tensor.Cat(x, 1), "torch.cat(x, 1, out=y)"),
        Case("argmax 4096x1024, axis 1", Rows, x => x[0].ArgMax(1), "torch.argmax(x[0], 1)"),
        Case("max pool 2x2, 32x64x112x112", [new(32, 64, 112, 112)], x => x[0].MaxPool2d(2), "F.max_pool2d(x[0], 2)"),
        Case("average over pixels, 32x2048x7x7", [new(32, 2048, 7, 7)], x => x[0].Mean([2, 3]), "x[0].mean((2, 3))"),
    ];

    public static void Run(CpuBenchmark benchmark) => OpCase.Run(benchmark, "memory", Cases, 1, Environment.ProcessorCount);

    private static OpCase Case(string name, KernelInput[] inputs, Func<Tensor[], Tensor> compute, string torch) => new(new KernelBenchmark(name, inputs, compute), new PeerExpression("torch", torch));

    private static IEnumerable<OpCase> Reductions(string name, Func<Tensor, int[]?, Tensor> reduce, string all, string along)
    {
        yield return Case($"{name} 4096x4096, all", Square, x => reduce(x[0], null), string.Format(null, all, "x[0]"));
        for (var axis = 0; axis < 2; axis++)
        {
            var a = axis;
            yield return Case($"{name} 4096x4096, axis {a}", Square, x => reduce(x[0], [a]), string.Format(null, along, "x[0]", a));
        }

        yield return Case($"{name} 64x256x1024, axis 1", [new(64, 256, 1024)], x => reduce(x[0], [1]), string.Format(null, along, "x[0]", 1));
    }
}
