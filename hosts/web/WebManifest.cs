using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tenon.Web;

/// <summary>What <c>manifest.json</c> holds: all that the module needs to know besides kernels and weights. docs/export.md says what each means.</summary>
internal sealed record WebManifest(
    string Format,
    int Version,
    string Name,
    IReadOnlyDictionary<string, long> Limits,
    long WeightBytes,
    long ArenaBytes,
    IReadOnlyList<WebTensor> Inputs,
    IReadOnlyList<WebTensor> Outputs,
    IReadOnlyList<WebBuffer> Buffers,
    IReadOnlyList<WebKernel> Kernels,
    IReadOnlyList<WebStep> Steps)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The file.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);
}

/// <summary>An input or output.</summary>
internal sealed record WebTensor(string Name, [property: JsonPropertyName("dtype")] string DType, IReadOnlyList<long> Shape, int Buffer);

/// <summary>Memory of the device.</summary>
/// <param name="Kind">input, output, weight or temporary.</param>
/// <param name="Bytes">Its size, whole words.</param>
/// <param name="Weight">The tensor of <c>weights.safetensors</c> that it holds.</param>
/// <param name="Offset">Of a temporary, where it is in the arena, at other times of a run shared with others.</param>
internal sealed record WebBuffer(string Kind, long Bytes, string? Weight = null, long? Offset = null);

/// <summary>A kernel: a section of <c>kernels.wgsl</c>.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Entry">The function.</param>
/// <param name="Windows">For each buffer by how many bindings it is bound.</param>
/// <param name="WindowBytes">Bytes of all bindings of a buffer but the last.</param>
/// <param name="Groups">How many workgroups there are.</param>
internal sealed record WebKernel(string Name, string Entry, IReadOnlyList<int> Windows, long WindowBytes, IReadOnlyList<long> Groups);

/// <summary>A step of a run: a kernel with its buffers and the values of its variables, or a copy from the second buffer to the first.</summary>
internal sealed record WebStep(int? Kernel = null, IReadOnlyList<int>? Buffers = null, IReadOnlyList<long>? Variables = null, IReadOnlyList<int>? Copy = null);
