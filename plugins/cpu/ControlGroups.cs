using System.Globalization;

namespace Tenon.Plugins.Cpu;

/// <summary>The control groups of Linux that this process is in, by which containers limit it.</summary>
/// <param name="read">The content of a file, or null if there is no such file.</param>
internal sealed class ControlGroups(Func<string, string?> read)
{
    /// <summary>How many processors' time the process may use: the least that any group around it has; infinite without limits.</summary>
    public double Quota
    {
        get
        {
            var quota = double.PositiveInfinity;
            foreach (var (mount, folder, isUnified) in Folders())
            {
                for (var f = folder; f.Length >= mount.Length; f = f[..f.LastIndexOf('/')])
                {
                    quota = Math.Min(quota, isUnified ? Ratio(read($"{f}/cpu.max")) : Ratio($"{read($"{f}/cpu.cfs_quota_us")} {read($"{f}/cpu.cfs_period_us")}"));
                }
            }

            return quota;
        }
    }

    // The text is a time and the period in which it may be used; "max" or -1 is no limit.
    private static double Ratio(string? text) =>
        text?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var time, var period]
        && long.TryParse(time, CultureInfo.InvariantCulture, out var t) && long.TryParse(period, CultureInfo.InvariantCulture, out var p) && t > 0 && p > 0
            ? (double)t / p
            : double.PositiveInfinity;

    // Where the groups that the process is in are mounted. Version 2 has one tree, version 1 one for each controller.
    private IEnumerable<(string Mount, string Folder, bool IsUnified)> Folders()
    {
        var groups = Lines("/proc/self/cgroup").Select(l => l.Split(':', 3)).Where(g => g.Length == 3).ToList();
        foreach (var line in Lines("/proc/self/mountinfo"))
        {
            // 31 23 0:28 ROOT MOUNT options [tags] - TYPE source super-options
            if (line.Split(" - ", 2) is not [var left, var right] || left.Split(' ') is not [_, _, _, var root, var mount, ..] || right.Split(' ') is not [var type, _, var options, ..])
            {
                continue;
            }

            var isUnified = type == "cgroup2";
            if ((isUnified || (type == "cgroup" && options.Split(',').Contains("cpu"))) && groups.Find(g => isUnified ? g[1].Length == 0 : g[1].Split(',').Contains("cpu")) is { } group)
            {
                yield return (mount, Folder(mount, root, group[2]), isUnified);
            }
        }
    }

    // Inside a container the mount may show only the part of the tree below a root, or the group may lie outside of what is mounted.
    private static string Folder(string mount, string root, string group)
    {
        var below = root == "/" ? group : group == root || group.StartsWith(root + "/", StringComparison.Ordinal) ? group[root.Length..] : "";
        return below.Contains("/..", StringComparison.Ordinal) ? mount : (mount + below).TrimEnd('/');
    }

    private string[] Lines(string path) => read(path)?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
