using System.Security.Cryptography;
using System.Text;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Hashes of all that a schedule or a compiled kernel depends on.</summary>
internal static class CacheKey
{
    public static string OfSchedule(UOp graph, Capabilities device, string compiler) => Hash($"schedule\n{UOpSerializer.ContentHash(graph)}\n{Common(device, compiler)}");

    public static string OfKernel(UOp kernel, Capabilities device, CodeGenerator generator, string compiler)
    {
        var t = generator.Target;
        var text = string.Join('\n', "kernel", UOpSerializer.ContentHash(kernel), Common(device, compiler), generator.Name, generator.GetType().Module.ModuleVersionId,
            t.Fingerprint, t.VectorBytes, t.VectorRegisters, t.ExtraOps, Text(t.DTypes));
        return Hash(text);
    }

    private static string Common(Capabilities c, string compiler) => string.Join('\n', compiler, typeof(CacheKey).Module.ModuleVersionId, Contract.Version,
        Text(c.DTypes), c.Parallelism, c.MaxBuffers, c.MaxBufferBytes, c.L1CacheBytes, c.L2CacheBytes, c.L3CacheBytes, c.LocalBytes, c.Alignment);

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
