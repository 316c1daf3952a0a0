using System.Runtime.InteropServices;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk;
using Tenon.Sdk.Llvm;

namespace Tenon.Plugins.Cpu.Llvm;

/// <summary>Kernels as LLVM IR, compiled in this process by a libLLVM to an object that <see cref="ElfImage"/> loads.</summary>
internal sealed class LlvmGenerator : SourceGenerator
{
    /// <summary>The generator's name.</summary>
    public const string GeneratorName = "LLVM";

    private readonly LlvmCompiler _compiler;
    private readonly LlvmHostRenderer _renderer;

    /// <summary>Creates the generator of a compiler.</summary>
    public LlvmGenerator(LlvmCompiler compiler)
    {
        _compiler = compiler;
        Target = TargetOf(compiler);
        _renderer = new LlvmHostRenderer(Target.VectorBytes * 8, OperatingSystem.IsWindows() && IsX64 ? "win64cc" : "", !IsX64 || compiler.Library.Major >= 17);
    }

    /// <inheritdoc/>
    public override string Name => GeneratorName;

    /// <inheritdoc/>
    public override CodeGeneratorTarget Target { get; }

    private static bool IsX64 => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>The generator, if this machine has an LLVM; else null, with the reason.</summary>
    public static LlvmGenerator? TryCreate(BackendHost host, out string reason)
    {
        if (LlvmFinder.Find(host, out reason) is not { } library)
        {
            return null;
        }

        var compiler = new LlvmCompiler(library);
        if (IsX64 && !compiler.Has("sse4.1"))
        {
            reason = "this processor has no SSE 4.1, without which rounding would be a call of the C library";
            return null;
        }

        return new LlvmGenerator(compiler);
    }

    /// <inheritdoc/>
    public override string Render(LinearProgram program) => _renderer.Render(program);

    /// <inheritdoc/>
    protected override ReadOnlyMemory<byte> Compile(LinearProgram program, string source) => _compiler.Compile(program.Name, source);

    private static CodeGeneratorTarget TargetOf(LlvmCompiler compiler)
    {
        const DTypeSupport Full = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector;
        var avx512 = compiler.Has("avx512f");
        var masked = avx512 || compiler.Has("avx2");
        var dot = avx512 ? compiler.Has("avx512vnni") && compiler.Has("avx512vl") : compiler.Has("avxvnni");
        return new CodeGeneratorTarget
        {
            // Without the instruction it would be a call of the C library.
            ExtraOps = (!IsX64 || avx512 || compiler.Has("fma") ? LlvmRenderer.ExtraOps : LlvmRenderer.ExtraOps - new OpSet(Ops.MulAcc)) | (dot ? new OpSet(Ops.Dot4) : default),
            VectorBytes = avx512 ? 64 : compiler.Has("avx2") ? 32 : 16,
            VectorRegisters = avx512 || !IsX64 ? 32 : 16,
            Fingerprint = compiler.Fingerprint,
            DTypes = DType.Native.Where(d => d != DType.Float16 || !IsX64 || compiler.Has("f16c")).ToDictionary(d => d, d => d switch
            {
                { IsFloat: true, Bits: 16 } => DTypeSupport.Storage | DTypeSupport.Conversion,
                { IsBool: false, Bits: >= 32 } when masked => Full | DTypeSupport.MaskedLoad,
                _ => Full,
            }),
        };
    }
}
