using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>What the storage of a slot is for.</summary>
public enum SlotKind
{
    /// <summary>Exists before the schedule runs.</summary>
    Input,

    /// <summary>Made by the schedule; outlives it.</summary>
    Output,

    /// <summary>Made by the schedule; dead when it ends. Has a place in the arena of its device.</summary>
    Temporary,
}

/// <summary>One piece of storage that a schedule uses.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="DType">The element type.</param>
/// <param name="Size">Elements.</param>
/// <param name="Device">The canonical device name.</param>
/// <param name="ArenaOffset">Of a temporary, the offset in bytes in its device's arena.</param>
public sealed record ScheduleSlot(SlotKind Kind, DType DType, long Size, string Device, long ArenaOffset = 0);

/// <summary>One step of a schedule: a kernel, or a copy between devices.</summary>
/// <param name="Kernel">The <see cref="Ops.Sink"/> of the kernel; null for a copy from slot 1 to slot 0.</param>
/// <param name="Slots">The schedule's slots in the order of the kernel's parameters.</param>
/// <param name="Device">Where it runs; of a copy, the destination.</param>
public sealed record ScheduledCall(UOp? Kernel, IReadOnlyList<int> Slots, string Device)
{
    /// <summary>The variables of a kernel, in the order in which a launch passes their values.</summary>
    public static IReadOnlyList<string> VariablesOf(UOp kernel) =>
        [.. kernel.TopologicalOrder().Where(u => u.Op == Ops.Variable).Select(u => u.ArgAs<VariableArg>().Name).Order(StringComparer.Ordinal)];
}

/// <summary>
/// A realised graph as an ordered list of calls over numbered slots. It mentions no storage, so that it can be kept and used
/// for every graph of the same content.
/// </summary>
public sealed class Schedule
{
    /// <summary>The storage, by slot.</summary>
    public required IReadOnlyList<ScheduleSlot> Slots { get; init; }

    /// <summary>The steps in order.</summary>
    public required IReadOnlyList<ScheduledCall> Calls { get; init; }

    /// <summary>Bytes of the arena that the temporaries of each device need.</summary>
    public required IReadOnlyDictionary<string, long> ArenaBytes { get; init; }

    /// <summary>The most bytes of temporaries of each device that are in use at once: no arena can be smaller.</summary>
    public IReadOnlyDictionary<string, long> LeastBytes { get; init; } = new Dictionary<string, long>();

    /// <summary>What was stored and what was not, from the results to the inputs; empty unless it was asked for.</summary>
    public IReadOnlyList<FusionDecision> Decisions { get; init; } = [];
}
