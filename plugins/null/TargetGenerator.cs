using Tenon.Core.Backend;
using Tenon.Sdk.Targets;

namespace Tenon.Plugins.Null;

/// <summary>Renders for a device that isn't here, and doesn't compile.</summary>
/// <param name="target">The device.</param>
internal sealed class TargetGenerator(KnownTarget target) : CodeGenerator
{
    /// <inheritdoc/>
    public override string Name => target.Name.Split(':')[0];

    /// <inheritdoc/>
    public override CodeGeneratorTarget Target { get; } = RenderOnlyGenerator.Mark(target.Target);

    /// <inheritdoc/>
    public override string Render(LinearProgram program) => target.Render(program);

    /// <inheritdoc/>
    protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program) => (ReadOnlyMemory<byte>.Empty, target.Render(program));
}
