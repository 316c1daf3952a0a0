using Tenon.Core.Backend;

namespace Tenon.Sdk.TensorCores;

/// <summary>The tensor cores of known devices.</summary>
public static class TensorCoreList
{
    /// <summary>The names that <see cref="For"/> knows.</summary>
    public static IReadOnlyList<string> Architectures { get; } = ["sm_75", "sm_80", "sm_89", "sm_90a", "gfx11", "gfx12", "gfx942", "gfx950", "apple"];

    /// <summary>The cores of an architecture, such as <c>sm_90</c> or <c>gfx1100</c>, the best first; none if it has none or isn't known.</summary>
    public static IReadOnlyList<TensorCore> For(string architecture)
    {
        var name = architecture.ToLowerInvariant();
        return name switch
        {
            "gfx942" or "gfx940" or "gfx941" => AmdCores.Cdna3,
            "gfx950" => AmdCores.Cdna4,
            "apple" => AppleCores.All,
            _ when name.StartsWith("gfx11", StringComparison.Ordinal) => AmdCores.Rdna3,
            _ when name.StartsWith("gfx12", StringComparison.Ordinal) => AmdCores.Rdna4,
            _ when name.StartsWith("sm_", StringComparison.Ordinal) && int.TryParse(name.AsSpan(3).TrimEnd('a'), out var version) => version switch
            {
                < 75 => [],
                < 80 => NvidiaCores.Sm75,
                < 89 => NvidiaCores.Sm80,
                90 when name.EndsWith('a') => NvidiaCores.Sm90,
                _ => NvidiaCores.Sm89,
            },
            _ => [],
        };
    }

    /// <summary>Every core, once.</summary>
    public static IReadOnlyList<TensorCore> All { get; } =
        [.. Architectures.SelectMany(For).Distinct()];
}
