using System.Runtime.InteropServices;
using Tenon.Core.Backend;
using Tenon.Sdk.Interpreter;

namespace Tenon.Sdk.Tests.Interpreter;

/// <summary>Runs programs by the interpreter over arrays, which they change in place.</summary>
internal static class InterpreterRunner
{
    /// <summary>Runs; null stands for a buffer that nothing has written.</summary>
    public static void Run(LinearProgram program, InterpreterOptions options, byte[]?[] data, params long[] variables)
    {
        using var device = new InterpreterDevice(options);
        using var kernel = device.Load(device.CodeGenerators[0].Generate(program));
        var buffers = new DeviceBuffer[data.Length];
        for (var i = 0; i < data.Length; i++)
        {
            buffers[i] = device.Allocator.Allocate(data[i]?.Length ?? program.Parameters[i].Size * program.Parameters[i].DType.Bytes);
            if (data[i] is { } bytes)
            {
                device.Allocator.CopyIn(Whole(buffers[i]), bytes);
            }
        }

        kernel.Launch([.. buffers.Select(Whole)], variables);
        for (var i = 0; i < data.Length; i++)
        {
            if (data[i] is { } bytes)
            {
                device.Allocator.CopyOut(Whole(buffers[i]), bytes);
            }
        }
    }

    public static void Run(LinearProgram program, params byte[]?[] data) => Run(program, new InterpreterOptions(), data);

    public static byte[] Bytes<T>(params ReadOnlySpan<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    public static T[] Values<T>(byte[] bytes) where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes).ToArray();

    private static BufferView Whole(DeviceBuffer buffer) => new(buffer, 0, buffer.Bytes);
}
