using System.Text.Json.Serialization;

namespace Tenon.Benchmarks;

/// <summary>What Tenon and others took for the same.</summary>
/// <param name="Section">The part of the benchmark.</param>
/// <param name="Case">What was computed.</param>
/// <param name="Threads">Threads of each.</param>
/// <param name="Tenon">Ours.</param>
/// <param name="Peers">Others', by name.</param>
internal sealed record Comparison(string Section, string Case, int Threads, Times Tenon, Dictionary<string, Times> Peers)
{
    /// <summary>Our speed in <see cref="Unit"/>, from the least time.</summary>
    public double? Speed { get; init; }

    /// <summary>GFLOPS, or GB/s of bytes that must be read and written at least once.</summary>
    public string? Unit { get; init; }

    /// <summary>The share of what this machine could do with so many threads: <see cref="Speed"/> by the FMA peak or the copy bandwidth.</summary>
    public double? OfCeiling { get; init; }

    /// <summary>The most memory that our process has had, in bytes.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>The same of a peer's.</summary>
    public long? PeerPeakBytes { get; init; }

    /// <summary>What else is to be said.</summary>
    public string? Note { get; init; }

    /// <summary>The least time of the fastest peer by ours: above 1 we are faster.</summary>
    public double? Ratio => Peers.Count == 0 ? null : Peers.Values.Min(p => p.Least) / Tenon.Least;

    /// <summary>The same of medians.</summary>
    public double? MedianRatio => Peers.Count == 0 ? null : Peers.Values.Min(p => p.Median) / Tenon.Median;

    /// <summary>In one line.</summary>
    [JsonIgnore]
    public string Line => $"{Section}: {Case}, {CpuReport.Threads(Threads)}: {Tenon.Least:0.000} ms{(Ratio is { } r ? $", {r:0.00}x" : "")}{(Speed is { } s ? $", {s:0.0} {Unit}" : "")}{(OfCeiling is { } c ? $", {c:P0}" : "")}{(Note is null ? "" : $" ({Note})")}";
}
