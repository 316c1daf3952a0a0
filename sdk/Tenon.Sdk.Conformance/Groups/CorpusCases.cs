namespace Tenon.Sdk.Conformance;

/// <summary>The kernels of real models.</summary>
internal static class CorpusCases
{
    public static IEnumerable<ConformanceCase> For(Subject subject) =>
        KernelCorpus.For(subject).Cases(() => subject).Append(subject.IfRun(new("through the runtime", () => RuntimeCheck.Run(subject.Runtime, subject.Opened.Name))));
}
