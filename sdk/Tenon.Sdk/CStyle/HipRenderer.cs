using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.CStyle;

/// <summary>
/// HIP, as the Clang of ROCm takes it without headers. The arguments of a kernel are the addresses of the buffers, by slot, then the variables
/// in the order of the program, as <c>long long</c>. Local arrays are declared in the kernel. Grid and block have the program's groups and
/// lanes. Compile with <see cref="CompileOptions"/> and the device libraries.
/// </summary>
/// <param name="architecture">What is compiled for.</param>
public sealed class HipRenderer(HipArchitecture architecture) : CxxRenderer
{
    /// <summary>The compiler options without which the source means something else.</summary>
    public static IReadOnlyList<string> CompileOptions { get; } = ["-std=c++17", "-ffp-contract=off", "-fno-fast-math", "-fhip-fp32-correctly-rounded-divide-sqrt"];

    /// <inheritdoc/>
    public override CodeGeneratorTarget Target { get; } = new()
    {
        ExtraOps = architecture.TensorCores.Count > 0 ? ExtraOps | new OpSet(Ops.Wmma) : ExtraOps,
        TensorCores = architecture.TensorCores,
        DTypes = DType.Native.ToDictionary(d => d, d => d == DType.Float16 ? DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector : SupportOf(d)),
        VectorBytes = 16,
        VectorRegisters = 32,
        Fingerprint = $"hip-{architecture.Name}",
    };

    /// <inheritdoc/>
    protected internal override string Prologue => """
        #ifndef __global__
        #define __global__ __attribute__((global))
        #define __device__ __attribute__((device))
        #define __shared__ __attribute__((shared))
        #endif
        extern "C" __device__ float __ocml_sqrt_f32(float);
        extern "C" __device__ double __ocml_sqrt_f64(double);
        """;

    /// <inheritdoc/>
    protected internal override string Inline => "static inline __device__ __attribute__((always_inline))";

    // Stores before it are seen by the group after it.
    /// <inheritdoc/>
    protected override string Barrier =>
        "__builtin_amdgcn_fence(__ATOMIC_RELEASE, \"workgroup\"), __builtin_amdgcn_s_barrier(), __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, \"workgroup\")";

    /// <inheritdoc/>
    protected internal override bool Computes(DType half) => half == DType.Float16;

    /// <inheritdoc/>
    protected internal override string Bits(CStyleKernel kernel, DType from, DType to, string x) => $"__builtin_bit_cast({TypeOf(kernel, to)}, {(to.Bits < 32 ? $"({TypeOf(kernel, from)}){x}" : x)})";

    /// <inheritdoc/>
    protected internal override string ToSingle(CStyleKernel kernel, DType half, string x) => IsBits(half) ? base.ToSingle(kernel, half, x) : $"((float){x})";

    /// <inheritdoc/>
    protected internal override string FromSingle(CStyleKernel kernel, DType half, string x) => IsBits(half) ? base.FromSingle(kernel, half, x) : $"((_Float16){x})";

    /// <inheritdoc/>
    protected override string Multiply(CStyleKernel kernel, TensorCore core, string result)
    {
        var isHalf = core.Input == DType.Float16;
        var isBrain = core.Input == DType.BFloat16;
        var size = $"{core.M}x{core.N}x{core.K}";

        // Sums of 16 bits lie in the lower halves of registers.
        if (core.Name.StartsWith("wmma.16x", StringComparison.Ordinal) && core.Accumulator == DType.Float16)
        {
            var spread = string.Join(", ", Enumerable.Range(0, 16).Select(i => i % 2 == 0 ? $"c.v[{i / 2}]" : "0"));
            var gathered = $"{result}{{{{{string.Join(", ", Enumerable.Range(0, 8).Select(i => $"d[{2 * i}]"))}}}}}";
            return $$"""
                    typedef _Float16 half16 __attribute__((ext_vector_type(16)));
                    half16 d = __builtin_amdgcn_wmma_f16_{{size}}_f16_w32(__builtin_bit_cast(half16, a), __builtin_bit_cast(half16, b), (half16){{{spread}}}, false);
                    return {{gathered}};
                """;
        }

        var (input, count) = isHalf ? ("_Float16", core.A.Elements) : isBrain ? ("short", core.A.Elements) : core.Input.IsFloat ? ("long long", 1) : ("int", core.A.Elements / 4);
        var sums = core.Accumulator == DType.Float32 ? "float" : core.Accumulator == DType.Int32 ? "int" : core.Accumulator == DType.Float16 ? "_Float16" : "short";
        var sumName = core.Accumulator == DType.Float32 ? "f32" : core.Accumulator == DType.Int32 ? "i32" : core.Accumulator == DType.Float16 ? "f16" : "bf16";
        var (a, b, c) = ("__builtin_bit_cast(input, a)", "__builtin_bit_cast(input, b)", "__builtin_bit_cast(sums, c)");
        var call = core switch
        {
            { Lanes: 64, Input.Bits: 8 } when core.Input.Format!.FractionBits == 3 => $"mfma_f32_{size}_fp8_fp8({a}, {b}, {c}, 0, 0, 0)",
            { Lanes: 64, Input.Bits: 8 } => $"mfma_f32_{size}_bf8_bf8({a}, {b}, {c}, 0, 0, 0)",
            { Lanes: 64 } => $"mfma_f32_{size}{(isHalf ? "f16" : "bf16_1k")}({a}, {b}, {c}, 0, 0, 0)",
            { Input.IsFloat: false } => $"wmma_i32_{size}_iu8_w32(true, {a}, true, {b}, {c}, false)",
            _ => $"wmma_{sumName}_{size}_{(isHalf ? "f16" : "bf16")}_w32{(core.Name.Contains("gfx12", StringComparison.Ordinal) ? "_gfx12" : "")}({a}, {b}, {c})",
        };
        return $$"""
                typedef {{input}} input{{(count > 1 ? $" __attribute__((ext_vector_type({count})))" : "")}};
                typedef {{sums}} sums __attribute__((ext_vector_type({{core.C.Elements}})));
                return __builtin_bit_cast({{result}}, __builtin_amdgcn_{{call}});
            """;
    }

    /// <inheritdoc/>
    protected override string Function(string name, DType dtype) =>
        name == "sqrt" ? $"__ocml_sqrt_f{dtype.Bits}" : $"__builtin_{name}{dtype.Bits switch { 64 => "", 32 => "f", _ => "f16" }}";

    /// <inheritdoc/>
    protected override string NameOf(DType scalar) => scalar.Kind switch
    {
        DTypeKind.Float => scalar.Bits switch { 64 => "double", 32 => "float", _ => "_Float16" },
        var kind => (kind == DTypeKind.UInt ? "unsigned " : scalar.Bits == 8 ? "signed " : "") + scalar.Bits switch { 8 => "char", 16 => "short", 32 => "int", _ => "long long" },
    };

    /// <inheritdoc/>
    protected override string Head(LinearProgram program) =>
        $"extern \"C\" __global__ __attribute__((amdgpu_flat_work_group_size(1, {program.Lanes.Count}))) void";

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments(CStyleKernel kernel) =>
    [
        .. kernel.Program.Parameters.Select((p, slot) => $"{Pointer(kernel, p.DType, isLocal: false)} data{slot}"),
        .. kernel.Program.Variables.Select((name, i) => $"long long {Variable(name, i)}"),
    ];

    /// <inheritdoc/>
    protected override void Begin(CStyleKernel kernel)
    {
        if (kernel.Program.LocalBytes > 0)
        {
            kernel.Line($"__shared__ __attribute__((aligned(64))) unsigned char {LocalBlock}[{kernel.Program.LocalBytes}];");
        }
    }

    /// <inheritdoc/>
    protected override string Index(SpecialKind kind, int dimension) =>
        $"__builtin_amdgcn_{(kind == SpecialKind.Group ? "workgroup" : "workitem")}_id_{"xyz"[dimension]}()";

    /// <inheritdoc/>
    protected override string? ExchangeWord(LinearProgram program, string x, string mask) =>
        $"((unsigned int)__builtin_amdgcn_ds_bpermute((__builtin_amdgcn_mbcnt_hi(~0u, __builtin_amdgcn_mbcnt_lo(~0u, 0u)) ^ {mask}) << 2, (int){x}))";
}
