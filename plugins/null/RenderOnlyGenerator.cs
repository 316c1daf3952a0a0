using Tenon.Core.Backend;

namespace Tenon.Plugins.Null;

/// <summary>Renders as another generator does, and doesn't compile.</summary>
/// <param name="inner">The generator that renders.</param>
internal sealed class RenderOnlyGenerator(CodeGenerator inner) : CodeGenerator
{
    /// <inheritdoc/>
    public override string Name => inner.Name;

    /// <inheritdoc/>
    public override CodeGeneratorTarget Target { get; } = Mark(inner.Target);

    /// <summary>The same target by another fingerprint: a cache must never give what is not compiled to a device that runs it.</summary>
    public static CodeGeneratorTarget Mark(CodeGeneratorTarget target) => target with
    {
        Fingerprint = $"null-{target.Fingerprint}",
    };

    /// <inheritdoc/>
    public override string Render(LinearProgram program) => inner.Render(program);

    /// <inheritdoc/>
    protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program) =>
        (ReadOnlyMemory<byte>.Empty, inner.Render(program));
}
