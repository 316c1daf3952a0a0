using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>The process that times candidates of a search for another one, which tells it what to do until it ends.</summary>
internal sealed class TuningWorker : Worker
{
    private TenonRuntime? _runtime;
    private OpenedDevice? _device;
    private CompilerOptions _compiler = new();
    private SemaphoreSlim _compiling = new(1);
    private KernelBench? _bench;

    protected override void Dispose(bool disposing)
    {
        _bench?.Dispose();
        _runtime?.Dispose();
        _compiling.Dispose();
    }

    protected override void Handle(byte kind, int number, BinaryReader content)
    {
        switch (kind)
        {
            case WorkerMessage.Open:
                Answer(kind, number, Try(() => Open(WorkerSetup.FromJson(content.ReadString()))));
                break;
            case WorkerMessage.Kernel:
                Answer(kind, number, Try(() =>
                {
                    _bench?.Dispose();
                    _bench = null;
                    _bench = new KernelBench(UOpSerializer.Deserialize(content.ReadBytes(content.ReadInt32()))[0], _device!, _compiler);
                }));
                break;
            case WorkerMessage.Load:
                var (bench, id, bytes) = (_bench!, content.ReadInt32(), content.ReadBytes(content.ReadInt32()));
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
                var timing = _bench!.Time(content.ReadInt32(), content.ReadDouble());
                Answer(kind, number, w =>
                {
                    w.Write(timing.Seconds ?? double.NaN);
                    WorkerPipe.Write(w, timing.Rejection);
                });
                break;
            case WorkerMessage.Compare:
                var ids = new int[content.ReadInt32()];
                for (var i = 0; i < ids.Length; i++)
                {
                    ids[i] = content.ReadInt32();
                }

                var times = _bench!.Compare(ids);
                Answer(kind, number, w => Array.ForEach(times, w.Write));
                break;
            case WorkerMessage.Unload:
                _bench?.Unload(content.ReadInt32());
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

    private void Answer(byte kind, int number, Rejection? rejection) => Answer(kind, number, w => WorkerPipe.Write(w, rejection));

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
