namespace Tenon.Sdk.Conformance;

/// <summary>Cases that run in one process, one after the other.</summary>
/// <param name="Name">Its name, the first part of the names of its cases.</param>
/// <param name="Meaning">What it is about.</param>
/// <param name="Needs">Without what nothing of it can be tested.</param>
/// <param name="Cases">The cases of a device that has that, those that it doesn't claim among them.</param>
internal sealed record CaseGroup(string Name, string Meaning, CaseNeeds Needs, Func<Subject, IEnumerable<ConformanceCase>> Cases)
{
    /// <summary>Every group, in the order in which they run.</summary>
    public static IReadOnlyList<CaseGroup> All { get; } =
    [
        new("open", "listing, opening and closing devices", CaseNeeds.Nothing, OpenCases.For),
        new("memory", "allocation and copies", CaseNeeds.Results, MemoryCases.For),
        new("ops", "every op on the corner values of every dtype, in every width", CaseNeeds.Kernels, OpCases.For),
        new("control", "loops, gates, addresses, literals, local arrays, barriers, images", CaseNeeds.Kernels, ControlCases.For),
        new("corpus", "kernels of real models", CaseNeeds.Kernels, CorpusCases.For),
        new("limits", "what is claimed at most, and one more", CaseNeeds.Kernels | CaseNeeds.Results, LimitCases.For),
        new("queue", "order, and several threads", CaseNeeds.Results, QueueCases.For),
        new("features", "optional interfaces", CaseNeeds.Results, FeatureCases.For),
        new("masks", "the kernels of models without each optional capability", CaseNeeds.Kernels, MaskCases.For),
    ];

    /// <summary>The cases of a device, with the reasons of those that aren't run.</summary>
    public IEnumerable<ConformanceCase> For(Subject subject)
    {
        if (Needs.HasFlag(CaseNeeds.Kernels) && subject.Generator is null)
        {
            return [ConformanceCase.Skipped("all", "the device has no code generator")];
        }

        if (Needs.HasFlag(CaseNeeds.Results) && subject.IsDryRun)
        {
            return [ConformanceCase.Skipped("all", Subject.RunsNothing)];
        }

        return Needs.HasFlag(CaseNeeds.Kernels) && subject.IsDryRun ? Cases(subject).Append(ConformanceCase.Skipped("results", $"{Subject.RunsNothing}, so kernels are only compiled")) : Cases(subject);
    }
}

/// <summary>Without what the cases of a group say nothing.</summary>
[Flags]
internal enum CaseNeeds
{
    /// <summary>They say something of every device.</summary>
    Nothing = 0,

    /// <summary>A code generator.</summary>
    Kernels = 1,

    /// <summary>A device that runs kernels and keeps what memory holds.</summary>
    Results = 2,
}
