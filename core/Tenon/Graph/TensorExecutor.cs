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

    /// <summary>Whether what a device holds means something: not on one that runs nothing.</summary>
    public virtual bool HasValues(string device) => true;

    public abstract UOp CreateBuffer(DType dtype, long size, string device);

    public abstract void CopyIn(UOp buffer, ReadOnlySpan<byte> data);

    public abstract void CopyOut(UOp buffer, Span<byte> data);

    /// <summary>Lends memory of the host as a buffer; false if the device can't use it.</summary>
    public virtual bool TryLend(nint address, DType dtype, long size, string device, Action<UOp> use) => false;

    /// <summary>Shows a buffer's elements where they lie; false if the host can't see them there.</summary>
    public virtual bool TryUseInPlace(UOp buffer, long bytes, Action<nint> use) => false;

    /// <summary>The device of tensors that are files; null if there is none.</summary>
    public abstract string? FileDevice { get; }

    /// <summary>A file as a buffer of its bytes, of which nothing is read.</summary>
    public abstract UOp OpenFile(string path);

    /// <summary>A new file as a buffer of its bytes.</summary>
    public abstract UOp CreateFile(string path, long bytes);

    /// <summary>Closes a file.</summary>
    public abstract void CloseFile(UOp file);

    /// <summary>Whether a buffer is a file, or a part of one.</summary>
    public abstract bool IsFile(UOp buffer);

    /// <summary>A part of a file as a buffer.</summary>
    public abstract UOp PartOfFile(UOp file, long offset, DType dtype, long size);

    /// <summary>Copies one buffer to another of as many bytes.</summary>
    public abstract void Copy(UOp source, UOp destination);

    public abstract UOp[] Realize(IReadOnlyList<(UOp Value, string Device)> roots);

    /// <summary>Whether what is computed can be recorded.</summary>
    public virtual bool CanRecord => false;

    /// <summary>Records what this flow of control computes; null if that can't be.</summary>
    public virtual Recording? Record() => null;

    /// <summary>Waits for all queued work.</summary>
    public virtual void Synchronize()
    {
    }

    private sealed class RuntimeExecutor : TensorExecutor
    {
        public override string DefaultDevice => TenonRuntime.Default.Devices.Default;

        public override bool IsFastMath => TenonRuntime.Default.IsFastMath;

        public override string Canonicalize(string device) => TenonRuntime.Default.Devices.Canonicalize(device);

        public override bool HasValues(string device) => !TenonRuntime.Default.Devices.Open(device).Capabilities.IsDryRun;

        public override UOp CreateBuffer(DType dtype, long size, string device) => TenonRuntime.Default.CreateBuffer(dtype, size, device);

        public override void CopyIn(UOp buffer, ReadOnlySpan<byte> data) => TenonRuntime.Default.CopyIn(buffer, data);

        public override void CopyOut(UOp buffer, Span<byte> data) => TenonRuntime.Default.CopyOut(buffer, data);

        public override bool TryLend(nint address, DType dtype, long size, string device, Action<UOp> use) =>
            TenonRuntime.Default.TryLend(address, dtype, size, device, use);

        public override bool TryUseInPlace(UOp buffer, long bytes, Action<nint> use) => TenonRuntime.Default.TryUseInPlace(buffer, bytes, use);

        public override string? FileDevice => TenonRuntime.Default.FileDevice;

        public override UOp OpenFile(string path) => TenonRuntime.Default.OpenFile(path);

        public override UOp CreateFile(string path, long bytes) => TenonRuntime.Default.CreateFile(path, bytes);

        public override void CloseFile(UOp file) => TenonRuntime.Default.CloseFile(file);

        public override bool IsFile(UOp buffer) => TenonRuntime.Default.IsFile(buffer);

        public override UOp PartOfFile(UOp file, long offset, DType dtype, long size) => TenonRuntime.Default.PartOfFile(file, offset, dtype, size);

        public override void Copy(UOp source, UOp destination) => TenonRuntime.Default.Copy(source, destination);

        public override UOp[] Realize(IReadOnlyList<(UOp Value, string Device)> roots) => TenonRuntime.Default.Realize(roots);

        public override bool CanRecord => true;

        public override Recording? Record() => TenonRuntime.Default.Record();

        public override void Synchronize() => TenonRuntime.Default.Synchronize();
    }
}
