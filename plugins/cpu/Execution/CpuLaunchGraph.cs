using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>
/// A list of kernels that runs as one piece of the queue's work: nobody is woken between them, and a run allocates nothing, since what holds
/// its addresses is used again.
/// </summary>
internal sealed class CpuLaunchGraph : LaunchGraph
{
    // Below this, telling the queue's thread costs more than it saves.
    private const double LeastNanoseconds = 60_000;

    private readonly LaunchQueue _queue;
    private readonly CpuProgram[] _programs;
    private readonly (int Buffer, nint Offset)[] _operands;
    private readonly int[] _variables;
    private readonly int _bufferCount;
    private readonly bool _isSmall;
    private readonly Stack<GraphRun> _idle = [];

    /// <summary>Takes the list over.</summary>
    public CpuLaunchGraph(LaunchQueue queue, IReadOnlyList<GraphLaunch> launches, int bufferCount, int variableCount) : base(bufferCount, variableCount, launches.Count)
    {
        _queue = queue;
        _bufferCount = bufferCount;
        _programs = [.. launches.Select(l => (CpuProgram)l.Program)];
        _operands = [.. launches.SelectMany(l => l.Buffers).Select(b => (b.Buffer, (nint)b.Offset))];
        _variables = [.. launches.SelectMany(l => l.Variables)];
        _isSmall = _programs.Sum(p => p.Nanoseconds) < LeastNanoseconds;
    }

    /// <inheritdoc/>
    protected override void RunCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        GraphRun? run;
        lock (_idle)
        {
            _idle.TryPop(out run);
        }

        run ??= new GraphRun(this);
        run.Set(buffers, variables);
        _queue.Enqueue(run, _isSmall);
    }

    private sealed unsafe class GraphRun(CpuLaunchGraph graph) : QueuedWork
    {
        private readonly DeviceBuffer?[] _buffers = new DeviceBuffer?[graph._bufferCount];
        private readonly nint[] _addresses = new nint[graph._operands.Length];
        private readonly long[] _variables = new long[graph._variables.Length];
        private int _running;

        /// <inheritdoc/>
        public override string Name => $"{graph._programs[_running].Kernel.Name} ({graph._programs[_running].Kernel.Generator}), number {_running + 1} of a list of {graph._programs.Length},";

        public void Set(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
        {
            Span<nint> begin = buffers.Length <= 256 ? stackalloc nint[buffers.Length] : new nint[buffers.Length];
            for (var i = 0; i < begin.Length; i++)
            {
                _buffers[i] = buffers[i].Buffer;
                begin[i] = CpuAllocator.Address(buffers[i]);
            }

            var operands = graph._operands;
            for (var i = 0; i < operands.Length; i++)
            {
                _addresses[i] = begin[operands[i].Buffer] + operands[i].Offset;
            }

            for (var i = 0; i < _variables.Length; i++)
            {
                _variables[i] = variables[graph._variables[i]];
            }
        }

        /// <inheritdoc/>
        public override void Run(KernelRunner runner)
        {
            try
            {
                fixed (nint* addresses = _addresses)
                fixed (long* variables = _variables)
                {
                    var buffers = addresses;
                    var values = variables;
                    for (_running = 0; _running < graph._programs.Length; _running++)
                    {
                        var program = graph._programs[_running];
                        runner.Run(program, (void**)buffers, values);
                        buffers += program.Kernel.BufferCount;
                        values += program.Kernel.VariableCount;
                    }
                }

                Release();
            }
            catch
            {
                // Its name is still asked for, so nobody else gets it.
                Array.Clear(_buffers);
                throw;
            }
        }

        private void Release()
        {
            Array.Clear(_buffers);
            lock (graph._idle)
            {
                graph._idle.Push(this);
            }
        }
    }
}
