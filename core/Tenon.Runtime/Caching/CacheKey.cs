using System.Security.Cryptography;
using System.Text;
using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Hashes of all that a schedule or a compiled kernel depends on.</summary>
internal static class CacheKey
{
    public static string OfSchedule(UOp graph, Capabilities device, CodeGeneratorTarget? target, string compiler) =>
        Hash($"schedule\n{UOpSerializer.ContentHash(graph)}\n{Common(device, compiler)}\n{target?.VectorBytes} {(target is null ? "" : Text(target.DTypes))}");

    /// <param name="kernel">The kernel.</param>
    /// <param name="device">What the device has.</param>
    /// <param name="generator">What compiles it.</param>
    /// <param name="compiler">The compiler's fingerprint.</param>
    /// <param name="opts">How its loops are changed; null for what the heuristic chooses.</param>
    public static string OfKernel(UOp kernel, Capabilities device, CodeGenerator generator, string compiler, IReadOnlyList<Opt>? opts = null) => Hash(string.Join(
        '\n', "kernel", UOpSerializer.ContentHash(kernel), Common(device, compiler), generator.GetType().Module.ModuleVersionId, Text(generator), opts is null ? "heuristic" : string.Join('\n', opts)));

    /// <summary>Of what a search finds: it outlives builds of the compiler and of the device's plugin.</summary>
    public static string OfTuning(UOp kernel, Capabilities device, CodeGenerator generator) =>
        Hash(string.Join('\n', "tuning", UOpSerializer.ContentHash(kernel), Contract.Version, Text(device), Text(generator)));

    private static string Common(Capabilities c, string compiler) => string.Join('\n', compiler, typeof(CacheKey).Module.ModuleVersionId, Contract.Version, Text(c));

    private static string Text(Capabilities c) => string.Join('\n', Text(c.DTypes), c.Parallelism, c.MaxBuffers, c.MaxBufferBytes, c.L1CacheBytes, c.L2CacheBytes, c.L3CacheBytes, c.LocalBytes, c.Alignment, c.IsDryRun, c.Workgroups, c.Images, string.Join(' ', c.Images?.DTypes ?? []));

    private static string Text(CodeGenerator generator)
    {
        var t = generator.Target;
        return string.Join('\n', generator.Name, t.Fingerprint, t.VectorBytes, t.VectorRegisters, t.WordBytes, t.IsIeee, t.ExtraOps, Text(t.DTypes));
    }

    private static string Text(IReadOnlyDictionary<DType, DTypeSupport> dtypes)
    {
        var text = new StringBuilder();
        foreach (var dtype in DType.Native)
        {
            text.Append(dtypes.TryGetValue(dtype, out var support) ? (int)support : 0).Append(' ');
        }

        return text.ToString();
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
