namespace Tenon.Onnx.Format;

/// <summary>Values in files of their own, as ONNX's test data is: a TensorProto, SequenceProto or OptionalProto.</summary>
public static class ValueFile
{
    /// <summary>Reads a value.</summary>
    /// <param name="path">The file, usually <c>.pb</c>.</param>
    /// <param name="type">What the file holds, which it doesn't say itself; a tensor if null.</param>
    /// <param name="device">Where tensors go; the default device if null.</param>
    /// <exception cref="State.TenonFormatException">The file is damaged, or holds something else.</exception>
    public static OnnxValue Read(string path, OnnxType? type = null, string? device = null)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Read(stream, path, type, device);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TenonException("TEN5200", $"'{path}' can't be read: {e.Message} Name a file that exists and is readable.", e);
        }
    }

    /// <summary>Reads a value from a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="type">What it holds; a tensor if null.</param>
    /// <param name="device">Where tensors go; the default device if null.</param>
    public static OnnxValue Read(Stream stream, string name, OnnxType? type = null, string? device = null)
    {
        var reader = new TensorReader(new ModelSource(name, null), device);
        return type switch
        {
            OnnxSequenceType => reader.Read(ModelFile.Read<SequenceProto>(stream, name)),
            OnnxOptionalType => reader.Read(ModelFile.Read<OptionalProto>(stream, name)),
            OnnxTensorType { IsSparse: true } => reader.Read(ModelFile.Read<SparseTensorProto>(stream, name)),
            _ => reader.Read(ModelFile.Read<TensorProto>(stream, name)),
        };
    }

    /// <summary>Writes a value, which is realised, in place of what is there.</summary>
    /// <param name="path">The file, usually <c>.pb</c>.</param>
    /// <param name="value">The value.</param>
    /// <param name="name">The name that the file gives it.</param>
    /// <exception cref="TenonException">The file can't be written.</exception>
    public static void Write(string path, OnnxValue value, string name = "") => ModelFile.Write(path, TensorWriter.Write(value, name));
}
