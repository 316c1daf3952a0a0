using Tenon.Core.Backend;
using Tenon.Sdk.Wgsl;

namespace Tenon.Web;

/// <summary>Makes shaders that run in every browser that has WebGPU: nothing beyond the limits that each has is used.</summary>
internal sealed class WgslGenerator : CodeGenerator
{
    private static readonly WgslRenderer Renderer = new(new WgslLimits());

    /// <summary>The only one there need be.</summary>
    public static WgslGenerator Instance { get; } = new();

    /// <summary>What the shaders are compiled for.</summary>
    public static Capabilities Device { get; } = Renderer.Limits.Capabilities;

    /// <summary>Limits beyond which a model needs more than every browser has.</summary>
    public static IReadOnlyDictionary<string, long> Limits { get; } = new Dictionary<string, long>
    {
        ["maxBufferSize"] = Renderer.Limits.BufferBytes,
        ["maxStorageBufferBindingSize"] = Renderer.Limits.BindingBytes,
    };

    /// <inheritdoc/>
    public override string Name => "WGSL";

    /// <inheritdoc/>
    public override CodeGeneratorTarget Target { get; } = Renderer.Limits.Target;

    /// <inheritdoc/>
    public override string Render(LinearProgram program) => Renderer.Compile(program).Source;

    /// <inheritdoc/>
    protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program)
    {
        var shader = Renderer.Compile(program);
        return (shader.ToBytes(), shader.Source);
    }
}
