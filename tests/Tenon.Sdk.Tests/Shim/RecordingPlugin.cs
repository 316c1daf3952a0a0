using System.Collections.Concurrent;
using Tenon.Core.Backend;
using Tenon.Plugins.Null;
using Tenon.Sdk.Targets;

namespace Tenon.Sdk.Tests.Shim;

/// <summary>The device NULL, of which every kernel that is rendered is kept.</summary>
internal sealed class RecordingPlugin : ITargetedPlugin
{
    /// <summary>The kernels by name.</summary>
    public ConcurrentDictionary<string, (LinearProgram Program, string Source)> Kernels { get; } = new();

    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host) => new NullPlugin().EnumerateDevices(host);

    public Device Open(DeviceDescription device, BackendHost host) => new NullPlugin().Open(device, host);

    public Device Open(DeviceDescription device, string target, BackendHost host)
    {
        var known = KnownTarget.Find(target);
        return new NullDevice(new Recorder(this, new TargetGenerator(known)), known.Capabilities);
    }

    private sealed class Recorder(RecordingPlugin owner, CodeGenerator inner) : CodeGenerator
    {
        public override string Name => inner.Name;

        public override CodeGeneratorTarget Target => inner.Target;

        public override string Render(LinearProgram program)
        {
            var source = inner.Render(program);
            owner.Kernels[program.Name] = (program, source);
            return source;
        }

        protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program) => (ReadOnlyMemory<byte>.Empty, Render(program));
    }
}
