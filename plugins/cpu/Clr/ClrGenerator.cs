using System.Text;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>
/// Kernels as IL with hardware intrinsics, compiled by the .NET JIT. Machine code can't be kept, so the binary is the program
/// itself, and the device compiles it when it loads it.
/// </summary>
/// <param name="vectorBytes">Bytes of a vector; 0 for none.</param>
internal sealed class ClrGenerator(int vectorBytes) : CodeGenerator
{
    /// <summary>The generator's name.</summary>
    public const string GeneratorName = "CLR";

    /// <inheritdoc/>
    public override string Name => GeneratorName;

    /// <inheritdoc/>
    public override CodeGeneratorTarget Target { get; } = ClrTarget.Create(vectorBytes);

    /// <inheritdoc/>
    public override string Render(LinearProgram program)
    {
        var text = new StringBuilder();
        text.AppendLine($"// {program.Name}: {program.GlobalSize} work items");
        for (var i = 0; i < program.Parameters.Count; i++)
        {
            var p = program.Parameters[i];
            text.AppendLine($"// buffer {i}: {p.DType}[{p.Size}]{(p.IsRead ? " read" : "")}{(p.IsWritten ? " written" : "")}");
        }

        return text.Append(UOp.Dump(program.Ops)).ToString();
    }

    /// <inheritdoc/>
    protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program) =>
        (LinearProgramSerializer.Serialize(program), null);
}
