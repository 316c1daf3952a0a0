using Tenon.Core.Backend;
using Tenon.Plugins.Cpu;
using Tenon.Sdk.Tests.CStyle;
using Tenon.Sdk.Tests.Llvm;

namespace Tenon.Sdk.Tests;

/// <summary>Compiles kernels to machine code by a compiler of this machine, and runs them.</summary>
internal abstract unsafe class NativeRunner
{
    public abstract CodeGenerator Generator { get; }

    /// <summary>The runner of that name; the test is ignored where its compiler is absent.</summary>
    public static NativeRunner Named(string name) => name switch
    {
        "Clang" => ClangRunner.Native(),
        "LLVM" => LlvmRunner.Native(),
        "LLVM 15" => LlvmRunner.Native("libLLVM-15.so.1"),
        "Clang for the oldest processor" => ClangRunner.Oldest(),
        "LLVM for the oldest processor" => LlvmRunner.Oldest(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    public void Run(LinearProgram program, byte[][] buffers, params long[] variables)
    {
        using var kernel = Load(Generator.Generate(program));
        var handles = buffers.Select(b => b.AsMemory().Pin()).ToArray();
        var addresses = stackalloc void*[buffers.Length];
        for (var i = 0; i < buffers.Length; i++)
        {
            addresses[i] = handles[i].Pointer;
        }

        fixed (long* values = variables)
        {
            kernel.Run(addresses, values, 0, program.GlobalSize);
        }

        foreach (var handle in handles)
        {
            handle.Dispose();
        }
    }

    protected abstract KernelEntry Load(CompiledKernel kernel);
}
