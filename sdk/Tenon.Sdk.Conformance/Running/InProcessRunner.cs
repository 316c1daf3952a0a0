namespace Tenon.Sdk.Conformance;

/// <summary>Runs cases in this process, where a debugger sees them.</summary>
internal sealed class InProcessRunner(CaseGroup group, SubjectSetup setup) : ICaseRunner
{
    private readonly Dictionary<string, ConformanceCase> _cases = [];
    private Subject? _subject;

    public GroupContent Open()
    {
        try
        {
            _subject = new Subject(setup);
            foreach (var c in group.For(_subject))
            {
                _cases.TryAdd(c.Name, c);
            }
        }
        catch (Exception e)
        {
            throw new ConformanceFailure(Describe(e));
        }

        return new GroupContent(_subject.Describe(), [.. _cases.Values.Select(c => new GroupCase(c.Name, c.Skip))]);
    }

    public CaseEnd Run(string name, bool alone, TimeSpan deadline)
    {
        try
        {
            _cases[name].Run(alone);
            return new CaseEnd(null);
        }
        catch (Exception e)
        {
            // Whatever a plugin throws is a result.
            return new CaseEnd(Describe(e));
        }
    }

    public void Dispose() => _subject?.Dispose();

    private static string Describe(Exception e) => e is ConformanceFailure or TenonException ? e.Message : $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n')[0].Trim()}";
}
