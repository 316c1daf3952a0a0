using Tenon.State;

namespace Tenon.Onnx.Format;

/// <summary>Where a model came from: its name for errors, and the folder in which its external data must lie.</summary>
/// <param name="Name">The path, or what else it is called.</param>
/// <param name="Folder">The folder; null for a model that was not read from a file, which can't have external data.</param>
internal sealed record ModelSource(string Name, string? Folder)
{
    /// <summary>An error in the model.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="field">The part of the model, such as <c>graph 'g', node 'n'</c>.</param>
    /// <param name="problem">What was found, what was expected, what to do.</param>
    public TenonFormatException Error(string code, string field, string problem) => new(code, Name, null, field, problem);

    /// <summary>The bytes of a tensor that is stored beside the model.</summary>
    /// <param name="tensor">A tensor whose data is external.</param>
    /// <param name="expected">How many bytes its shape needs.</param>
    public byte[] ReadExternal(TensorProto tensor, long expected)
    {
        var field = $"tensor '{tensor.Name}', external_data";
        string Entry(string key) => tensor.ExternalData.LastOrDefault(e => e.Key == key)?.Value ?? "";
        var location = Entry("location");
        var offset = Number("offset");
        var length = Entry("length") is "" ? expected : Number("length");
        if (length != expected || length > Array.MaxLength)
        {
            throw Error("TEN5203", field, $"{length} bytes, but the shape [{string.Join(", ", tensor.Dims)}] needs {expected}. The model is damaged.");
        }

        try
        {
            using var stream = File.OpenRead(Locate(location, field));
            if (offset > stream.Length - length)
            {
                throw Error("TEN5203", field, $"bytes {offset} to {offset + length} of '{location}', which has {stream.Length}. The file is truncated, or another model's.");
            }

            var bytes = new byte[length];
            stream.Position = offset;
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TenonFormatException("TEN5204", Name, null, field, $"'{location}' can't be read: {e.Message} Put it beside the model.", e);
        }

        long Number(string key) => Entry(key) is var text && text is ""
            ? 0
            : long.TryParse(text, out var value) && value >= 0
                ? value
                : throw Error("TEN5203", field, $"{key} is '{text}'. Expected a number of bytes.");
    }

    // A model may name files in its own folder and below only, links looked through.
    private string Locate(string location, string field)
    {
        if (Folder is null)
        {
            throw Error("TEN5204", field, $"the tensor lies in '{location}', but the model was not read from a file. Load it by its path.");
        }

        var isForeign = location is "" || location.Contains('\0') || Path.IsPathRooted(location) || location.Contains(':') || location.Split('/', '\\').Contains("..");
        if (isForeign)
        {
            throw Refused();
        }

        var root = Resolve(Path.GetFullPath(Folder));
        var path = Path.GetFullPath(Path.Combine(root, location.Replace('\\', '/')));
        var real = root;
        foreach (var part in Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar))
        {
            real = Resolve(Path.Combine(real, part));
        }

        return real.StartsWith(root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? real : throw Refused();

        TenonFormatException Refused() => Error("TEN5204", field, $"location '{location}' is not a file in the model's folder. External data is read from that folder only.");
    }

    private static string Resolve(string path)
    {
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        return info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
    }
}
