using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>Whether a grid is within what a device takes.</summary>
internal static class GridLimits
{
    /// <summary>What of a grid is too large; null if nothing is.</summary>
    public static string? Exceeded(this WorkgroupLimits limits, GridSize groups, GridSize lanes) =>
        !IsWithin(groups, limits.MaxGroups) ? $"{groups} groups, where the device takes {limits.MaxGroups}"
        : !IsWithin(lanes, limits.MaxLanes) || lanes.Count > limits.MaxLanesPerGroup ? $"groups of {lanes} lanes, where the device takes {limits.MaxLanes}, {limits.MaxLanesPerGroup} in all"
        : null;

    private static bool IsWithin(GridSize size, GridSize limit) => size.X <= limit.X && size.Y <= limit.Y && size.Z <= limit.Z;
}
