using Tenon.Runtime;

namespace Tenon.Cli.Bench;

/// <summary>A kernel with its inputs and a place for its outputs, ready to run again and again.</summary>
internal sealed class KernelRun
{
    private readonly TenonRuntime _runtime;
    private readonly Func<Tensor[], Tensor[]> _compute;
    private readonly Tensor[] _inputs;
    private readonly Tensor[] _outputs;

    /// <summary>Makes it ready on the runtime's default device, for as long as that is the one that tensors use.</summary>
    public KernelRun(TenonRuntime runtime, KernelBenchmark kernel)
    {
        _runtime = runtime;
        _compute = kernel.Compute;
        _inputs = [.. kernel.Inputs.Select((input, i) => input.Create(i))];
        _outputs = [.. _compute(_inputs).Select(t => Tensor.Zeros(t.Shape.ToArray(), t.DType).Contiguous().Realize())];
        Bytes = kernel.Inputs.Sum(i => i.Bytes) + _outputs.Sum(o => o.DType.BytesOf(o.Count));
    }

    /// <summary>Bytes that must be read and written at least once.</summary>
    public long Bytes { get; }

    /// <summary>What it computed last.</summary>
    public IReadOnlyList<Tensor> Outputs => _outputs;

    /// <summary>Computes the outputs and waits for them. Storing them anew each time keeps the runtime from returning a known result.</summary>
    public void Once()
    {
        var values = _compute(_inputs);
        for (var i = 0; i < values.Length; i++)
        {
            _outputs[i].Assign(values[i]);
        }

        Tensor.Realize(_outputs);
        _runtime.Synchronize();
    }
}
