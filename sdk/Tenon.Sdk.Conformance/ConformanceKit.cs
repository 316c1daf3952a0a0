using Tenon.Compiler;
using Tenon.Core.Backend;
using Tenon.Runtime;

namespace Tenon.Sdk.Conformance;

/// <summary>Shows whether a device keeps the backend contract: docs/conformance.md.</summary>
public static class ConformanceKit
{
    /// <summary>The groups of cases in the order in which they run, and what each is about.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> Groups { get; } = [.. CaseGroup.All.Select(g => (g.Name, g.Meaning))];

    /// <summary>Tests a device.</summary>
    /// <param name="options">Which, and how.</param>
    /// <param name="progress">Gets each result as soon as it is known.</param>
    /// <returns>A report; that the device can't be opened is a result too.</returns>
    public static ConformanceReport Run(ConformanceOptions options, Action<CaseResult>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        SubjectDescription? device = null;
        var (results, notes) = (new List<CaseResult>(), new List<string>());
        var folder = Directory.CreateTempSubdirectory("tenon-conformance-").FullName;
        try
        {
            var setup = new SubjectSetup(WorkerSetup.Of(options.Runtime, options.Plugins, new CompilerOptions { CheckIndices = true }, options.Device, threads: 1), options.Quick, folder);
            foreach (var group in CaseGroup.All.Where(g => MaySelect(options, g)))
            {
                using var runner = CreateRunner(group, setup, options, notes);
                var opened = new GroupRun(group, options, runner, r =>
                {
                    results.Add(r);
                    progress?.Invoke(r);
                }).Run();
                device ??= opened;
                if (device is null)
                {
                    // It would be the same for each group.
                    break;
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        if (device is { IsDryRun: true })
        {
            notes.Add($"{device.Device} runs nothing: what passed is that kernels compile.");
        }

        return new ConformanceReport
        {
            Device = device?.Device ?? options.Device,
            DisplayName = device?.DisplayName ?? "",
            Plugin = device?.Plugin ?? "",
            Generator = device?.Generator,
            Contract = Contract.Version.ToString(),
            Results = results,
            Notes = notes,
        };
    }

    private static ICaseRunner CreateRunner(CaseGroup group, SubjectSetup setup, ConformanceOptions options, List<string> notes)
    {
        if (options.InProcess)
        {
            return new InProcessRunner(group, setup);
        }

        if ((WorkerSetup.WhyNot(options.Plugins) ?? (WorkerCommand.Find(out var reason) is null ? reason : null)) is not { } why)
        {
            return new ProcessRunner(group, setup, () => WorkerCommand.Find(out _)!, options);
        }

        var note = $"All ran in one process, which a crash or a hang would have taken along: {why}.";
        if (!notes.Contains(note))
        {
            notes.Add(note);
        }

        return new InProcessRunner(group, setup);
    }

    // Groups of which a filter wants nothing need no process.
    private static bool MaySelect(ConformanceOptions options, CaseGroup group) =>
        options.Filters.Count == 0 || options.Filters.Any(f => f.StartsWith('*') || Wildcard.Matches(f.Split('/')[0], group.Name));
}
