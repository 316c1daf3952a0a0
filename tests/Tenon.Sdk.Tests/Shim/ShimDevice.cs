using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Plugins.Cpu;
using Tenon.Sdk.Targets;

namespace Tenon.Sdk.Tests.Shim;

/// <summary>The device SHIM of any target: it has that one's limits, and runs its text on this machine's processor.</summary>
internal sealed class ShimPlugin : ITargetedPlugin
{
    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host) => [new DeviceDescription { Name = "SHIM" }];

    public Device Open(DeviceDescription device, BackendHost host) => throw new NotSupportedException("Name a target: SHIM:METAL.");

    public Device Open(DeviceDescription device, string target, BackendHost host) => new ShimDevice(KnownTarget.Find(target));
}

/// <summary>A device whose kernels are done when a launch returns.</summary>
internal sealed unsafe class ShimDevice(KnownTarget target) : Device
{
    public override Capabilities Capabilities => target.Capabilities;

    public override Allocator Allocator { get; } = new ShimAllocator();

    public override IReadOnlyList<CodeGenerator> CodeGenerators { get; } = [new ShimGenerator(target)];

    protected override KernelProgram LoadCore(CompiledKernel kernel) => new ShimProgram(kernel);

    protected override void SynchronizeCore()
    {
    }

    protected override void CloseCore()
    {
    }

    private sealed class ShimGenerator(KnownTarget target) : SourceGenerator
    {
        public override string Name => "Shim";

        public override CodeGeneratorTarget Target { get; } = target.Target with
        {
            // Instructions of a device can't be run elsewhere.
            ExtraOps = target.Target.ExtraOps - new OpSet(Ops.Wmma),
            TensorCores = [],
            Fingerprint = $"shim-{target.Target.Fingerprint}",
        };

        public override string Render(LinearProgram program) => target.Render(program);

        protected override ReadOnlyMemory<byte> Compile(LinearProgram program, string source) => ShimCompiler.Compile(target, (program, source));
    }

    private sealed class ShimProgram(CompiledKernel kernel) : KernelProgram(kernel)
    {
        private readonly ShimLibrary _library = new(kernel.Binary.Span);

        protected override void LaunchCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
        {
            var addresses = new nint[buffers.Length];
            for (var i = 0; i < addresses.Length; i++)
            {
                addresses[i] = ShimAllocator.Address(buffers[i]);
            }

            _library.Run(0, addresses, variables);
        }

        protected override void Dispose(bool disposing) => _library.Dispose();
    }

    private sealed class ShimAllocator : Allocator
    {
        public static nint Address(BufferView view) => ((CpuBuffer)view.Buffer).Address + (nint)view.Offset;

        protected override DeviceBuffer AllocateCore(long bytes) => new CpuBuffer(bytes);

        protected override void CopyInCore(BufferView destination, ReadOnlySpan<byte> source) => source.CopyTo(new Span<byte>((void*)Address(destination), source.Length));

        protected override void CopyOutCore(BufferView source, Span<byte> destination) => new ReadOnlySpan<byte>((void*)Address(source), destination.Length).CopyTo(destination);
    }
}
