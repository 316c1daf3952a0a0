using System.Text;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Wgsl;

/// <summary>
/// A kernel in WGSL, and what is needed to launch it: docs/wgsl.md says how buffers and parameters are bound.
/// </summary>
/// <param name="Source">The text of the module; its entry point is <see cref="EntryPoint"/>.</param>
/// <param name="Dispatch">How many workgroups a launch has.</param>
/// <param name="Windows">For each buffer, by how many bindings it is bound: one, or several of <paramref name="WindowBytes"/> bytes.</param>
/// <param name="WindowBytes">Bytes of all bindings of one buffer but the last.</param>
public sealed record WgslShader(string Source, GridSize Dispatch, IReadOnlyList<int> Windows, long WindowBytes)
{
    /// <summary>For each buffer, whether the kernel writes it.</summary>
    public required IReadOnlyList<bool> Written { get; init; }

    /// <summary>
    /// For each buffer, whether <see cref="Source"/> reads or writes it in vectors: views of these begin at multiples of <see cref="VectorBytes"/> and have
    /// a multiple of it, or <see cref="Unaligned"/> is launched instead.
    /// </summary>
    public IReadOnlyList<bool> Vectors { get; init; } = [];

    /// <summary>The text for views that lie anywhere; null if that is <see cref="Source"/> too.</summary>
    public string? Unaligned { get; init; }

    /// <summary>How many variables a launch passes.</summary>
    public int Variables { get; init; }

    /// <summary>Bytes of a vector.</summary>
    public const int VectorBytes = 16;

    /// <summary>The name of the entry point.</summary>
    public const string EntryPoint = "main";

    /// <summary>The binding of the block of parameters, in group 0. That of the first buffer's first window comes after it.</summary>
    public const int ParameterBinding = 0;

    /// <summary>The shader as bytes, for a cache.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8))
        {
            writer.Write(Dispatch);
            writer.Write(WindowBytes);
            writer.Write(Windows.Count);
            for (var slot = 0; slot < Windows.Count; slot++)
            {
                writer.Write(Windows[slot]);
                writer.Write(Written[slot]);
                writer.Write(Unaligned is not null && Vectors[slot]);
            }

            writer.Write(Variables);
            writer.Write(Source);
            writer.Write(Unaligned ?? "");
        }

        return stream.ToArray();
    }

    /// <summary>What <see cref="ToBytes"/> has written.</summary>
    public static WgslShader FromBytes(ReadOnlyMemory<byte> bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes.ToArray()), Encoding.UTF8);
        var (dispatch, windowBytes, windows) = (reader.ReadGridSize(), reader.ReadInt64(), new int[reader.ReadInt32()]);
        var (written, vectors) = (new bool[windows.Length], new bool[windows.Length]);
        for (var slot = 0; slot < windows.Length; slot++)
        {
            (windows[slot], written[slot], vectors[slot]) = (reader.ReadInt32(), reader.ReadBoolean(), reader.ReadBoolean());
        }

        var variables = reader.ReadInt32();
        var (source, unaligned) = (reader.ReadString(), reader.ReadString());
        return new WgslShader(source, dispatch, windows, windowBytes) { Written = written, Vectors = vectors, Unaligned = unaligned.Length > 0 ? unaligned : null, Variables = variables };
    }
}
