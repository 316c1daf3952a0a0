using Tenon.Core.Backend;
using Tenon.Sdk;
using Tenon.Sdk.Wgsl;

namespace Tenon.Plugins.WebGpu;

/// <summary>Shaders in WGSL, which the device compiles when they are loaded.</summary>
internal sealed class WebGpuGenerator(WgslLimits limits) : CodeGenerator
{
    private readonly WgslRenderer _renderer = new(limits);

    /// <inheritdoc/>
    public override string Name => "WGSL";

    /// <inheritdoc/>
    public override CodeGeneratorTarget Target { get; } = limits.Target;

    /// <inheritdoc/>
    public override string Render(LinearProgram program) => _renderer.Compile(program).Source;

    /// <inheritdoc/>
    protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program)
    {
        var shader = _renderer.Compile(program);
        return (shader.ToBytes(), shader.Source);
    }
}
