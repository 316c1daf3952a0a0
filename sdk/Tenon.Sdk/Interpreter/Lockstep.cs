using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>
/// The lanes that run side by side: those of one group or of several. All do one step before any does the next; those that have left a
/// loop, which others are still in, are off.
/// </summary>
internal sealed class Lockstep(string kernel, GridSize groups, GridSize lanes, int width)
{
    /// <summary>How many lanes there are, of all groups that run together.</summary>
    public int Width { get; } = width;

    /// <summary>How many lanes a group has.</summary>
    public int LanesPerGroup { get; } = (int)lanes.Count;

    /// <summary>Which lanes are on.</summary>
    public bool[] IsOn { get; private set; } = new bool[width];

    /// <summary>Whether all are.</summary>
    public bool AreAllOn { get; private set; }

    private long FirstGroup { get; set; }

    /// <summary>Goes to the groups from this one on.</summary>
    public void Begin(long firstGroup)
    {
        FirstGroup = firstGroup;
        for (var lane = 0; lane < Width; lane++)
        {
            IsOn[lane] = Group(lane) < groups.Count;
        }

        AreAllOn = !IsOn.Contains(false);
    }

    /// <summary>Exchanges which lanes are on; gives those that were.</summary>
    public (bool[] IsOn, bool AreAllOn) Switch(bool[] isOn, bool areAllOn)
    {
        var before = (IsOn, AreAllOn);
        (IsOn, AreAllOn) = (isOn, areAllOn);
        return before;
    }

    /// <summary>The number of a lane's group in the launch.</summary>
    public long Group(int lane) => FirstGroup + (lane / LanesPerGroup);

    /// <summary>The number of a lane in the launch.</summary>
    public long Number(int lane) => (FirstGroup * LanesPerGroup) + lane;

    /// <summary>The index of a lane's group along a dimension.</summary>
    public long GroupIndex(int lane, int dimension) => Split(Group(lane), groups, dimension);

    /// <summary>The index of a lane in its group along a dimension.</summary>
    public long LaneIndex(int lane, int dimension) => Split(lane % LanesPerGroup, lanes, dimension);

    /// <summary>The lane of the same subgroup whose number differs in the bits of a mask.</summary>
    public int Partner(Site site, int lane, int mask, int subgroup)
    {
        var number = lane % LanesPerGroup;
        var other = number ^ mask;
        var partner = lane - number + other;
        if (mask >= subgroup || other >= LanesPerGroup)
        {
            throw Fault("TEN4207", site, lane, $"exchanges values with lane {other}, which is not in its subgroup: subgroups have {subgroup} lanes, the group {LanesPerGroup}.");
        }

        return IsOn[partner] ? partner : throw Fault("TEN4207", site, lane, $"exchanges values with lane {other}, which has left the loop. All lanes of a subgroup must come here together.");
    }

    /// <summary>Checks that of each group all lanes have come here, or none.</summary>
    public void Meet(Site site)
    {
        for (var first = 0; first < Width && !AreAllOn; first += LanesPerGroup)
        {
            var on = IsOn.AsSpan(first, LanesPerGroup);
            if (on.Contains(true) && on.IndexOf(false) is >= 0 and var absent)
            {
                throw Fault("TEN4204", site, first + on.IndexOf(true), $"waits at a barrier to which lane {absent} doesn't come: it has left the loop. All lanes of a group must come to the same barriers.");
            }
        }
    }

    /// <summary>An error of the program, with the lane at which it shows.</summary>
    public BackendException Fault(string code, Site site, int lane, string what) =>
        new(code, $"Kernel {kernel}, {site}, lane {Lane(lane)} of group {Name(d => GroupIndex(lane, d), groups)}: {what}");

    /// <summary>A lane by its number in the launch.</summary>
    public string Describe(long number)
    {
        var (group, lane) = Math.DivRem(number, LanesPerGroup);
        return $"lane {Name(d => Split(lane, lanes, d), lanes)} of group {Name(d => Split(group, groups, d), groups)}";
    }

    private string Lane(int lane) => Name(d => LaneIndex(lane, d), lanes);

    private static string Name(Func<int, long> index, GridSize size) =>
        size.Y == 1 && size.Z == 1 ? $"{index(0)}" : $"({index(0)}, {index(1)}, {index(2)})";

    private static long Split(long number, GridSize size, int dimension) => dimension switch
    {
        0 => number % size.X,
        1 => number / size.X % size.Y,
        _ => number / size.X / size.Y,
    };
}
