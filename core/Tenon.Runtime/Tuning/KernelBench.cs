using System.Collections.Concurrent;
using System.Diagnostics;
using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>What timing a candidate gave: seconds of a launch, or why it is rejected, or both.</summary>
internal readonly record struct Timing(double? Seconds, Rejection? Rejection = null);

/// <summary>Loads, checks and times programs of one kernel on a device, over buffers of their true size.</summary>
internal sealed class KernelBench : IDisposable
{
    private const double MaxPlainCycles = 1e9;
    private const double SampleSeconds = 100e-6;
    private const double MeasuredSeconds = 0.03;
    private const int MaxLaunches = 64;
    private const int MinSamples = 3;
    private const int MaxSamples = 25;
    private const int Rounds = 9;
    private readonly OpenedDevice _device;
    private readonly TuningInputs _inputs;
    private readonly IReadOnlyList<KernelParameter> _parameters;
    private readonly List<DeviceBuffer> _buffers = [];
    private readonly BufferView[] _views;
    private readonly long[] _variables;
    private readonly ResultCheck?[] _checks;
    private readonly Dictionary<int, byte[]> _updated = [];
    private readonly ConcurrentDictionary<int, KernelProgram> _programs = new();

    /// <exception cref="TenonException">The plain program can't be made or run, or there is not enough memory.</exception>
    public KernelBench(UOp kernel, OpenedDevice device, CompilerOptions options)
    {
        (_device, _inputs) = (device, new TuningInputs(kernel));
        var plain = PlainSample.Compile(kernel, device.Capabilities, device.Generator.Target, options, MaxPlainCycles);
        var order = kernel.TopologicalOrder();
        _variables = [.. plain.Variables.Select(name => order.First(u => u.Op == Ops.Variable && u.ArgAs<VariableArg>().Name == name).ArgAs<VariableArg>().Max)];
        _parameters = plain.Parameters;
        try
        {
            foreach (var p in _parameters)
            {
                _buffers.Add(device.Device.Allocator.Allocate(p.DType.BytesOf(p.Size)));
            }

            _views = [.. _buffers.Select(b => new BufferView(b, 0, b.Bytes))];
            using var program = device.Device.Load(device.Generator.Generate(plain));
            var terms = order.Where(u => u.Op == Ops.Reduce).Select(u => u.Src[1..].ToArray().Aggregate(1.0, (n, r) => n * r[0].Max)).DefaultIfEmpty(1).Max();
            _checks = Check(program, terms);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Makes a program ready to be timed. May be called by several threads at once.</summary>
    public Rejection? Load(int id, LinearProgram program)
    {
        try
        {
            _programs[id] = _device.Device.Load(_device.Generator.Generate(program));
            return null;
        }
        catch (Exception e) when (e is TenonException or OutOfMemoryException)
        {
            return Why(e, RejectReason.CompileError);
        }
    }

    /// <summary>Runs a loaded program, compares its results with the plain program's, and times it.</summary>
    /// <param name="id">Which.</param>
    /// <param name="limit">Seconds above which two runs suffice.</param>
    public Timing Time(int id, double limit)
    {
        var program = _programs[id];
        try
        {
            Prepare(isFirst: true);
            var first = Run(program, 1);
            if (FirstWrong() is { } wrong)
            {
                return new Timing(null, new Rejection(RejectReason.WrongResult, wrong));
            }

            var best = first > limit ? Math.Min(first, Sample(program, 1)) : first;
            if (best > limit)
            {
                return new Timing(best, new Rejection(RejectReason.Slower, $"{best * 1e6:0.0} us, of {limit * 1e6:0.0} allowed"));
            }

            return new Timing(Measure(program));
        }
        catch (Exception e) when (e is TenonException or OutOfMemoryException)
        {
            return new Timing(null, Why(e, RejectReason.Crash));
        }
    }

    /// <summary>Times loaded programs in turn, several times over; the least seconds of each.</summary>
    public double[] Compare(IReadOnlyList<int> ids)
    {
        var best = new double[ids.Count];
        Array.Fill(best, double.PositiveInfinity);
        var launches = ids.Select(id => Launches(Sample(_programs[id], 1))).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < best.Length; i++)
            {
                best[i] = Math.Min(best[i], Sample(_programs[ids[i]], launches[i]));
            }
        }

        return best;
    }

    public void Unload(int id)
    {
        if (_programs.TryRemove(id, out var program))
        {
            program.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var program in _programs.Values)
        {
            program.Dispose();
        }

        _programs.Clear();
        _buffers.ForEach(b => b.Dispose());
        _buffers.Clear();
    }

    // The plain program runs over zeros and over ones: what is the same after both, it has written. Then over inputs that are
    // another in their last places: what changes much is not known well.
    private ResultCheck?[] Check(KernelProgram plain, double terms)
    {
        var checks = new ResultCheck?[_parameters.Count];
        var results = new List<byte[]?[]>();
        var isShaken = _parameters.Any(p => p.IsRead && (p.DType == DType.Float32 || p.DType == DType.Float64));
        for (var run = 0; run < (isShaken ? 3 : 2); run++)
        {
            for (var slot = 0; slot < _views.Length; slot++)
            {
                CopyIn(slot, Content(slot, fill: (byte)(run == 1 ? 0xFF : 0), noise: run == 2));
            }

            Run(plain, 1);
            results.Add([.. _parameters.Select((p, slot) => p.IsWritten ? CopyOut(slot) : null)]);
        }

        for (var slot = 0; slot < checks.Length; slot++)
        {
            var p = _parameters[slot];
            if (p.IsWritten)
            {
                var (expected, other, size) = (results[0][slot]!, p.IsRead ? Content(slot) : results[1][slot]!, p.DType.Bytes);
                bool IsWritten(int i) => expected.AsSpan(i * size, size).SequenceEqual(other.AsSpan(i * size, size)) != p.IsRead;
                checks[slot] = new ResultCheck(p.DType, expected, IsWritten, isShaken ? results[2][slot] : null, terms);
            }

            var content = Content(slot);
            CopyIn(slot, content);
            if (p.IsRead && p.IsWritten)
            {
                _updated[slot] = content;
            }
        }

        return checks;
    }

    private static Rejection Why(Exception e, RejectReason otherwise) => new(e is OutOfMemoryException || e.InnerException is OutOfMemoryException ? RejectReason.OutOfMemory : otherwise, e.Message);

    private string? FirstWrong()
    {
        for (var slot = 0; slot < _checks.Length; slot++)
        {
            if (_checks[slot]?.FirstWrong(CopyOut(slot)) is { } wrong)
            {
                return $"of buffer {slot}, {wrong}";
            }
        }

        return null;
    }

    private double Measure(KernelProgram program)
    {
        var (best, total) = (double.PositiveInfinity, 0.0);
        var launches = Launches(Sample(program, 1));
        for (var n = 0; n < MaxSamples && (n < MinSamples || total < MeasuredSeconds); n++)
        {
            var seconds = Sample(program, launches);
            (best, total) = (Math.Min(best, seconds), total + seconds * launches);
        }

        return best;
    }

    // Short runs are timed several at a time, unless each changes what the next one reads.
    private int Launches(double seconds) =>
        _parameters.Any(p => p.IsRead && p.IsWritten) ? 1 : (int)Math.Clamp(SampleSeconds / Math.Max(seconds, 1e-9), 1, MaxLaunches);

    private double Sample(KernelProgram program, int launches)
    {
        Prepare(isFirst: false);
        return Run(program, launches);
    }

    private double Run(KernelProgram program, int launches)
    {
        _device.Device.Synchronize();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < launches; i++)
        {
            program.Launch(_views, _variables);
        }

        _device.Device.Synchronize();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / launches;
    }

    // What is updated starts from the same content each time; before a check, nothing of another program's results is left.
    private void Prepare(bool isFirst)
    {
        for (var slot = 0; slot < _views.Length; slot++)
        {
            if (_parameters[slot].IsWritten && (isFirst || _parameters[slot].IsRead))
            {
                CopyIn(slot, _updated.GetValueOrDefault(slot) ?? Content(slot, fill: 0xA5));
            }
        }
    }

    private byte[] Content(int slot, byte fill = 0, bool noise = false)
    {
        var p = _parameters[slot];
        if (p.IsRead || !p.IsWritten)
        {
            return _inputs.Make(slot, p.DType, p.Size, noise);
        }

        var bytes = new byte[p.DType.BytesOf(p.Size)];
        Array.Fill(bytes, fill);
        return bytes;
    }

    private void CopyIn(int slot, byte[] content)
    {
        if (content.Length > 0)
        {
            _device.Device.Allocator.CopyIn(_views[slot], content);
        }
    }

    private byte[] CopyOut(int slot)
    {
        var bytes = new byte[_views[slot].Bytes];
        if (bytes.Length > 0)
        {
            _device.Device.Allocator.CopyOut(_views[slot], bytes);
        }

        return bytes;
    }
}
