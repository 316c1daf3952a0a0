using Google.Protobuf;
using Tenon.State;

namespace Tenon.Onnx.Format;

/// <summary>Reads and writes messages of ONNX's format.</summary>
internal static class ModelFile
{
    /// <summary>The message that a file holds.</summary>
    /// <exception cref="TenonException">The file can't be read.</exception>
    /// <exception cref="TenonFormatException">It is no such message.</exception>
    public static T Read<T>(string path) where T : IMessage<T>, new()
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Read<T>(stream, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TenonException("TEN5200", $"'{path}' can't be read: {e.Message} Name a file that exists and is readable.", e);
        }
    }

    /// <summary>The message that a stream holds.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">What to call it in errors.</param>
    public static T Read<T>(Stream stream, string name) where T : IMessage<T>, new()
    {
        using var input = new CodedInputStream(stream, leaveOpen: true);
        var message = new T();
        try
        {
            message.MergeFrom(input);
            return message;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new TenonFormatException("TEN5200", name, input.Position, message.Descriptor.Name, $"not a message of ONNX: {e.Message} Expected a file written by ONNX's tools, whole.", e);
        }
    }

    /// <summary>Writes a message to a file, in place of what is there.</summary>
    public static void Write(string path, IMessage message)
    {
        try
        {
            using var stream = File.Create(path);
            message.WriteTo(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TenonException("TEN5213", $"'{path}' can't be written: {e.Message} Choose a folder that exists and is writable.", e);
        }
    }
}
