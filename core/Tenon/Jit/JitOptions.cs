using System.Globalization;

namespace Tenon;

/// <summary>How a function is captured.</summary>
public sealed record JitOptions
{
    private static JitOptions? _default;

    /// <summary>The options of functions that are given none. <c>TENON_JIT_VERIFY=1</c> sets <see cref="Verify"/>, <c>TENON_JIT_KEEP</c> <see cref="MaxKeptBytes"/>.</summary>
    /// <exception cref="TenonException"><c>TENON_JIT_KEEP</c> is no number.</exception>
    public static JitOptions Default
    {
        get => _default ??= FromEnvironment();
        set => _default = value;
    }

    /// <summary>
    /// Whether each call runs the function itself and compares what it did with what was captured. Without, that is done until two calls of
    /// one kind did the same.
    /// </summary>
    public bool Verify { get; init; }

    /// <summary>How many kinds of arguments are kept; the one that came first goes first.</summary>
    public int MaxSignatures { get; init; } = 64;

    /// <summary>
    /// Bytes that each kind of call may keep of what it computes from tensors that the function closes over and doesn't change, such as weights
    /// packed for products: it is computed once, and again when these tensors have changed. With 0 nothing is kept.
    /// </summary>
    public long MaxKeptBytes { get; init; } = 512L << 20;

    private static JitOptions FromEnvironment()
    {
        var options = new JitOptions { Verify = Environment.GetEnvironmentVariable("TENON_JIT_VERIFY") == "1" };
        return Environment.GetEnvironmentVariable("TENON_JIT_KEEP") is not { Length: > 0 } text ? options
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? options with { MaxKeptBytes = bytes }
            : throw new TenonException("TEN2180", $"TENON_JIT_KEEP is '{text}'. Expected the number of bytes that each kind of call of a captured function may keep, such as 0 or 536870912.");
    }
}
