using Tenon.Runtime;

namespace Tenon.Sdk.Conformance;

/// <summary>The kernels of models with each optional capability masked away: its fallback must give the same results.</summary>
internal static class MaskCases
{
    public static IEnumerable<ConformanceCase> For(Subject subject)
    {
        var words = CapabilityMask.WordsFor(subject.Device, subject.Generator!);
        return words.Count == 0 ? [ConformanceCase.Skipped("all", "nothing that is optional is claimed")] : words.SelectMany(w => Of(subject, w));
    }

    private static IEnumerable<ConformanceCase> Of(Subject subject, string word)
    {
        var masked = new Lazy<Subject>(() => subject.Masked(word));
        yield return subject.IfRun(new($"{word}/through the runtime", () => RuntimeCheck.Run(masked.Value.Runtime, subject.Opened.Name)));

        // Of interfaces the kernels know nothing.
        if (!CapabilityMask.IsFeature(word))
        {
            foreach (var one in KernelCorpus.For(masked.Value, forMasks: true).Cases(() => masked.Value, $"{word}/"))
            {
                yield return one;
            }
        }
    }
}
