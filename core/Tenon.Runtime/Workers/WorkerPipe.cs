using Tenon.Compiler;

namespace Tenon.Runtime;

/// <summary>Messages over a pair of pipes. Each is a length, its kind, its number, and the rest; an answer has the number of what it answers.</summary>
internal static class WorkerPipe
{
    private const int MaxBytes = 1 << 30;

    /// <summary>Writes a message as a whole.</summary>
    public static void Write(Stream pipe, byte kind, int number, Action<BinaryWriter> content)
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        w.Write(0);
        w.Write(kind);
        w.Write(number);
        content(w);
        w.Flush();
        stream.Position = 0;
        w.Write((int)stream.Length - sizeof(int));
        w.Flush();
        lock (pipe)
        {
            pipe.Write(stream.GetBuffer().AsSpan(0, (int)stream.Length));
            pipe.Flush();
        }
    }

    /// <summary>The next message; null at the end.</summary>
    public static (byte Kind, int Number, BinaryReader Content)? Read(Stream pipe)
    {
        var length = new byte[sizeof(int)];
        if (pipe.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length || BitConverter.ToInt32(length) is < 5 or > MaxBytes)
        {
            return null;
        }

        var bytes = new byte[BitConverter.ToInt32(length)];
        if (pipe.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            return null;
        }

        var reader = new BinaryReader(new MemoryStream(bytes));
        return (reader.ReadByte(), reader.ReadInt32(), reader);
    }

    public static void Write(BinaryWriter w, Rejection? rejection)
    {
        w.Write(rejection is not null);
        if (rejection is not null)
        {
            w.Write((int)rejection.Reason);
            w.Write(rejection.Detail);
        }
    }

    public static Rejection? ReadRejection(BinaryReader r) => r.ReadBoolean() ? new Rejection((RejectReason)r.ReadInt32(), r.ReadString()) : null;
}
