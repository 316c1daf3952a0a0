using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>Leaves a program as it is: the interpreter runs the list itself.</summary>
public sealed class InterpreterGenerator : CodeGenerator
{
    private const DTypeSupport Numbers = DTypeSupport.Storage | DTypeSupport.Arithmetic;

    /// <summary>The name of all such generators.</summary>
    public const string GeneratorName = "Linear";

    /// <summary>The generator for a device.</summary>
    public InterpreterGenerator(InterpreterOptions options)
    {
        var support = options.VectorBytes > 0 ? Numbers | DTypeSupport.Vector | DTypeSupport.MaskedLoad : Numbers;
        var ops = new OpSet(Ops.MulAcc, Ops.Exp2, Ops.Log2, Ops.Sin);
        ops |= options.VectorBytes > 0 ? CodeGeneratorTarget.VectorOps | new OpSet(Ops.Shuffle) : default;
        ops |= options.LocalBytes > 0 ? new OpSet(Ops.Local) : default;
        ops |= options.HasWorkgroups ? new OpSet(Ops.Barrier) : default;
        ops |= options.HasWorkgroups && options.SubgroupSize > 0 ? new OpSet(Ops.LaneXor) : default;
        ops |= options.HasWorkgroups && options.TensorCores.Count > 0 ? new OpSet(Ops.Wmma) : default;
        ops |= options.Images is not null ? new OpSet(Ops.Texel) : default;
        Target = new CodeGeneratorTarget
        {
            ExtraOps = ops,
            DTypes = DType.Native.ToDictionary(d => d, _ => support),
            VectorBytes = options.VectorBytes,
            VectorRegisters = 64,
            TensorCores = options.TensorCores,
            Fingerprint = $"linear-g{(options.HasWorkgroups ? options.MaxLanesPerGroup : 0)}-s{options.SubgroupSize}-l{options.LocalBytes}-v{options.VectorBytes}-i{options.Images?.HasBorder}{string.Concat(options.TensorCores.Select(c => $"-{c}"))}",
        };
    }

    /// <inheritdoc/>
    public override string Name => GeneratorName;

    /// <inheritdoc/>
    public override CodeGeneratorTarget Target { get; }

    /// <inheritdoc/>
    public override string Render(LinearProgram program) => ProgramListing.Of(program);

    /// <inheritdoc/>
    protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program) =>
        (LinearProgramSerializer.Serialize(program), Render(program));
}
