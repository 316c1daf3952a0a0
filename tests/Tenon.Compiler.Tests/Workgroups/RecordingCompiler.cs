using System.Collections.Concurrent;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests.Workgroups;

/// <summary>The compiler, which keeps what it has compiled.</summary>
internal sealed class RecordingCompiler : ICompiler
{
    private readonly TensorCompiler _compiler = new(new CompilerOptions { CheckIndices = true, CheckSteps = true });

    /// <summary>Kernels, and what they became.</summary>
    public ConcurrentQueue<(UOp Kernel, LinearProgram Program)> Lowered { get; } = new();

    public string Fingerprint => _compiler.Fingerprint;

    public CompilerOptions Options => _compiler.Options;

    public Schedule Schedule(UOp sink, Capabilities device, CodeGeneratorTarget? target) => _compiler.Schedule(sink, device, target);

    public LinearProgram Lower(UOp kernel, Capabilities device, CodeGeneratorTarget target, IReadOnlyList<Opt>? opts = null)
    {
        var program = _compiler.Lower(kernel, device, target, opts);
        Lowered.Enqueue((kernel, program));
        return program;
    }

    public PackedKernel? Pack(UOp kernel, IReadOnlySet<int> constants, Capabilities device, CodeGeneratorTarget target) => _compiler.Pack(kernel, constants, device, target);

    /// <summary>Computes a tensor from others of given shapes on a device, in a runtime of its own.</summary>
    public float[] Run(Func<Func<long[], Tensor>, Tensor> compute, string device, params (string Key, string Value)[] settings)
    {
        using var runtime = new TenonRuntimeBuilder(Configuration(settings)).Build(this);
        var before = TenonRuntime.Default;
        try
        {
            TenonRuntime.Default = runtime;
            return compute(shape => Tensor.From([.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(i => (i * 7 % 13 - 6) * 0.5f)]).Reshape(shape).To(device).Realize()).To("CPU").ToArray<float>();
        }
        finally
        {
            TenonRuntime.Default = before;
        }
    }

    /// <summary>Settings, and nothing is kept on disk.</summary>
    public static RuntimeOptions Configuration(params (string Key, string Value)[] settings) =>
        TenonConfiguration.Load(null, [KeyValuePair.Create("cache:enabled", (string?)"false"), .. settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))]);
}
