namespace Tenon.Sdk.Conformance;

/// <summary>The kernels of real models.</summary>
internal static class CorpusCases
{
    public static IEnumerable<ConformanceCase> For(Subject subject) => subject.Generator is null
        ? [ConformanceCase.Skipped("all", "the device has no code generator")]
        : KernelCorpus.For(subject).Cases(() => subject).Append(new("through the runtime", () => RuntimeCheck.Run(subject.Runtime, subject.Opened.Name)));
}
