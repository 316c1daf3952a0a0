using Tenon.Compiler;
using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>Where the candidates of searches run.</summary>
internal sealed class TuningWorkers(RuntimeOptions options, IReadOnlyList<PluginRegistration> plugins, CompilerOptions compiler, DebugLog log) : IDisposable
{
    public InProcessTimer Open(UOp kernel, OpenedDevice device, SearchOptions search)
    {
        _ = (options, plugins, log);
        return new InProcessTimer(new KernelBench(kernel, device, compiler), search.Threads);
    }

    public void Dispose()
    {
    }
}
