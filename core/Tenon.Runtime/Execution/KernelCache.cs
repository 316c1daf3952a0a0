using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Kernels ready to launch, for as long as a schedule uses them. New ones come from disk or from the compiler.</summary>
internal sealed class KernelCache(ICompiler compiler, KernelStore? disk, KernelTuning tuning, Statistics statistics, DebugLog log)
{
    private readonly ConditionalWeakTable<UOp, ConcurrentDictionary<OpenedDevice, Lazy<KernelProgram>>> _programs = [];

    /// <summary>The programs of these kernels, compiled in parallel where they are new.</summary>
    public KernelProgram[] Get(IReadOnlyList<(UOp Kernel, OpenedDevice Device)> kernels)
    {
        tuning.Observer?.Invoke([.. kernels.Where(k => k.Kernel.Arg is not KernelArg { IsArranged: true })]);
        var start = Stopwatch.GetTimestamp();
        var programs = new KernelProgram[kernels.Count];
        if (kernels.Count <= 1 || kernels.All(k => Entry(k).IsValueCreated))
        {
            for (var i = 0; i < programs.Length; i++)
            {
                programs[i] = Get(kernels[i]);
            }
        }
        else
        {
            try
            {
                Parallel.For(0, programs.Length, i => programs[i] = Get(kernels[i]));
            }
            catch (AggregateException e)
            {
                // The others are mostly the same error again.
                ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            }
        }

        statistics.AddCompileTime(start);
        return programs;
    }

    /// <summary>A kernel that runs again and again, with what follows from some of its parameters computed apart; null if that doesn't pay.</summary>
    public PackedKernel? Pack(UOp kernel, OpenedDevice device, IReadOnlySet<int> constants) =>
        tuning.OptsOf(kernel, device) is null ? compiler.Pack(kernel, constants, device.Capabilities, device.Generator.Target) : null;

    /// <summary>Unloads all programs.</summary>
    public void Close()
    {
        foreach (var program in _programs.SelectMany(p => p.Value.Values).Where(p => p.IsValueCreated))
        {
            program.Value.Dispose();
        }

        _programs.Clear();
    }

    private Lazy<KernelProgram> Entry((UOp Kernel, OpenedDevice Device) k) =>
        _programs.GetOrAdd(k.Kernel, static _ => new()).GetOrAdd(k.Device, static (device, state) => new Lazy<KernelProgram>(() => state.Cache.Make(state.Kernel, device)), (Cache: this, k.Kernel));

    private KernelProgram Get((UOp Kernel, OpenedDevice Device) k)
    {
        try
        {
            return Entry(k).Value;
        }
        catch
        {
            // A Lazy repeats its exception for ever; the cause may be gone next time.
            _programs.Remove(k.Kernel);
            throw;
        }
    }

    private KernelProgram Make(UOp kernel, OpenedDevice device)
    {
        if (compiler.Options.Optimise && kernel.Arg is not KernelArg { IsArranged: true } && tuning.OptsOf(kernel, device) is { } opts)
        {
            try
            {
                return Make(kernel, device, opts);
            }
            catch (Exception e) when (e is TenonException or InvalidOperationException or ArgumentException)
            {
                log.Remark($"what was tuned for {kernel.ArgAs<KernelArg>().Name} doesn't apply any more, and its loops are as the heuristic chooses: {e.Message}");
            }
        }

        return Make(kernel, device, null);
    }

    private KernelProgram Make(UOp kernel, OpenedDevice device, IReadOnlyList<Opt>? opts)
    {
        var start = Stopwatch.GetTimestamp();
        var generator = device.Generator;
        var key = disk?.KeyOf(kernel, device, opts);
        if (key is not null && !log.Programs && disk!.TryRead(key) is { } stored && TryLoad(device, stored) is { } known)
        {
            statistics.CountKernel(fromDisk: true);
            log.Compiled(kernel, stored, generator, null, "from disk", start);
            return known;
        }

        var program = compiler.Lower(kernel, device.Capabilities, generator.Target, opts);
        var compiled = generator.Generate(program);
        if (key is not null)
        {
            disk!.Write(key, compiled);
        }

        statistics.CountKernel(fromDisk: false);
        log.Compiled(kernel, compiled, generator, program, "compiled", start);
        var loaded = device.Device.Load(compiled);
        GC.KeepAlive(program);
        return loaded;
    }

    // A stored kernel that the device refuses is compiled again; if that one is refused too, the error is the user's to see.
    private KernelProgram? TryLoad(OpenedDevice device, CompiledKernel stored)
    {
        try
        {
            return device.Device.Load(stored);
        }
        catch (TenonException e)
        {
            log.Remark($"a kernel from disk is compiled again: {e.Message}");
            return null;
        }
    }
}
