namespace Tenon.Sdk.Conformance;

/// <summary>Cases that run in one process, one after the other.</summary>
/// <param name="Name">Its name, the first part of the names of its cases.</param>
/// <param name="Meaning">What it is about.</param>
/// <param name="Cases">The cases of a device, those that it doesn't claim among them.</param>
internal sealed record CaseGroup(string Name, string Meaning, Func<Subject, IEnumerable<ConformanceCase>> Cases)
{
    /// <summary>Every group, in the order in which they run.</summary>
    public static IReadOnlyList<CaseGroup> All { get; } =
    [
        new("open", "listing, opening and closing devices", OpenCases.For),
        new("memory", "allocation and copies", MemoryCases.For),
        new("ops", "every op on the corner values of every dtype, in every width", OpCases.For),
        new("control", "loops, gates, addresses, literals, local arrays, barriers, images", ControlCases.For),
        new("corpus", "kernels of real models", CorpusCases.For),
        new("limits", "what is claimed at most, and one more", LimitCases.For),
        new("queue", "order, and several threads", QueueCases.For),
        new("features", "optional interfaces", FeatureCases.For),
        new("masks", "the kernels of models without each optional capability", MaskCases.For),
    ];
}
