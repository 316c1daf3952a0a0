namespace Tenon.Compiler;

/// <summary>Why a candidate of a search was not taken into account.</summary>
public enum RejectReason
{
    /// <summary>A change isn't legal for the kernel.</summary>
    Illegal,

    /// <summary>Its loops or its program were tried before.</summary>
    Duplicate,

    /// <summary>It keeps more sums at once than there are registers.</summary>
    TooManyAccumulators,

    /// <summary>It writes out too much code.</summary>
    TooLong,

    /// <summary>By estimate others of its step are faster, so it wasn't timed.</summary>
    Estimate,

    /// <summary>It could not be lowered, compiled or loaded.</summary>
    CompileError,

    /// <summary>It is much slower than the best, so that it was timed in brief only.</summary>
    Slower,

    /// <summary>It computed something else than the plain program. A defect of Tenon or of the device.</summary>
    WrongResult,

    /// <summary>It failed when it ran, or ended the process that it ran in.</summary>
    Crash,

    /// <summary>It didn't end in time.</summary>
    Timeout,

    /// <summary>There was not enough memory for it.</summary>
    OutOfMemory,

    /// <summary>There was no time left for it.</summary>
    OverBudget,
}

/// <summary>Why a candidate was not taken into account.</summary>
/// <param name="Reason">The kind of reason.</param>
/// <param name="Detail">For people: numbers, or an error with its code.</param>
public sealed record Rejection(RejectReason Reason, string Detail);
