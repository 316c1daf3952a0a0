using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>
/// A device with the capabilities of another that computes nothing: what real models ask of that device is found out without relying on
/// its results.
/// </summary>
internal sealed class PaperPlugin(Capabilities capabilities, CodeGeneratorTarget target) : IBackendPlugin
{
    public const string DeviceName = "PAPER";

    public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host) => [new DeviceDescription { Name = DeviceName }];

    public Device Open(DeviceDescription device, BackendHost host) => new PaperDevice(capabilities, target);

    private sealed class PaperDevice(Capabilities capabilities, CodeGeneratorTarget target) : Device
    {
        public override Capabilities Capabilities { get; } = capabilities;

        public override Allocator Allocator { get; } = new PaperAllocator();

        public override IReadOnlyList<CodeGenerator> CodeGenerators { get; } = [new PaperGenerator(target)];

        protected override KernelProgram LoadCore(CompiledKernel kernel) => new PaperProgram(kernel);

        protected override void SynchronizeCore()
        {
        }

        protected override void CloseCore()
        {
        }
    }

    private sealed class PaperProgram(CompiledKernel kernel) : KernelProgram(kernel)
    {
        protected override void LaunchCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
        {
        }
    }

    private sealed class PaperGenerator(CodeGeneratorTarget target) : CodeGenerator
    {
        public override string Name => "Paper";

        public override CodeGeneratorTarget Target { get; } = target;

        public override string Render(LinearProgram program) => program.Name;

        protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program) => (ReadOnlyMemory<byte>.Empty, null);
    }

    private sealed class PaperBuffer(long bytes) : DeviceBuffer(bytes)
    {
        public byte[] Content { get; } = new byte[bytes];

        protected override void FreeCore()
        {
        }
    }

    private sealed class PaperAllocator : Allocator
    {
        protected override DeviceBuffer AllocateCore(long bytes) => new PaperBuffer(bytes);

        protected override void CopyInCore(BufferView destination, ReadOnlySpan<byte> source) => source.CopyTo(((PaperBuffer)destination.Buffer).Content.AsSpan((int)destination.Offset));

        protected override void CopyOutCore(BufferView source, Span<byte> destination) => ((PaperBuffer)source.Buffer).Content.AsSpan((int)source.Offset, destination.Length).CopyTo(destination);
    }
}
