namespace Tenon.State;

/// <summary>A file that is damaged, hostile, or not of the format that it was opened as: says which file, where in it, and what was found there.</summary>
public sealed class TenonFormatException : TenonException
{
    /// <summary>Creates the error.</summary>
    /// <param name="code">The code, documented in <c>docs/errors.md</c>.</param>
    /// <param name="file">The file's path, or another name by which its reader knows it.</param>
    /// <param name="offset">The byte in the file at which the fault was found; null if it is of no one place.</param>
    /// <param name="field">The part of the format, such as <c>header.data_offsets</c>.</param>
    /// <param name="problem">What was found, what was expected, what to do.</param>
    /// <param name="inner">The cause, when there is one.</param>
    public TenonFormatException(string code, string file, long? offset, string field, string problem, Exception? inner = null)
        : base(code, $"'{file}'{(offset is { } at ? $", byte {at}" : "")}, {field}: {problem}", inner) =>
        (File, Offset, Field) = (file, offset, field);

    /// <summary>The file's path, or another name by which its reader knows it.</summary>
    public string File { get; }

    /// <summary>The byte in the file at which the fault was found; null if it is of no one place.</summary>
    public long? Offset { get; }

    /// <summary>The part of the format.</summary>
    public string Field { get; }
}
