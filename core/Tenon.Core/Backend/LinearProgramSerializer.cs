namespace Tenon.Core.Backend;

/// <summary>Linear programs as bytes, for generators whose compiled form is the program itself.</summary>
public static class LinearProgramSerializer
{
    /// <summary>The program as bytes.</summary>
    public static byte[] Serialize(LinearProgram program)
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        w.Write(program.Name);
        w.Write(program.GlobalSize);
        w.Write(program.Groups);
        w.Write(program.Lanes);
        w.Write(program.LocalBytes);
        w.Write(program.Operations);
        w.Write(program.MemoryBytes);
        w.Write7BitEncodedInt(program.Variables.Count);
        foreach (var v in program.Variables)
        {
            w.Write(v);
        }

        w.Write7BitEncodedInt(program.Parameters.Count);
        foreach (var p in program.Parameters)
        {
            w.Write(p.DType.Name);
            w.Write(p.Size);
            w.Write(p.IsRead);
            w.Write(p.IsWritten);
            w.Write(p.IsStreamed);
            w.Write(p.Image?.Width ?? 0);
            w.Write(p.Image?.Height ?? 0);
        }

        w.Write(UOpSerializer.Serialize(program.Ops));
        return stream.ToArray();
    }

    /// <summary>The program of <see cref="Serialize"/>.</summary>
    /// <exception cref="TenonException">The bytes are damaged or of another version.</exception>
    public static LinearProgram Deserialize(ReadOnlySpan<byte> bytes)
    {
        using var r = new BinaryReader(new MemoryStream(bytes.ToArray()));
        try
        {
            var name = r.ReadString();
            var (global, groups, lanes) = (r.ReadInt64(), r.ReadGridSize(), r.ReadGridSize());
            var (local, operations, memory) = (r.ReadInt64(), r.ReadInt64(), r.ReadInt64());
            var variables = new string[r.Read7BitEncodedInt()];
            for (var i = 0; i < variables.Length; i++)
            {
                variables[i] = r.ReadString();
            }

            var parameters = new KernelParameter[r.Read7BitEncodedInt()];
            for (var i = 0; i < parameters.Length; i++)
            {
                parameters[i] = new KernelParameter
                {
                    DType = DType.Parse(r.ReadString()),
                    Size = r.ReadInt64(),
                    IsRead = r.ReadBoolean(),
                    IsWritten = r.ReadBoolean(),
                    IsStreamed = r.ReadBoolean(),
                    Image = new ImageSize(r.ReadInt64(), r.ReadInt64()) is { Width: > 0 } image ? image : null,
                };
            }

            return new LinearProgram
            {
                Name = name,
                GlobalSize = global,
                Groups = groups,
                Lanes = lanes,
                LocalBytes = local,
                Operations = operations,
                MemoryBytes = memory,
                Variables = variables,
                Parameters = parameters,
                Ops = UOpSerializer.Deserialize(bytes[(int)r.BaseStream.Position..]),
            };
        }
        catch (Exception e) when (e is IOException or FormatException or OverflowException or OutOfMemoryException)
        {
            throw new TenonException("TEN1003", $"A serialised program is damaged at byte {r.BaseStream.Position} of {bytes.Length}: {e.Message}", e);
        }
    }
}
