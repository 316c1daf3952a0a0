namespace Tenon.Core.Backend;

/// <summary>
/// What a device that runs work in groups of lanes allows. The lanes of a group share its local arrays and can wait for each
/// other; groups know nothing of each other.
/// </summary>
public sealed record WorkgroupLimits
{
    /// <summary>How many groups a launch may have along x, y and z.</summary>
    public required GridSize MaxGroups { get; init; }

    /// <summary>How many lanes a group may have along x, y and z.</summary>
    public required GridSize MaxLanes { get; init; }

    /// <summary>How many lanes a group may have in all.</summary>
    public required int MaxLanesPerGroup { get; init; }

    /// <summary>
    /// How many lanes run as one subgroup, always; neighbours along x first. 0 if the number isn't known or may differ between kernels:
    /// <see cref="Ops.LaneXor"/> can't be used then.
    /// </summary>
    public int SubgroupSize { get; init; }

    /// <summary>How many lanes the device runs side by side well: groups are a multiple of it where that is possible.</summary>
    public int PreferredLanes { get; init; } = 32;

    /// <summary>
    /// Whether local arrays are nearer than buffers, and barriers cost little. Not where a core of a processor runs a group: local arrays lie
    /// in memory like all else, lanes are those of its vectors, and what a lane has at a barrier is stored and loaded again.
    /// </summary>
    public bool LocalMemoryIsFast { get; init; } = true;
}

/// <summary>A size in up to three dimensions.</summary>
/// <param name="X">Along x, whose neighbours are nearest to each other.</param>
/// <param name="Y">Along y.</param>
/// <param name="Z">Along z.</param>
public readonly record struct GridSize(long X, long Y = 1, long Z = 1)
{
    /// <summary>The size along a dimension: 0 is x.</summary>
    public long this[int dimension] => dimension switch
    {
        0 => X,
        1 => Y,
        2 => Z,
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "Expected 0, 1 or 2."),
    };

    /// <summary>The product of all three.</summary>
    public long Count => X * Y * Z;

    /// <inheritdoc/>
    public override string ToString() => $"{X} x {Y} x {Z}";
}
