using Tenon.Core;

namespace Tenon.Sdk.Conformance;

/// <summary>What the reference has computed of kernels, for the processes of one run.</summary>
/// <param name="folder">Where it is kept; null for nowhere.</param>
internal sealed class ReferenceCache(string? folder)
{
    /// <summary>The reference of a kernel.</summary>
    public KernelReference Get(UOp kernel, Func<KernelReference> make)
    {
        if (folder is null)
        {
            return make();
        }

        var file = Path.Combine(folder, UOpSerializer.ContentHash(kernel));
        if (File.Exists(file))
        {
            return KernelReference.Read(File.ReadAllBytes(file));
        }

        // Whoever ends in between leaves no half of a file.
        var reference = make();
        var part = $"{file}.{Environment.ProcessId}";
        File.WriteAllBytes(part, reference.Write());
        File.Move(part, file, overwrite: true);
        return reference;
    }
}

/// <summary>What a kernel must write.</summary>
/// <param name="Terms">How many terms its longest sum has.</param>
/// <param name="Slots">Of each buffer; null for those that are only read.</param>
internal sealed record KernelReference(double Terms, SlotReference?[] Slots)
{
    public static KernelReference Read(byte[] bytes)
    {
        using var r = new BinaryReader(new MemoryStream(bytes));
        var (terms, slots) = (r.ReadDouble(), new SlotReference?[r.ReadInt32()]);
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = r.ReadBoolean() ? SlotReference.Read(r) : null;
        }

        return new KernelReference(terms, slots);
    }

    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        w.Write(Terms);
        w.Write(Slots.Length);
        foreach (var slot in Slots)
        {
            w.Write(slot is not null);
            slot?.Write(w);
        }

        return stream.ToArray();
    }
}

/// <summary>What a kernel must leave in one buffer.</summary>
/// <param name="DType">The element type.</param>
/// <param name="Expected">Its content.</param>
/// <param name="Shaken">Its content if the inputs are another in their last places; null if nothing is known of that.</param>
/// <param name="Written">Which elements are written.</param>
internal sealed record SlotReference(DType DType, byte[] Expected, byte[]? Shaken, bool[] Written)
{
    public static SlotReference Read(BinaryReader r)
    {
        var (dtype, expected) = (DType.Parse(r.ReadString()), r.ReadBytes(r.ReadInt32()));
        var shaken = r.ReadBoolean() ? r.ReadBytes(expected.Length) : null;
        return new SlotReference(dtype, expected, shaken, Array.ConvertAll(r.ReadBytes(expected.Length / dtype.Bytes), b => b != 0));
    }

    public void Write(BinaryWriter w)
    {
        w.Write(DType.Name);
        w.Write(Expected.Length);
        w.Write(Expected);
        w.Write(Shaken is not null);
        w.Write(Shaken ?? []);
        w.Write(Array.ConvertAll(Written, b => b ? (byte)1 : (byte)0));
    }
}
