namespace Tenon;

/// <summary>
/// An error that Tenon reports to its user: a stable <see cref="Code"/> and a message that says what was given, what was
/// expected and what to do.
/// </summary>
public class TenonException : Exception
{
    /// <summary>Creates an error with a stable code, such as <c>TEN2001</c>.</summary>
    /// <param name="code">The code, documented in <c>docs/errors.md</c>.</param>
    /// <param name="message">What was given, what was expected, what to do.</param>
    /// <param name="inner">The cause, when there is one.</param>
    public TenonException(string code, string message, Exception? inner = null) : base($"{code}: {message}", inner) => Code = code;

    /// <summary>The stable code, such as <c>TEN2001</c>.</summary>
    public string Code { get; }
}
