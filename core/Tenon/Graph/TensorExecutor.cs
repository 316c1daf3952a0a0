using Tenon.Core;
using Tenon.Runtime;

namespace Tenon;

/// <summary>What tensors need in order to have values: storage, and somebody who runs graphs.</summary>
internal abstract class TensorExecutor
{
    /// <summary>Who runs the graphs of this process: the runtime, or an evaluator of the tests.</summary>
    public static TensorExecutor Current { get; set; } = new RuntimeExecutor();

    public abstract string DefaultDevice { get; }

    /// <summary>Whether values are computed by fast maths now.</summary>
    public virtual bool IsFastMath => false;

    public abstract string Canonicalize(string device);

    public abstract UOp CreateBuffer(DType dtype, long size, string device);

    public abstract void CopyIn(UOp buffer, ReadOnlySpan<byte> data);

    public abstract void CopyOut(UOp buffer, Span<byte> data);

    public abstract UOp[] Realize(IReadOnlyList<(UOp Value, string Device)> roots);

    private sealed class RuntimeExecutor : TensorExecutor
    {
        public override string DefaultDevice => TenonRuntime.Default.Devices.Default;

        public override bool IsFastMath => TenonRuntime.Default.IsFastMath;

        public override string Canonicalize(string device) => TenonRuntime.Default.Devices.Canonicalize(device);

        public override UOp CreateBuffer(DType dtype, long size, string device) => TenonRuntime.Default.CreateBuffer(dtype, size, device);

        public override void CopyIn(UOp buffer, ReadOnlySpan<byte> data) => TenonRuntime.Default.CopyIn(buffer, data);

        public override void CopyOut(UOp buffer, Span<byte> data) => TenonRuntime.Default.CopyOut(buffer, data);

        public override UOp[] Realize(IReadOnlyList<(UOp Value, string Device)> roots) => TenonRuntime.Default.Realize(roots);
    }
}
