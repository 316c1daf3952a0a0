using Tenon.Runtime;

namespace Tenon.Cli.Bench;

/// <summary>A kernel with its inputs and a place for its outputs, ready to run again and again.</summary>
internal sealed class KernelRun
{
    private readonly TenonRuntime _runtime;
    private readonly Action _compute;
    private readonly Tensor[] _outputs;

    /// <summary>Makes it ready on the runtime's default device, for as long as that is the one that tensors use.</summary>
    public KernelRun(TenonRuntime runtime, KernelBenchmark kernel)
    {
        _runtime = runtime;
        Tensor[] inputs = [.. kernel.Inputs.Select((input, i) => input.Create(i))];
        _outputs = [.. kernel.Compute(inputs).Select(t => Tensor.Zeros(t.Shape.ToArray(), t.DType).Contiguous().Realize())];
        _compute = Jit.Capture(() =>
        {
            foreach (var (output, value) in _outputs.Zip(kernel.Compute(inputs)))
            {
                output.Assign(value);
            }

            Tensor.Realize(_outputs);
        }, JitOptions.Default with { MaxKeptBytes = 0 }); // The inputs stand for what changes from call to call: nothing may be computed once.
        Bytes = kernel.Inputs.Sum(i => i.Bytes) + _outputs.Sum(o => o.DType.BytesOf(o.Count));
    }

    /// <summary>Bytes that must be read and written at least once.</summary>
    public long Bytes { get; }

    /// <summary>What it computed last.</summary>
    public IReadOnlyList<Tensor> Outputs => _outputs;

    /// <summary>Computes the outputs, by a captured function, and waits for them.</summary>
    public void Once()
    {
        _compute();
        _runtime.Synchronize();
    }
}
