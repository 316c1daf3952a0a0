using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk;

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
    public override string Render(LinearProgram program) => ProgramListing.Of(program);

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
