using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk;
using Tenon.Sdk.CStyle;

namespace Tenon.Plugins.Cpu.Clang;

/// <summary>Kernels as C, compiled by the machine's clang to a shared library.</summary>
internal sealed class ClangGenerator : SourceGenerator
{
    /// <summary>The generator's name.</summary>
    public const string GeneratorName = "Clang";

    private readonly ClangRenderer _renderer = new();
    private readonly ClangCompiler _compiler;
    private readonly string _folder;

    /// <summary>Creates the generator of a compiler.</summary>
    /// <param name="compiler">What compiles.</param>
    /// <param name="folder">Where temporary files go; null for the system's place.</param>
    public ClangGenerator(ClangCompiler compiler, string? folder)
    {
        _compiler = compiler;
        _folder = folder ?? Path.GetTempPath();
        Target = TargetOf(compiler);
    }

    /// <inheritdoc/>
    public override string Name => GeneratorName;

    /// <inheritdoc/>
    public override CodeGeneratorTarget Target { get; }

    /// <summary>The generator, if this machine has a clang; else null, after a note.</summary>
    public static ClangGenerator? TryCreate(BackendHost host) =>
        ClangFinder.Find(host) is { } compiler ? new ClangGenerator(compiler, host.CacheFolder) : null;

    /// <inheritdoc/>
    public override string Render(LinearProgram program) => _renderer.Render(program);

    /// <inheritdoc/>
    protected override ReadOnlyMemory<byte> Compile(LinearProgram program, string source) => _compiler.Compile(program.Name, source, _folder);

    private static CodeGeneratorTarget TargetOf(ClangCompiler compiler)
    {
        const DTypeSupport Full = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector;
        var (avx512, arm) = (compiler.Defines("__AVX512F__"), compiler.Defines("__aarch64__"));
        var fused = avx512 || arm || compiler.Defines("__FMA__");
        var dot = avx512 ? compiler.Defines("__AVX512VNNI__") && compiler.Defines("__AVX512VL__") : compiler.Defines("__AVXVNNI__") || (arm && compiler.Defines("__ARM_FEATURE_MATMUL_INT8"));
        return new CodeGeneratorTarget
        {
            // Without the instruction it would be a call of the C library.
            ExtraOps = (fused ? ClangRenderer.ExtraOps : ClangRenderer.ExtraOps - new OpSet(Ops.MulAcc)) | (dot ? new OpSet(Ops.Dot4) : default),

            // C's vectors have no load under a mask.
            DTypes = DType.Native.ToDictionary(d => d, d => d switch
            {
                { IsFloat: true, Bits: 16 } => d == DType.Float16 && (arm || compiler.Defines("__F16C__")) ? DTypeSupport.Storage | DTypeSupport.Conversion : DTypeSupport.Storage,
                _ => Full,
            }),
            VectorBytes = avx512 ? 64 : compiler.Defines("__AVX2__") ? 32 : 16,
            VectorRegisters = avx512 || arm ? 32 : 16,
            Fingerprint = compiler.Fingerprint,
        };
    }
}
