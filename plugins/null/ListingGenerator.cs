using System.Text;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Null;

/// <summary>"Renders" a program as its listing, for a processor with wide vectors that no machine need have.</summary>
internal sealed class ListingGenerator : CodeGenerator
{
    private const DTypeSupport Scalars = DTypeSupport.Storage | DTypeSupport.Arithmetic;

    /// <inheritdoc/>
    public override string Name => "Listing";

    /// <inheritdoc/>
    public override CodeGeneratorTarget Target { get; } = new()
    {
        ExtraOps = CodeGeneratorTarget.VectorOps | new OpSet(Ops.MulAcc, Ops.Local, Ops.Shuffle),
        DTypes = DType.Native.ToDictionary(d => d, Support),
        VectorBytes = 64,
        VectorRegisters = 32,
        Fingerprint = "null-listing",
    };

    /// <inheritdoc/>
    public override string Render(LinearProgram program)
    {
        var text = new StringBuilder($"{program.Name}: {program.GlobalSize} work items\n");
        for (var i = 0; i < program.Parameters.Count; i++)
        {
            var p = program.Parameters[i];
            text.Append($"  buffer {i}: {p.DType}[{p.Size}]{(p.IsRead ? " read" : "")}{(p.IsWritten ? " written" : "")}\n");
        }

        return text.Append(UOp.Dump(program.Ops)).ToString();
    }

    /// <inheritdoc/>
    protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program) =>
        (ReadOnlyMemory<byte>.Empty, Render(program));

    // What processors commonly have.
    private static DTypeSupport Support(DType dtype) => dtype switch
    {
        { IsFloat: true, Bits: 16 } => DTypeSupport.Storage,
        { IsBool: false, Bits: < 32 } => Scalars,
        _ => Scalars | DTypeSupport.Vector,
    };
}
