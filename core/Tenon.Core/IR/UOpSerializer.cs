using System.Security.Cryptography;

namespace Tenon.Core;

/// <summary>Graphs and lists of nodes as bytes, for caches and for hashes that are stable across processes.</summary>
public static class UOpSerializer
{
    private const byte FormatVersion = 3;

    private enum ArgTag : byte
    {
        None,
        Scalar,
        Buffer,
        Param,
        Reduce,
        Variable,
        Range,
        Special,
        Kernel,
        Axes,
        Text,
        Integer,
        Local,
        Function,
        KernelWithImages,
    }

    /// <summary>The listed nodes with all that they are made from, in an order in which sources come before users.</summary>
    public static byte[] Serialize(IReadOnlyList<UOp> nodes)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var number = new NodeSet();
        var all = UOp.Sink(nodes is UOp[] array ? array : [.. nodes]).TopologicalOrder();
        all.RemoveAt(all.Count - 1);
        writer.Write(FormatVersion);
        writer.Write7BitEncodedInt(all.Count);
        foreach (var node in all)
        {
            number.Add(node);
            writer.Write((byte)node.Op);
            writer.Write7BitEncodedInt(node.DType.Id);
            writer.Write7BitEncodedInt(node.Src.Length);
            foreach (var s in node.Src)
            {
                writer.Write7BitEncodedInt(number.IndexOf(s));
            }

            WriteArg(writer, node.Arg);
        }

        writer.Write7BitEncodedInt(nodes.Count);
        foreach (var node in nodes)
        {
            writer.Write7BitEncodedInt(number.IndexOf(node));
        }

        return stream.ToArray();
    }

    /// <summary>The listed nodes of <see cref="Serialize"/>.</summary>
    /// <exception cref="TenonException">The bytes are damaged or of another version.</exception>
    public static UOp[] Deserialize(ReadOnlySpan<byte> bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes.ToArray()));
        try
        {
            if (reader.ReadByte() is var version && version != FormatVersion)
            {
                throw new InvalidDataException($"format version {version}, expected {FormatVersion}");
            }

            var all = new UOp[CheckedCount(reader)];
            for (var i = 0; i < all.Length; i++)
            {
                var op = (Ops)reader.ReadByte();
                var dtype = DType.FromId(reader.Read7BitEncodedInt());
                var src = new UOp[CheckedCount(reader)];
                for (var j = 0; j < src.Length; j++)
                {
                    src[j] = all[reader.Read7BitEncodedInt()] ?? throw new InvalidDataException("a source comes after its user");
                }

                all[i] = UOp.New(op, dtype, src, ReadArg(reader));
            }

            var nodes = new UOp[CheckedCount(reader)];
            for (var i = 0; i < nodes.Length; i++)
            {
                nodes[i] = all[reader.Read7BitEncodedInt()];
            }

            return nodes;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException or IndexOutOfRangeException or ArgumentException)
        {
            throw new TenonException("TEN1003", $"A serialised graph is damaged at byte {reader.BaseStream.Position} of {bytes.Length}: {e.Message}", e);
        }
    }

    /// <summary>A SHA-256 of the content, as hexadecimal digits: the same in every process.</summary>
    public static string ContentHash(UOp root) => Convert.ToHexStringLower(SHA256.HashData(Serialize([root])));

    private static int CheckedCount(BinaryReader reader)
    {
        var n = reader.Read7BitEncodedInt();
        return n >= 0 && n <= reader.BaseStream.Length ? n : throw new InvalidDataException($"a count of {n}");
    }

    private static void WriteArg(BinaryWriter w, object? arg)
    {
        switch (arg)
        {
            case null:
                w.Write((byte)ArgTag.None);
                break;
            case Scalar s:
                w.Write((byte)ArgTag.Scalar);
                w.Write((byte)s.Kind);
                w.Write(s.RawBits);
                break;
            case BufferArg b:
                w.Write((byte)ArgTag.Buffer);
                w.Write(b.Id);
                w.Write(b.Size);
                w.Write(b.Device);
                break;
            case ParamArg p:
                w.Write((byte)ArgTag.Param);
                w.Write(p.Slot);
                w.Write(p.Size);
                w.Write(p.Device ?? "");
                break;
            case LocalArg l:
                w.Write((byte)ArgTag.Local);
                w.Write7BitEncodedInt(l.Number);
                w.Write(l.Size);
                w.Write(l.Offset);
                break;
            case ReduceArg r:
                w.Write((byte)ArgTag.Reduce);
                w.Write((byte)r.Op);
                WriteAxes(w, r.Axes);
                break;
            case VariableArg v:
                w.Write((byte)ArgTag.Variable);
                w.Write(v.Name);
                w.Write(v.Min);
                w.Write(v.Max);
                break;
            case RangeArg r:
                w.Write((byte)ArgTag.Range);
                w.Write(r.Id);
                w.Write((byte)r.Kind);
                break;
            case SpecialArg s:
                w.Write((byte)ArgTag.Special);
                w.Write(s.Name);
                w.Write(s.Size);
                w.Write((byte)s.Kind);
                w.Write7BitEncodedInt(s.Dimension);
                break;
            case KernelArg k:
                w.Write((byte)(k.Images.Count > 0 ? ArgTag.KernelWithImages : ArgTag.Kernel));
                w.Write(k.Name);
                w.Write((byte)((k.FastMath ? 1 : 0) | (k.IsArranged ? 2 : 0)));
                if (k.Images.Count > 0)
                {
                    WriteAxes(w, k.Images);
                }

                break;
            case Axes a:
                w.Write((byte)ArgTag.Axes);
                WriteAxes(w, a);
                break;
            case string text:
                w.Write((byte)ArgTag.Text);
                w.Write(text);
                break;
            case int i:
                w.Write((byte)ArgTag.Integer);
                w.Write(i);
                break;
            case MathFunction f:
                w.Write((byte)ArgTag.Function);
                w.Write((byte)f);
                break;
            default:
                throw new InvalidOperationException($"An argument of type {arg.GetType().Name} can't be serialised.");
        }
    }

    private static object? ReadArg(BinaryReader r) => (ArgTag)r.ReadByte() switch
    {
        ArgTag.None => null,
        ArgTag.Scalar => Scalar.FromRawBits((DTypeKind)r.ReadByte(), r.ReadInt64()),
        ArgTag.Buffer => new BufferArg(r.ReadInt64(), r.ReadInt64(), r.ReadString()),
        ArgTag.Param => new ParamArg(r.ReadInt32(), r.ReadInt64(), r.ReadString() is { Length: > 0 } device ? device : null),
        ArgTag.Local => new LocalArg(r.Read7BitEncodedInt(), r.ReadInt64(), r.ReadInt64()),
        ArgTag.Reduce => new ReduceArg((Ops)r.ReadByte(), ReadAxes(r)),
        ArgTag.Variable => new VariableArg(r.ReadString(), r.ReadInt64(), r.ReadInt64()),
        ArgTag.Range => new RangeArg(r.ReadInt32(), (RangeKind)r.ReadByte()),
        ArgTag.Special => new SpecialArg(r.ReadString(), r.ReadInt64()) { Kind = (SpecialKind)r.ReadByte(), Dimension = r.Read7BitEncodedInt() },
        ArgTag.Kernel => ReadKernel(r.ReadString(), r.ReadByte()),
        ArgTag.KernelWithImages => ReadKernel(r.ReadString(), r.ReadByte()) with { Images = ReadAxes(r) },
        ArgTag.Axes => ReadAxes(r),
        ArgTag.Text => r.ReadString(),
        ArgTag.Integer => r.ReadInt32(),
        ArgTag.Function => (MathFunction)r.ReadByte(),
        var tag => throw new InvalidDataException($"unknown argument tag {(byte)tag}"),
    };

    private static KernelArg ReadKernel(string name, byte flags) => new(name, (flags & 1) != 0) { IsArranged = (flags & 2) != 0 };

    private static void WriteAxes(BinaryWriter w, Axes axes)
    {
        w.Write7BitEncodedInt(axes.Count);
        foreach (var a in axes.Span)
        {
            w.Write7BitEncodedInt(a);
        }
    }

    private static Axes ReadAxes(BinaryReader r)
    {
        var axes = new int[CheckedCount(r)];
        for (var i = 0; i < axes.Length; i++)
        {
            axes[i] = r.Read7BitEncodedInt();
        }

        return new Axes(axes);
    }
}
