using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>What the compiler asks of a target.</summary>
internal sealed class CodeGeneratorView(CodeGeneratorTarget target, Capabilities device)
{
    public int VectorBytes => target.VectorBytes;

    public int VectorRegisters => target.VectorRegisters;

    public int Parallelism => device.Parallelism;

    public bool Has(Core.Ops op) => target.ExtraOps.Contains(op) || CodeGeneratorTarget.BaseOps.Contains(op);

    public bool IsVector(DType dtype) => target.VectorBytes >= 16 && Support(dtype).HasFlag(DTypeSupport.Vector);

    public bool HasMaskedLoad(DType dtype) => IsVector(dtype) && Support(dtype).HasFlag(DTypeSupport.MaskedLoad);

    public bool HasArithmetic(DType dtype) => Support(dtype).HasFlag(DTypeSupport.Arithmetic);

    private DTypeSupport Support(DType dtype) => dtype == DType.Index ? Support(DType.Int32) : target.DTypes.GetValueOrDefault(dtype.Scalar);
}
