using System.Globalization;

namespace Tenon.Plugins.Cpu;

/// <summary>
/// The processors that this process may use, from what Linux says of it: its affinity (which a container's cpuset becomes), which of
/// them are one core's, and the quota of time of its control groups. .NET counts the affinity and the quota of the process's own group,
/// but not those of the groups around it, nor cores.
/// </summary>
internal sealed class ProcessorSet
{
    private readonly Func<string, string?> _read;

    /// <summary>Reads what there is.</summary>
    /// <param name="read">The content of a file, or null if there is no such file.</param>
    /// <param name="processors">How many .NET counts.</param>
    public ProcessorSet(Func<string, string?> read, int processors)
    {
        _read = read;
        var status = read("/proc/self/status")?.Split('\n').FirstOrDefault(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
        var allowed = status is null ? [.. Enumerable.Range(0, processors)] : ParseList(status.Split(':')[1]);
        var firsts = allowed.Where(p => Siblings(p).Where(allowed.Contains).DefaultIfEmpty(p).Min() == p).ToList();
        Ordered = [.. firsts, .. allowed.Except(firsts)];
        var quota = (int)Math.Ceiling(Math.Min(int.MaxValue, new ControlGroups(read).Quota));
        Logical = Math.Max(1, Math.Min(Math.Min(processors, quota), allowed.Count));
        Physical = Math.Min(Logical, Math.Max(1, firsts.Count));
    }

    /// <summary>Those of this process.</summary>
    public static ProcessorSet OfProcess { get; } = new(path => File.Exists(path) ? File.ReadAllText(path) : null, Environment.ProcessorCount);

    /// <summary>The numbers of the processors, one of each core first.</summary>
    public IReadOnlyList<int> Ordered { get; }

    /// <summary>How many threads can run at once.</summary>
    public int Logical { get; }

    /// <summary>How many can without sharing a core, as far as is known.</summary>
    public int Physical { get; }

    /// <summary>The numbers of a list such as <c>0-3,8,10-11</c>.</summary>
    public static List<int> ParseList(string text)
    {
        var numbers = new List<int>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-');
            var (first, last) = (int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[^1], CultureInfo.InvariantCulture));
            numbers.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return numbers;
    }

    private List<int> Siblings(int processor) => ParseList(_read($"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list") ?? "");
}
