using System.Runtime.InteropServices;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu.Tests;

/// <summary>Runs a program over arrays, which it changes in place.</summary>
internal static class KernelRunner
{
    public static void Run(Device device, LinearProgram program, long[] variables, params byte[][] data)
    {
        var kernel = device.CodeGenerators[0].Generate(program);
        using var loaded = device.Load(kernel);
        var buffers = data.Select(d => Upload(device, d)).ToArray();
        loaded.Launch([.. buffers.Select(Whole)], variables);
        for (var i = 0; i < data.Length; i++)
        {
            device.Allocator.CopyOut(Whole(buffers[i]), data[i]);
            buffers[i].Dispose();
        }
    }

    public static void Run(Device device, LinearProgram program, params byte[][] data) => Run(device, program, [], data);

    public static DeviceBuffer Upload(Device device, byte[] data)
    {
        var buffer = device.Allocator.Allocate(data.Length);
        device.Allocator.CopyIn(Whole(buffer), data);
        return buffer;
    }

    public static BufferView Whole(DeviceBuffer buffer) => new(buffer, 0, buffer.Bytes);

    public static byte[] Bytes<T>(params ReadOnlySpan<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    public static T[] Values<T>(byte[] bytes) where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes).ToArray();
}
