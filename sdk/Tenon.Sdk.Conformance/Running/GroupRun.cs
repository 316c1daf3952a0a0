using System.Diagnostics;

namespace Tenon.Sdk.Conformance;

/// <summary>Runs the cases of one group and says how each ended.</summary>
internal sealed class GroupRun(CaseGroup group, ConformanceOptions options, ICaseRunner runner, Action<CaseResult> report)
{
    // A device that ends its process again and again would take hours.
    private const int MostEnds = 25;

    /// <summary>Runs them; gives what was opened, or null if nothing could be.</summary>
    public SubjectDescription? Run()
    {
        GroupContent content;
        var start = Stopwatch.GetTimestamp();
        try
        {
            content = runner.Open();
        }
        catch (ConformanceFailure e)
        {
            Report("all", new CaseEnd(e.Message), start);
            return null;
        }

        var ends = 0;
        foreach (var (name, skip) in content.Cases.Where(c => options.Selects($"{group.Name}/{c.Name}")))
        {
            start = Stopwatch.GetTimestamp();
            if (skip is not null)
            {
                report(new CaseResult(group.Name, name, CaseOutcome.Skipped, skip, 0));
                continue;
            }

            if (ends >= MostEnds)
            {
                Report(name, new CaseEnd($"not run: {MostEnds} cases before have ended their process"), start);
                continue;
            }

            // After the first such end it may have been another case that shared its program.
            var end = runner.Run(name, alone: ends > 0, options.Deadline);
            if (end.HasEndedProcess)
            {
                ends++;
                end = ends == 1 ? runner.Run(name, alone: true, options.Deadline) : end;
            }

            Report(name, end, start);
        }

        return content.Device;
    }

    private void Report(string name, CaseEnd end, long start)
    {
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var outcome = (end.Failure, options.Expected.ReasonOf($"{group.Name}/{name}")) switch
        {
            (null, null) => CaseOutcome.Passed,
            (null, _) => CaseOutcome.UnexpectedPass,
            (_, null) => end.HasEndedProcess ? CaseOutcome.Ended : CaseOutcome.Failed,
            _ => CaseOutcome.Expected,
        };
        var reason = options.Expected.ReasonOf($"{group.Name}/{name}");
        report(new CaseResult(group.Name, name, outcome, outcome switch
        {
            CaseOutcome.Expected => $"{reason}: {end.Failure}",
            CaseOutcome.UnexpectedPass => $"it passes, but is listed to fail: {reason}",
            _ => end.Failure ?? "",
        }, seconds));
    }
}
