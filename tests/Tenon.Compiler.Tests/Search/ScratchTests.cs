using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests.Search;

public class ScratchTests
{
    [Test]
    public void Try()
    {
        using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("cache:enabled", "false")])).Build();
        TenonRuntime.Default = runtime;
        var device = runtime.Devices.Open("CPU");
        var cases = new (string, Func<Tensor>)[]
        {
            ("gemm 256", () => Tensor.Empty([256, 256]).MatMul(Tensor.Empty([256, 256]))),
            ("gemm 512", () => Tensor.Empty([512, 512]).MatMul(Tensor.Empty([512, 512]))),
            ("gemm 333x222x111", () => Tensor.Empty([333, 222]).MatMul(Tensor.Empty([222, 111]))),
            ("gemv 1x1024x1024", () => Tensor.Empty([1, 1024]).MatMul(Tensor.Empty([1024, 1024]))),
            ("gemm 512 At", () => Tensor.Empty([512, 512]).Transpose(0, 1).MatMul(Tensor.Empty([512, 512]))),
            ("gemm 512 Bt", () => Tensor.Empty([512, 512]).MatMul(Tensor.Empty([512, 512]).Transpose(0, 1))),
            ("conv 3x3", () => Tensor.Empty([4, 64, 28, 28]).Conv2d(Tensor.Empty([64, 64, 3, 3]))),
            ("softmax", () => Tensor.Empty([512, 512]).Softmax()),
            ("sum rows", () => Tensor.Empty([1024, 1024]).Sum(1)),
            ("sum cols", () => Tensor.Empty([1024, 1024]).Sum(0)),
            ("transpose", () => Tensor.Empty([1024, 1024]).Transpose(0, 1).Contiguous()),
            ("add", () => Tensor.Empty([1 << 20]) + Tensor.Empty([1 << 20])),
        };
        foreach (var (name, make) in cases)
        {
            foreach (var kernel in SearchKernels.Of(runtime, make()))
            {
                try
                {
                    var (tuned, r) = runtime.Tuning.Search(kernel, device, new SearchOptions { Budget = TimeSpan.FromSeconds(10) }, Environment.GetEnvironmentVariable("VERBOSE") is null ? null : c =>
                    {
                        if (c.Seconds is not null) { TestContext.Progress.WriteLine($"  {c.Step} {c.Number} {c.Seconds * 1e6:0.0} us (predicted {c.Predicted * 1e6:0.0}, cycles {c.Estimate?.Cycles / 2 / 3e9 * 1e6:0.0}) {c.Rejection} [{string.Join("; ", c.Opts.Select(o => $"{o.Kind} {o.Range} {o.Amount}"))}]"); }
                    }, default);
                    TestContext.Progress.WriteLine($"{name} {tuned.Kernel}: {r.HeuristicSeconds * 1e6:0.0} -> {r.Seconds * 1e6:0.0} us, {r.Speedup:0.00} x; tried {r.Tried} timed {r.Timed} in {r.SearchSeconds:0.0} s {string.Join(", ", r.Rejected.Select(p => $"{p.Key} {p.Value}"))}");
                    TestContext.Progress.WriteLine($"   heuristic [{string.Join("; ", r.Heuristic.Select(o => $"{o.Kind} {o.Range} {o.Amount}"))}]");
                    TestContext.Progress.WriteLine($"   best      [{string.Join("; ", r.Best.Select(o => $"{o.Kind} {o.Range} {o.Amount}"))}]");
                }
                catch (TenonException e)
                {
                    TestContext.Progress.WriteLine($"{name}: {e.Message}");
                }
            }
        }
    }
}
