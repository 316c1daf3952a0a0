using System.Text;

namespace Tenon.Core;

/// <summary>
/// Notices that a rewrite doesn't come to rest. What never ends either goes on without finishing nodes, or finishes ever
/// more of them for the sake of results that wait for one another.
/// </summary>
internal struct RewriteProgress(string? stage)
{
    private const long FreeSteps = 100_000;
    private const long StepsPerNode = 100;
    private const long MostWaiting = 500_000;
    private const int Remembered = 64;
    private const int Shown = 6;
    private List<Step>? _recent;
    private long _steps;
    private long _waiting;

    /// <summary>A rule has fired, and the result waits for what becomes of it.</summary>
    /// <exception cref="TenonException">There have been too many steps.</exception>
    public void Fired(Rule rule, UOp before, UOp after, int done)
    {
        var left = Math.Min(FreeSteps + StepsPerNode * done - ++_steps, MostWaiting - ++_waiting);
        if (left <= Remembered)
        {
            (_recent ??= []).Add(new Step(rule, before, after));
            if (left <= 0)
            {
                throw new TenonException("TEN1001", Describe(stage, _recent, _steps));
            }
        }
    }

    /// <summary>What became of a result is known.</summary>
    public void Adopted() => _waiting--;

    private static string Describe(string? stage, List<Step> recent, long steps)
    {
        var (cycle, text) = (Cycle(recent), new StringBuilder("A rewrite did not come to rest"));
        text.Append(stage is null ? "" : $" ({stage})").Append(" after ").Append(steps).Append(cycle.Count < recent.Count ? " steps, which repeat. " : " steps, which don't repeat. ");
        text.Append("The rules that fire in turn: ").AppendJoin(", ", cycle.Select(s => s.Rule.Location).Distinct()).Append('.');
        foreach (var step in recent.TakeLast(Math.Clamp(cycle.Count, 2, Shown)))
        {
            text.Append($"\n  {step.Rule.Location}: {step.Before} → {step.After}");
        }

        return text.ToString();
    }

    // The last steps, from after the one that started with the same node as the last; all of them if there is none.
    private static List<Step> Cycle(List<Step> recent) => recent[(recent.FindLastIndex(recent.Count - 2, s => s.Before == recent[^1].Before) + 1)..];

    private readonly record struct Step(Rule Rule, UOp Before, UOp After);
}
