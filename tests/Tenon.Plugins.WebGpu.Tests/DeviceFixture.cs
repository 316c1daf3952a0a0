using System.Runtime.InteropServices;
using Tenon.Core;
using Tenon.Core.Backend;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Plugins.WebGpu.Tests;

/// <summary>Tests of one opened device.</summary>
internal abstract class DeviceFixture
{
    protected Device Device { get; private set; } = null!;

    [OneTimeSetUp]
    public void Open() => Device = TestHost.Open();

    [OneTimeTearDown]
    public void Close() => Device?.Dispose();

    protected DeviceBuffer Upload<T>(params ReadOnlySpan<T> values) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        var buffer = Device.Allocator.Allocate(bytes.Length);
        Device.Allocator.CopyIn(Whole(buffer), bytes);
        return buffer;
    }

    protected T[] Download<T>(DeviceBuffer buffer) where T : unmanaged
    {
        var bytes = new byte[buffer.Bytes];
        Device.Allocator.CopyOut(Whole(buffer), bytes);
        return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
    }

    protected static BufferView Whole(DeviceBuffer buffer) => new(buffer, 0, buffer.Bytes);

    /// <summary>y[i] = x[i] + 1, over words.</summary>
    protected KernelProgram Increment(int size, bool inPlace = false)
    {
        var (x, y) = (Param(0, DType.Int32, size), inPlace ? Param(0, DType.Int32, size) : Param(1, DType.Int32, size));
        var program = Program($"increment_{size}{inPlace}", size, Store(At(y, Special(size)), UOp.Alu(Ops.Add, Load(At(x, Special(size))), Int(1))));
        var parameters = program.Parameters.Select((p, slot) => new KernelParameter { DType = p.DType, Size = p.Size, IsRead = slot == 0, IsWritten = inPlace || slot == 1 });
        return Device.Load(Device.CodeGenerators[0].Generate(new LinearProgram { Name = program.Name, Ops = program.Ops, Parameters = [.. parameters], GlobalSize = size }));
    }
}
