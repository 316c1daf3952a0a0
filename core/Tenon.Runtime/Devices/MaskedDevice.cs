using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>A device of which a part is not to be seen. It works with the plugin's own buffers and programs.</summary>
internal sealed class MaskedDevice(Device inner, CapabilityMask mask) : Device
{
    public override Capabilities Capabilities { get; } = mask.Apply(inner.Capabilities);

    public override Allocator Allocator => inner.Allocator;

    // Asked for late: to look for a generator may take a while.
    public override IReadOnlyList<CodeGenerator> CodeGenerators => field ??= [.. inner.CodeGenerators.Select(g => new MaskedGenerator(g, mask))];

    protected override object? GetFeatureCore(Type feature) => mask.Hides(feature) ? null : inner.TryGetFeature(feature);

    protected override KernelProgram LoadCore(CompiledKernel kernel) => inner.Load(kernel);

    protected override void SynchronizeCore() => inner.Synchronize();

    protected override void CloseCore() => inner.Dispose();

    private sealed class MaskedGenerator(CodeGenerator inner, CapabilityMask mask) : CodeGenerator
    {
        public override string Name => inner.Name;

        public override CodeGeneratorTarget Target { get; } = mask.Apply(inner.Target);

        public override string Render(LinearProgram program) => inner.Render(program);

        protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program) => inner.Generate(program) is var kernel ? (kernel.Binary, kernel.Source) : default;
    }
}
