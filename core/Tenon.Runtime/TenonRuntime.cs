using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Plugins, devices, memory and execution: what a program needs to compute with graphs.</summary>
public sealed partial class TenonRuntime : IDisposable
{
    private static readonly Lock DefaultLock = new();
    private static TenonRuntime? _default;
    private readonly BufferTable _buffers = new();
    private readonly Realizer _realizer;

    internal TenonRuntime(RuntimeOptions options, IEnumerable<PluginRegistration> plugins, ICompiler compiler, ILogger? logger)
    {
        TraceFile.StartIfAsked();
        Options = options;
        Plugins = new PluginHost(options, plugins);
        Devices = new DeviceRegistry(Plugins, options);
        Plugins.Connect(Devices);
        Statistics = new Statistics(Devices);
        var log = new DebugLog(options, logger);
        PluginRegistration[] registrations = [.. plugins];
        Tuning = new KernelTuning(options, registrations, compiler, log);
        _realizer = new Realizer(options, Devices, _buffers, compiler, Tuning, Statistics, log);
    }

    /// <summary>
    /// The runtime that tensors use. Unless set, it is made when first used, from <c>plugins.json</c> beside the program and
    /// the environment (<see cref="TenonConfiguration"/>). Setting null makes it anew.
    /// </summary>
    /// <exception cref="TenonException"><c>plugins.json</c> is missing or wrong.</exception>
    [AllowNull]
    public static TenonRuntime Default
    {
        get
        {
            return Volatile.Read(ref _default) ?? Make();

            static TenonRuntime Make()
            {
                lock (DefaultLock)
                {
                    return _default ??= new TenonRuntimeBuilder(TenonConfiguration.Load()).Build();
                }
            }
        }

        set
        {
            lock (DefaultLock)
            {
                _default = value;
            }
        }
    }

    /// <summary>The devices by name.</summary>
    public DeviceRegistry Devices { get; }

    /// <summary>The plugins and their states.</summary>
    public PluginHost Plugins { get; }

    /// <summary>How the runtime is set up.</summary>
    public RuntimeOptions Options { get; }

    /// <summary>What the runtime has done so far.</summary>
    public Statistics Statistics { get; }

    /// <summary>What searches have found, and searching.</summary>
    internal KernelTuning Tuning { get; }

    /// <summary>Whether what is realised now, by this thread of control, is computed by fast maths.</summary>
    public bool IsFastMath => _realizer.IsFast;

    /// <summary>Allocates memory of undefined content. It lives as long as the node.</summary>
    /// <param name="dtype">The element type.</param>
    /// <param name="size">Elements.</param>
    /// <param name="device">The device's name.</param>
    /// <returns>A <see cref="Ops.Buffer"/> of shape <c>[size]</c>.</returns>
    /// <exception cref="TenonException">The device does not exist, can't store the dtype, or has not enough memory.</exception>
    public UOp CreateBuffer(DType dtype, long size, string device)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var opened = Devices.Open(device);
        opened.RequireStorage(dtype);
        var storage = new Storage(opened, dtype.BytesOf(size));
        var buffer = _buffers.Add(dtype, size, storage);
        Recording.Current?.Make(buffer, storage);
        return buffer;
    }

    /// <summary>Fills a buffer from the host's memory.</summary>
    /// <param name="buffer">A node of <see cref="CreateBuffer"/> or <see cref="Realize"/>; reshapes of it are looked through.</param>
    /// <param name="data">Exactly the buffer's bytes; of a symbolic shape, those of its bound sizes.</param>
    /// <exception cref="TenonException">The sizes differ, or the buffer has been overwritten by an assignment.</exception>
    public void CopyIn(UOp buffer, ReadOnlySpan<byte> data)
    {
        using var use = _buffers.Users.Enter();
        var (storage, view) = Find(buffer, data.Length);
        Recording.Current?.Fill(StorageView.Base(buffer), storage, data);
        if (data.Length > 0)
        {
            storage.Device.Device.Allocator.CopyIn(view, data);
            storage.Change();
        }

        GC.KeepAlive(storage);
    }

    /// <summary>Waits for the buffer's content and copies it to the host's memory.</summary>
    /// <param name="buffer">A node of <see cref="CreateBuffer"/> or <see cref="Realize"/>; reshapes of it are looked through.</param>
    /// <param name="data">Exactly the buffer's bytes; of a symbolic shape, those of its bound sizes.</param>
    /// <exception cref="TenonException">The sizes differ, or the buffer has been overwritten by an assignment.</exception>
    public void CopyOut(UOp buffer, Span<byte> data)
    {
        var start = Stopwatch.GetTimestamp();
        using var use = _buffers.Users.Enter();
        var (storage, view) = Find(buffer, data.Length);
        Recording.Current?.Read(StorageView.Base(buffer), storage);
        if (data.Length > 0)
        {
            storage.Device.Device.Allocator.CopyOut(view, data);
        }

        GC.KeepAlive(storage);
        Statistics.AddRunTime(start);
    }

    /// <summary>Memory of the host as a buffer while a function runs, if the device can work on it where it lies.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="size">Elements.</param>
    /// <param name="device">The device's name.</param>
    /// <param name="use">Gets the buffer. Once it has returned, queued work is done and the buffer can't be used any more.</param>
    /// <returns>False, without a call, if the device can't.</returns>
    /// <exception cref="TenonException">The device does not exist, or can't store the dtype.</exception>
    public bool TryLend(nint address, DType dtype, long size, string device, Action<UOp> use)
    {
        if (Recording.Current is not null)
        {
            throw new TenonException("TEN5303", $"A captured function works on {size} × {dtype} of the host's memory where they lie (Tensor.Over), which a later call would not find there. Make the tensor outside and pass it as an argument.");
        }

        var opened = Devices.Open(device);
        opened.RequireStorage(dtype);
        if (opened.Device.TryGetFeature<IHostMemoryUse>() is not { } memory)
        {
            return false;
        }

        using var borrowed = memory.Borrow(address, dtype.BytesOf(size));
        var buffer = _buffers.Add(dtype, size, new Storage(opened, new BufferView(borrowed, 0, borrowed.Bytes)));
        try
        {
            use(buffer);
        }
        finally
        {
            _buffers.Close(buffer);
            opened.Device.Synchronize();
        }

        return true;
    }

    /// <summary>Waits for the buffer's content and shows it where it lies, if the device's memory is the host's.</summary>
    /// <param name="buffer">A node of <see cref="CreateBuffer"/> or <see cref="Realize"/>; reshapes of it are looked through.</param>
    /// <param name="bytes">Exactly the buffer's bytes; of a symbolic shape, those of its bound sizes.</param>
    /// <param name="use">Gets the address, which holds until it returns.</param>
    /// <returns>False, without a call, if the host can't see the memory.</returns>
    /// <exception cref="TenonException">The sizes differ, or the buffer has been overwritten by an assignment.</exception>
    public bool TryUseInPlace(UOp buffer, long bytes, Action<nint> use)
    {
        var start = Stopwatch.GetTimestamp();
        using var inUse = _buffers.Users.Enter();
        var (storage, view) = Find(buffer, bytes);
        Recording.Current?.Read(StorageView.Base(buffer), storage);
        if (storage.Device.Device.TryGetFeature<IHostVisibleMemory>() is not { } memory)
        {
            return false;
        }

        storage.Device.Device.Synchronize();
        Statistics.AddRunTime(start);
        use(memory.GetAddress(view));
        GC.KeepAlive(storage);
        return true;
    }

    /// <summary>Computes values, all in one schedule. The work is queued; <see cref="CopyOut"/> waits for it.</summary>
    /// <param name="roots">
    /// Values and where each is to be stored. An assignment (<see cref="Ops.After"/> of a store to a whole buffer) writes to
    /// the memory of its target; the target's node can't be used afterwards.
    /// </param>
    /// <returns>For each value a node of the same shape over storage.</returns>
    /// <exception cref="TenonException">The graph can't be scheduled or compiled, or a device lacks what it needs.</exception>
    public UOp[] Realize(IReadOnlyList<(UOp Value, string Device)> roots) => roots.Count == 0 ? [] : _realizer.Realize(roots);

    /// <summary>What <see cref="Realize"/> would run, without running it.</summary>
    public Schedule Schedule(IReadOnlyList<(UOp Value, string Device)> roots) => _realizer.Plan(roots);

    /// <summary>Schedules and compiles what <see cref="Realize"/> would run, without running it: it is ready when it is asked for.</summary>
    /// <exception cref="TenonException">The graph can't be scheduled or compiled, or a device lacks what it needs.</exception>
    public void Prepare(IReadOnlyList<(UOp Value, string Device)> roots) => _realizer.Prepare(roots);

    /// <summary>Records what this flow of control computes, until the result is disposed.</summary>
    public Recording Record() => new(_realizer, _buffers);

    /// <summary>Whether no assignment has overwritten a buffer since it was this node.</summary>
    public bool IsCurrent(UOp buffer) => _buffers.IsCurrent(buffer);

    /// <summary>The graph with values that have been realised replaced by their storage.</summary>
    public UOp ResolveRealized(UOp graph) => _realizer.Resolve(graph);

    /// <summary>Waits until all work on all devices is done.</summary>
    public void Synchronize()
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var device in Devices.OpenDevices)
        {
            device.Device.Synchronize();
        }

        Statistics.AddRunTime(start);
    }

    /// <summary>Waits for all work and closes all devices. Buffers can't be used afterwards.</summary>
    public void Dispose()
    {
        lock (DefaultLock)
        {
            _default = _default == this ? null : _default;
        }

        Synchronize();
        Tuning.Dispose();
        _realizer.Close();
        Devices.Close();
    }

    private (Storage Storage, BufferView View) Find(UOp buffer, long bytes)
    {
        var node = StorageView.Base(buffer);
        var storage = _buffers.Get(node.Op == Ops.Buffer ? node : StorageView.Base(ResolveRealized(node)));
        var used = buffer.Shape.IsConcrete ? storage.Bytes : buffer.DType.BytesOf(buffer.Shape.Elements.Value);
        return used == bytes ? (storage, storage.View with { Bytes = bytes }) : throw new TenonException(
            "TEN5010", $"A copy of {bytes} bytes does not fit a buffer of {used} bytes ({buffer.DType} of shape {buffer.Shape} on {storage.Device.Name}). Pass exactly its size.");
    }
}
