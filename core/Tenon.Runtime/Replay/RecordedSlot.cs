using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>One piece of storage that a recording uses.</summary>
/// <param name="number">Its number in the recording.</param>
/// <param name="buffer">A node of it.</param>
internal sealed class RecordedSlot(int number, UOp buffer)
{
    public int Number => number;

    public DType DType => buffer.DType;

    public long Size => buffer.ArgAs<BufferArg>().Size;

    public string Device => buffer.ArgAs<BufferArg>().Device;

    /// <summary>The storage, if it was there before the recording, or if its content is from the host.</summary>
    public Storage? Storage { get; set; }

    /// <summary>The node of it when the recording came by it.</summary>
    public UOp Buffer => buffer;

    /// <summary>Whether it was there before the recording.</summary>
    public bool IsExternal { get; init; }

    /// <summary>Whether the recording overwrites it.</summary>
    public bool IsWritten { get; set; }

    /// <summary>Whether its content is another in each run.</summary>
    public bool Varies { get; set; }

    /// <summary>Gives its content at the beginning of each run.</summary>
    public Action<Span<byte>>? Fill { get; set; }

    /// <summary>The hash of what the host has put into it.</summary>
    public string? Content { get; set; }

    /// <summary>The storage from before the recording that the content was computed from.</summary>
    public HashSet<RecordedSlot> Sources { get; } = [];

    /// <summary>Whether another recording has the same here.</summary>
    public bool Equals(RecordedSlot other, bool isInput) =>
        (DType, Size, Device, IsExternal, IsWritten, Varies, Content, Fill is null) == (other.DType, other.Size, other.Device, other.IsExternal, other.IsWritten, other.Varies, other.Content, other.Fill is null)
        && (isInput || !IsExternal || Storage == other.Storage);
}

/// <summary>One realisation of a recording.</summary>
/// <param name="Graph">What was realised.</param>
/// <param name="Schedule">Its schedule.</param>
/// <param name="Slots">The recording's slots by those of the schedule; null for temporaries.</param>
/// <param name="Variables">The values of the variables.</param>
internal sealed record RecordedStep(UOp Graph, Compiler.Schedule Schedule, RecordedSlot?[] Slots, IReadOnlyDictionary<string, long> Variables);
