using Tenon.Cli.Bench;

namespace Tenon.Benchmarks;

/// <summary>Products of matrices: square, odd, skinny, transposed, batched, and with what may be fused to them.</summary>
internal static class GemmSection
{
    private static readonly long[] Squares = [256, 512, 1024, 2048, 4096];

    private static IEnumerable<OpCase> Cases =>
    [
        .. Squares.Select(n => Plain(n, n, n)),
        Plain(1000, 777, 1333),
        Plain(1, 4096, 4096),
        Plain(8, 4096, 4096),
        Plain(4096, 4096, 8),
        Plain(4096, 4096, 1),
        Transposed(1024, true, false),
        Transposed(1024, false, true),
        Transposed(1024, true, true),
        Batched(64, 128, 128, 128),
        Batched(96, 128, 64, 128),
        Bytes(1024),
        Epilogue("bias", [new(1024)], (y, x) => y + x[2], "{0}"),
        Epilogue("bias, ReLU", [new(1024)], (y, x) => (y + x[2]).Relu(), "torch.relu({0})"),
        Epilogue("bias, GELU", [new(1024)], (y, x) => (y + x[2]).Gelu(approximate: true), "F.gelu({0}, approximate='tanh')"),
        Epilogue("bias, residual", [new(1024), new(1024, 1024)], (y, x) => y + x[2] + x[3], "({0}) + x[3]"),
    ];

    public static void Run(CpuBenchmark benchmark) => OpCase.Run(benchmark, "gemm", Cases, 1, Environment.ProcessorCount);

    private static double Operations(long m, long k, long n) => 2.0 * m * k * n;

    private static OpCase Plain(long m, long k, long n) => new(
        new KernelBenchmark($"{m}x{k}x{n}", [new(m, k), new(k, n)], x => x[0].MatMul(x[1]), Operations(m, k, n)),
        new PeerExpression("torch", "torch.mm(x[0], x[1], out=y)"),
        new PeerExpression("numpy", "np.matmul(x[0], x[1], out=y)"));

    private static OpCase Transposed(long n, bool a, bool b)
    {
        var (left, right) = (a ? "x[0].T" : "x[0]", b ? "x[1].T" : "x[1]");
        var name = (a, b) switch { (true, false) => "A transposed", (false, true) => "B transposed", _ => "A and B transposed" };
        return new OpCase(
            new KernelBenchmark($"{n}, {name}", [new(n, n), new(n, n)], x => (a ? x[0].T : x[0]).MatMul(b ? x[1].T : x[1]), Operations(n, n, n)),
            new PeerExpression("torch", $"torch.mm({left}, {right}, out=y)"),
            new PeerExpression("numpy", $"np.matmul({left}, {right}, out=y)"));
    }

    private static OpCase Batched(long batch, long m, long k, long n) => new(
        new KernelBenchmark($"{batch} of {m}x{k}x{n}", [new(batch, m, k), new(batch, k, n)], x => x[0].MatMul(x[1]), batch * Operations(m, k, n)),
        new PeerExpression("torch", "torch.bmm(x[0], x[1], out=y)"),
        new PeerExpression("numpy", "np.matmul(x[0], x[1], out=y)"));

    private static OpCase Bytes(long n) => new(new KernelBenchmark(
        $"{n}, uint8 by int8",
        [new(n, n) { Below = 256, Integers = DType.UInt8 }, new(n, n) { Below = 128, Integers = DType.Int8 }],
        x => x[0].Cast(DType.Int32).MatMul(x[1].Cast(DType.Int32)),
        Operations(n, n, n)))
    {
        Beside = new KernelBenchmark("the product in float32", [new(n, n), new(n, n)], x => x[0].MatMul(x[1]), Operations(n, n, n)),
    };

    private static OpCase Epilogue(string name, KernelInput[] more, Func<Tensor, Tensor[], Tensor> then, string torch)
    {
        const int N = 1024;
        return new OpCase(
            new KernelBenchmark($"{N}, {name}", [new(N, N), new(N, N), .. more], x => then(x[0].MatMul(x[1]), x), Operations(N, N, N)),
            new PeerExpression("torch", string.Format(null, torch, "torch.addmm(x[2], x[0], x[1])")))
        {
            Beside = new KernelBenchmark("the product alone", [new(N, N), new(N, N)], x => x[0].MatMul(x[1]), Operations(N, N, N)),
        };
    }
}
