using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>What <see cref="RuntimeOptions.Debug"/> asks to print, to a writer or to an application's log.</summary>
internal sealed class DebugLog(RuntimeOptions options, ILogger? logger)
{
    private readonly Lock _lock = new();

    public bool Schedules => options.Debug >= 1;

    public bool Kernels => options.Debug >= 2;

    public bool Programs => options.Debug >= 4;

    public bool Candidates => options.Debug >= 4;

    /// <summary>Something that must be seen, whatever is asked for.</summary>
    public void Warn(string text) => Write(text);

    /// <summary>A candidate of a search, once it is timed or rejected.</summary>
    public void Tried(string kernel, SearchCandidate c)
    {
        if (Candidates)
        {
            var time = c.Seconds is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s * 1e6:0.0} us") : "";
            Write($"candidate {c.Number} of {kernel}: {(c.Rejection is { } r ? $"{r.Reason}: {r.Detail}" : "timed")} {time} [{string.Join("; ", c.Opts.Select(o => $"{o.Kind} {o.Range} {o.Amount}"))}]");
        }
    }

    /// <summary>Something that costs time, but changes no result.</summary>
    public void Remark(string text)
    {
        if (options.Debug >= 1)
        {
            Write(text);
        }
    }

    public void Scheduled(Schedule schedule, string from, long start)
    {
        if (Schedules)
        {
            var kernels = schedule.Calls.Count(c => c.Kernel is not null);
            Write(string.Create(CultureInfo.InvariantCulture, $"schedule: {kernels} kernels, {schedule.Calls.Count - kernels} copies, {schedule.Slots.Count} slots, arena {Bytes(schedule.ArenaBytes.Values.Sum())} ({from}) {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.00} ms"));
        }

        foreach (var (device, bytes) in Kernels ? schedule.ArenaBytes : new Dictionary<string, long>())
        {
            var least = schedule.LeastBytes.GetValueOrDefault(device);
            Write(string.Create(CultureInfo.InvariantCulture, $"memory: {device} peak {Bytes(bytes)}, no plan needs less than {Bytes(least)}, ratio {(least > 0 ? (double)bytes / least : 1):0.000}"));
        }

        foreach (var decision in schedule.Decisions)
        {
            Write(decision.ToString());
        }
    }

    public void Compiled(UOp kernel, CompiledKernel compiled, CodeGenerator generator, LinearProgram? program, string from, long start)
    {
        if (options.Debug >= 2)
        {
            Write(string.Create(CultureInfo.InvariantCulture, $"compile: {compiled.Name} ({compiled.Generator}, {from}) {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.00} ms"));
        }

        if (options.Debug >= 3)
        {
            Write(kernel.Dump());
        }

        if (Programs && program is not null)
        {
            Write(compiled.Source ?? generator.Render(program));
        }

        if (options.Debug >= 5 && program is not null)
        {
            Write(UOp.Dump(program.Ops));
        }
    }

    public void Ran(string device, CompiledKernel kernel, TimeSpan time)
    {
        var s = Math.Max(time.TotalSeconds, 1e-9);
        Write(string.Create(CultureInfo.InvariantCulture, $"{device,-8} {kernel.Name,-40} {kernel.BufferCount,3} buffers {time.TotalMicroseconds,10:0.0} us {kernel.Operations / s / 1e9,9:0.00} GFLOPS {kernel.MemoryBytes / s / 1e9,8:0.00} GB/s"));
    }

    public void Copied(string from, string to, long bytes, TimeSpan time)
    {
        var s = Math.Max(time.TotalSeconds, 1e-9);
        Write(string.Create(CultureInfo.InvariantCulture, $"{to,-8} {$"copy {Bytes(bytes)} from {from}",-40}             {time.TotalMicroseconds,10:0.0} us {"",16} {bytes / s / 1e9,8:0.00} GB/s"));
    }

    private static string Bytes(long n) => n < 1 << 20 ? string.Create(CultureInfo.InvariantCulture, $"{n / 1024.0:0.#} KiB") : string.Create(CultureInfo.InvariantCulture, $"{n / 1048576.0:0.#} MiB");

    private void Write(string text)
    {
        if (logger is not null)
        {
            logger.LogInformation("{Tenon}", text);
            return;
        }

        lock (_lock)
        {
            options.DebugWriter.WriteLine(text);
        }
    }
}
