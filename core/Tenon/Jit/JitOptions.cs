namespace Tenon;

/// <summary>How a function is captured.</summary>
public sealed record JitOptions
{
    /// <summary>The options of functions that are given none. <c>TENON_JIT_VERIFY=1</c> sets <see cref="Verify"/>.</summary>
    public static JitOptions Default { get; set; } = new() { Verify = Environment.GetEnvironmentVariable("TENON_JIT_VERIFY") == "1" };

    /// <summary>
    /// Whether each call runs the function itself and compares what it did with what was captured. Without, that is done until two calls of
    /// one kind did the same.
    /// </summary>
    public bool Verify { get; init; }

    /// <summary>How many kinds of arguments are kept; the one that came first goes first.</summary>
    public int MaxSignatures { get; init; } = 64;
}
