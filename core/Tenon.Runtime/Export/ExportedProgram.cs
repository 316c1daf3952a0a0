using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>
/// A recorded program compiled for a device that this machine need not have: kernels, the storage that they work on, and the order in which
/// they run. It mentions no device, and can be written to files.
/// </summary>
public sealed record ExportedProgram
{
    /// <summary>The storage.</summary>
    public required IReadOnlyList<ExportedSlot> Slots { get; init; }

    /// <summary>The kernels, each once.</summary>
    public required IReadOnlyList<ExportedKernel> Kernels { get; init; }

    /// <summary>What is done in one run, in order.</summary>
    public required IReadOnlyList<ExportedStep> Steps { get; init; }

    /// <summary>The slots of the inputs that a run is given.</summary>
    public required IReadOnlyList<int> Inputs { get; init; }

    /// <summary>The slots of the results.</summary>
    public required IReadOnlyList<int> Outputs { get; init; }

    /// <summary>Bytes of the memory in which all temporaries have their places.</summary>
    public required long ArenaBytes { get; init; }
}

/// <summary>What the storage of an exported program is for.</summary>
public enum ExportedSlotKind
{
    /// <summary>Filled before each run.</summary>
    Input,

    /// <summary>Has a content from the beginning, which no run changes.</summary>
    Constant,

    /// <summary>Holds a result after a run.</summary>
    Output,

    /// <summary>Used within a run only; has a place in the arena.</summary>
    Temporary,
}

/// <summary>One piece of storage of an exported program.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="DType">The element type.</param>
/// <param name="Size">Elements.</param>
/// <param name="ArenaOffset">Of a temporary, the offset in bytes in the arena.</param>
/// <param name="Content">The buffer of this runtime that has the content which it begins with; null if it has none.</param>
public sealed record ExportedSlot(ExportedSlotKind Kind, DType DType, long Size, long ArenaOffset = 0, UOp? Content = null);

/// <summary>One kernel of an exported program.</summary>
/// <param name="Compiled">What the code generator made.</param>
/// <param name="Parameters">Its buffers.</param>
public sealed record ExportedKernel(CompiledKernel Compiled, IReadOnlyList<KernelParameter> Parameters);

/// <summary>One step of an exported program.</summary>
/// <param name="Kernel">The number of the kernel; -1 for a copy from the second slot to the first.</param>
/// <param name="Slots">The slots in the order of the kernel's parameters.</param>
/// <param name="Variables">The values of the kernel's variables.</param>
public sealed record ExportedStep(int Kernel, IReadOnlyList<int> Slots, IReadOnlyList<long> Variables);
