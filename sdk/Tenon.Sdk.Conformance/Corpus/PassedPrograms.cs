using System.Security.Cryptography;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>Programs that gave the right results, for the processes of one run: many kernels stay what they are under a mask.</summary>
/// <param name="folder">Where they are kept; null for nowhere.</param>
internal sealed class PassedPrograms(string? folder)
{
    /// <summary>Runs a program of a kernel, unless the same one has passed.</summary>
    public void Once(UOp kernel, LinearProgram program, Action run)
    {
        if (folder is null)
        {
            run();
            return;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(UOpSerializer.Serialize([kernel, .. program.Ops])));
        var file = Path.Combine(folder, $"{hash}.{program.Groups}.{program.Lanes}.passed");
        if (!File.Exists(file))
        {
            run();
            File.WriteAllBytes(file, []);
        }
    }
}
