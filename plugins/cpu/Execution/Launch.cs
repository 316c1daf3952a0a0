using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>A place in the queue. It keeps what it holds alive until it has run, and is used again for later launches.</summary>
internal sealed unsafe class Launch
{
    private DeviceBuffer?[] _buffers = [];
    private nint[] _addresses = [];
    private long[] _variables = [];
    private int _count;
    private CpuProgram? _program;
    private QueuedWork? _work;
    private long _ready;

    /// <summary>What runs, for messages.</summary>
    public string Name => _program is null ? _work!.Name : $"{_program.Kernel.Name} ({_program.Kernel.Generator})";

    /// <summary>Whether the launch with this number is here.</summary>
    public bool Has(long number) => Volatile.Read(ref _ready) == number;

    /// <summary>Puts a kernel here.</summary>
    public void Set(long number, CpuProgram program, ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        if (_addresses.Length < buffers.Length)
        {
            (_buffers, _addresses) = (new DeviceBuffer[buffers.Length], new nint[buffers.Length]);
        }

        if (_variables.Length < variables.Length)
        {
            _variables = new long[variables.Length];
        }

        (_program, _count) = (program, buffers.Length);
        for (var i = 0; i < buffers.Length; i++)
        {
            _buffers[i] = buffers[i].Buffer;
            _addresses[i] = CpuAllocator.Address(buffers[i]);
        }

        variables.CopyTo(_variables);
        Volatile.Write(ref _ready, number);
    }

    /// <summary>Puts something else here.</summary>
    public void Set(long number, QueuedWork work)
    {
        _work = work;
        Volatile.Write(ref _ready, number);
    }

    /// <summary>Runs it.</summary>
    public void Run(KernelRunner runner)
    {
        if (_program is null)
        {
            _work!.Run(runner);
            return;
        }

        fixed (nint* addresses = _addresses)
        fixed (long* variables = _variables)
        {
            runner.Run(_program, (void**)addresses, variables);
        }
    }

    /// <summary>Lets go of what it held.</summary>
    public void Clear()
    {
        Array.Clear(_buffers, 0, _count);
        (_program, _work, _count) = (null, null, 0);
    }
}

/// <summary>Something other than a single kernel that runs in the order of the queue, on whichever thread runs that.</summary>
internal abstract class QueuedWork
{
    /// <summary>What it is, for messages.</summary>
    public abstract string Name { get; }

    /// <summary>Runs it.</summary>
    /// <param name="runner">Runs kernels; only during this call.</param>
    public abstract void Run(KernelRunner runner);
}
