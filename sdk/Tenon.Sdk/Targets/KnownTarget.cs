using Tenon.Core.Backend;
using Tenon.Sdk.CStyle;
using Tenon.Sdk.Wgsl;

namespace Tenon.Sdk.Targets;

/// <summary>A kind of device by name, with what renders for it and what a device of it has: for what needs no such device.</summary>
/// <param name="Name">The language, and after a colon the architecture: <c>CUDA:sm_90</c>.</param>
/// <param name="Render">Renders a program.</param>
/// <param name="Target">What programs for it may be made of.</param>
/// <param name="Capabilities">Limits of a device.</param>
public sealed record KnownTarget(string Name, Func<LinearProgram, string> Render, CodeGeneratorTarget Target, Capabilities Capabilities)
{
    // Each language: what makes the target of an architecture (null for the usual one), and their names.
    private static readonly Dictionary<string, (Func<string?, KnownTarget> Make, IEnumerable<string> Architectures)> Languages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["CUDA"] = (Cuda, CudaArchitecture.All.Select(a => a.Name)),
        ["HIP"] = (Hip, HipArchitecture.All.Select(a => a.Name)),
        ["METAL"] = (Metal, MetalFamily.All.Select(f => f.Name)),
        ["OPENCL"] = (OpenCL, OpenCLProfile.All.Select(p => p.Name)),
        ["WGSL"] = (Wgsl, WgslProfile.All.Select(p => p.Name)),
    };

    /// <summary>The name of every target.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Languages.SelectMany(l => l.Value.Architectures.Select(a => $"{l.Key}:{a}").Prepend(l.Key))];

    /// <summary>The target of that name; a language alone means its usual architecture.</summary>
    /// <exception cref="BackendException">There is none; the message lists those that are known.</exception>
    public static KnownTarget Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var language = colon < 0 ? name : name[..colon];
        return Languages.TryGetValue(language, out var known)
            ? known.Make(colon < 0 ? null : name[(colon + 1)..])
            : throw new BackendException("TEN4251", $"'{language}' is not a language that kernels are rendered in. Known: {string.Join(", ", Languages.Keys)}; after a colon may come an architecture, as in CUDA:{CudaArchitecture.All[0].Name}.");
    }

    private static KnownTarget Cuda(string? name)
    {
        var architecture = name is null ? CudaArchitecture.All[0] : CudaArchitecture.Find(name);
        return Of($"CUDA:{architecture.Name}", new CudaRenderer(architecture), architecture.Capabilities);
    }

    private static KnownTarget Hip(string? name)
    {
        var architecture = name is null ? HipArchitecture.All[0] : HipArchitecture.Find(name);
        return Of($"HIP:{architecture.Name}", new HipRenderer(architecture), architecture.Capabilities);
    }

    private static KnownTarget Metal(string? name)
    {
        var family = name is null ? MetalFamily.All[0] : MetalFamily.Find(name);
        return Of($"METAL:{family.Name}", new MetalRenderer(family), family.Capabilities);
    }

    private static KnownTarget OpenCL(string? name)
    {
        var profile = name is null ? OpenCLProfile.All[0] : OpenCLProfile.Find(name);
        return Of($"OPENCL:{profile.Name}", new OpenCLRenderer(profile.Features), profile.Capabilities);
    }

    private static KnownTarget Wgsl(string? name)
    {
        var profile = name is null ? WgslProfile.All[0] : WgslProfile.Find(name);
        var renderer = new WgslRenderer(profile.Limits);
        return new KnownTarget($"WGSL:{profile.Name}", program => renderer.Compile(program).Source, profile.Limits.Target, profile.Limits.Capabilities);
    }

    private static KnownTarget Of(string name, WorkgroupRenderer renderer, Capabilities capabilities) => new(name, renderer.Render, renderer.Target, capabilities);
}
