using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>The process that times candidates of a search for another one, which tells it what to do until it ends.</summary>
internal sealed class TuningWorker : IDisposable
{
    private readonly Stream _output;
    private TenonRuntime? _runtime;
    private OpenedDevice? _device;
    private CompilerOptions _compiler = new();
    private SemaphoreSlim _compiling = new(1);
    private KernelBench? _bench;

    private TuningWorker(Stream output) => _output = output;

    /// <summary>Works until the pipe ends; never returns.</summary>
    /// <param name="pipes">The handles of the pipes to read from and to write to.</param>
    public static void Run(string pipes)
    {
        // Ctrl-C is the other process's to handle.
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        var handles = pipes.Split(' ');
        using var input = new AnonymousPipeClientStream(PipeDirection.In, handles[0]);
        using var output = new AnonymousPipeClientStream(PipeDirection.Out, handles[1]);
        using var messages = new BlockingCollection<(WorkerMessage Kind, int Number, BinaryReader Content)>();

        // What is running may hang, so the end is heard by another thread.
        new Thread(() =>
        {
            while (WorkerPipe.Read(input) is { } message)
            {
                messages.Add(message);
            }

            Process.GetCurrentProcess().Kill();
        })
        { IsBackground = true }.Start();

        using var worker = new TuningWorker(output);
        foreach (var (kind, number, content) in messages.GetConsumingEnumerable())
        {
            worker.Handle(kind, number, content);
        }
    }

    public void Dispose()
    {
        _bench?.Dispose();
        _runtime?.Dispose();
        _compiling.Dispose();
    }

    private void Handle(WorkerMessage kind, int number, BinaryReader r)
    {
        switch (kind)
        {
            case WorkerMessage.Open:
                Answer(kind, number, Try(() => Open(WorkerSetup.FromJson(r.ReadString()))));
                break;
            case WorkerMessage.Kernel:
                Answer(kind, number, Try(() =>
                {
                    _bench?.Dispose();
                    _bench = null;
                    _bench = new KernelBench(UOpSerializer.Deserialize(r.ReadBytes(r.ReadInt32()))[0], _device!, _compiler);
                }));
                break;
            case WorkerMessage.Load:
                var (bench, id, bytes) = (_bench!, r.ReadInt32(), r.ReadBytes(r.ReadInt32()));
                Task.Run(() =>
                {
                    _compiling.Wait();
                    try
                    {
                        Answer(kind, number, bench.Load(id, LinearProgramSerializer.Deserialize(bytes)));
                    }
                    finally
                    {
                        _compiling.Release();
                    }
                });
                break;
            case WorkerMessage.Time:
                var timing = _bench!.Time(r.ReadInt32(), r.ReadDouble());
                WorkerPipe.Write(_output, kind, number, w =>
                {
                    w.Write(timing.Seconds ?? double.NaN);
                    WorkerPipe.Write(w, timing.Rejection);
                });
                break;
            case WorkerMessage.Compare:
                var ids = new int[r.ReadInt32()];
                for (var i = 0; i < ids.Length; i++)
                {
                    ids[i] = r.ReadInt32();
                }

                var times = _bench!.Compare(ids);
                WorkerPipe.Write(_output, kind, number, w => Array.ForEach(times, w.Write));
                break;
            case WorkerMessage.Unload:
                _bench?.Unload(r.ReadInt32());
                break;
        }
    }

    private void Open(WorkerSetup setup)
    {
        _runtime = setup.Build();
        _device = _runtime.Devices.Open(setup.Device);
        _compiler = new CompilerOptions { CheckIndices = setup.CheckIndices };
        _compiling = new SemaphoreSlim(Math.Max(1, setup.Threads));
    }

    private void Answer(WorkerMessage kind, int number, Rejection? rejection) => WorkerPipe.Write(_output, kind, number, w => WorkerPipe.Write(w, rejection));

    private static Rejection? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (OutOfMemoryException e)
        {
            return new Rejection(RejectReason.OutOfMemory, e.Message);
        }
        catch (Exception e)
        {
            return new Rejection(RejectReason.CompileError, e is TenonException ? e.Message : e.ToString());
        }
    }
}
