using System.Runtime.InteropServices;
using Tenon.Core;
using Tenon.Core.Backend;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Plugins.Cl.Tests;

/// <summary>Runs programs over arrays, which it changes in place.</summary>
internal static class KernelRunner
{
    /// <summary>A program that adds 1 to each number.</summary>
    public static LinearProgram CountUp(int size, int loops = 0)
    {
        var address = At(Param(0, DType.Int32, size), Special(size));
        var one = Store(address, UOp.Alu(Ops.Add, Load(address), Int(1)));
        if (loops == 0)
        {
            return Program($"count_up_{size}", size, one);
        }

        var loop = Range(Int(loops), 0);
        var place = At(Param(0, DType.Int32, size), Special(size));
        var sum = Accumulator(Load(place), 0);
        var more = Assign(sum, UOp.Alu(Ops.And, UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, sum, Int(3)), loop), Int(0xffff)));
        return Program($"long_{size}_{loops}", size, sum, loop, more, End(loop), Store(place, UOp.Alu(Ops.Add, sum, Int(1))));
    }

    public static void Run(Device device, LinearProgram program, long[] variables, params byte[][] data)
    {
        using var loaded = device.Load(device.CodeGenerators[0].Generate(program));
        var buffers = data.Select(d => Upload(device, d)).ToArray();
        loaded.Launch([.. buffers.Select(Whole)], variables);
        for (var i = 0; i < data.Length; i++)
        {
            device.Allocator.CopyOut(Whole(buffers[i]), data[i]);
            buffers[i].Dispose();
        }
    }

    public static DeviceBuffer Upload(Device device, byte[] data)
    {
        var buffer = device.Allocator.Allocate(data.Length);
        device.Allocator.CopyIn(Whole(buffer), data);
        return buffer;
    }

    public static byte[] Download(Device device, DeviceBuffer buffer)
    {
        var bytes = new byte[buffer.Bytes];
        device.Allocator.CopyOut(Whole(buffer), bytes);
        return bytes;
    }

    public static BufferView Whole(DeviceBuffer buffer) => new(buffer, 0, buffer.Bytes);

    public static byte[] Bytes<T>(params ReadOnlySpan<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    public static T[] Values<T>(byte[] bytes) where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes).ToArray();
}
