using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.CStyle;

/// <summary>
/// CUDA C++. The arguments of a kernel are the addresses of the buffers, by slot, then the variables in the order of the program, as
/// <c>long long</c>. Local arrays lie in dynamic shared memory: a launch passes the program's <c>LocalBytes</c>. Grid and block have the
/// program's groups and lanes. Compile with <see cref="CompileOptions"/>; kernels with 16-bit floats include <c>cuda_fp16.h</c> or
/// <c>cuda_bf16.h</c>.
/// </summary>
/// <param name="architecture">What is compiled for.</param>
public sealed class CudaRenderer(CudaArchitecture architecture) : CxxRenderer
{
    /// <summary>The options of NVRTC without which the source means something else.</summary>
    public static IReadOnlyList<string> CompileOptions { get; } = ["--std=c++17", "--fmad=false", "--prec-div=true", "--prec-sqrt=true", "--ftz=false"];

    /// <inheritdoc/>
    public override CodeGeneratorTarget Target { get; } = new()
    {
        ExtraOps = architecture.TensorCores.Count > 0 ? ExtraOps | new OpSet(Ops.Wmma) : ExtraOps,
        TensorCores = architecture.TensorCores,
        DTypes = DType.Native.ToDictionary(d => d, d => d == DType.Float16 || (d == DType.BFloat16 && architecture.HasBFloat16)
            ? DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector
            : SupportOf(d)),
        VectorBytes = 16,
        VectorRegisters = 32,
        Fingerprint = $"cuda-{architecture.Name}",
    };

    /// <inheritdoc/>
    protected internal override string Prologue => "";

    /// <inheritdoc/>
    protected internal override string Inline => "static __device__ __forceinline__";

    /// <inheritdoc/>
    protected override string Barrier => "__syncthreads()";

    /// <inheritdoc/>
    protected internal override bool Computes(DType half) => half == DType.Float16 || architecture.HasBFloat16;

    /// <inheritdoc/>
    protected internal override string StorageTypeOf(CStyleKernel kernel, DType dtype)
    {
        if (CStyleTypes.IsHalf(dtype) && !IsBits(dtype))
        {
            var header = dtype.Scalar == DType.Float16 ? "cuda_fp16.h" : "cuda_bf16.h";
            kernel.Define(header, () => $"#include <{header}>");
        }

        return base.StorageTypeOf(kernel, dtype);
    }

    /// <inheritdoc/>
    protected internal override string Bits(CStyleKernel kernel, DType from, DType to, string x)
    {
        if (from.IsFloat && !IsBits(from))
        {
            var (code, type) = from.Bits switch
            {
                64 => ("__double_as_longlong", DType.Int64),
                32 => ("__float_as_uint", DType.UInt32),
                _ => (from == DType.Float16 ? "__half_as_ushort" : "__bfloat16_as_ushort", DType.UInt16),
            };
            return Bits(kernel, type, to, CStyleKernel.Call(code, x));
        }

        return !to.IsFloat || IsBits(to) ? $"(({TypeOf(kernel, to)}){x})" : to.Bits switch
        {
            64 => CStyleKernel.Call("__longlong_as_double", $"(long long){x}"),
            32 => CStyleKernel.Call("__uint_as_float", x),
            _ => CStyleKernel.Call(to == DType.Float16 ? "__ushort_as_half" : "__ushort_as_bfloat16", $"(unsigned short){x}"),
        };
    }

    /// <inheritdoc/>
    protected internal override string ToSingle(CStyleKernel kernel, DType half, string x) =>
        IsBits(half) ? base.ToSingle(kernel, half, x) : CStyleKernel.Call(half == DType.Float16 ? "__half2float" : "__bfloat162float", x);

    /// <inheritdoc/>
    protected internal override string FromSingle(CStyleKernel kernel, DType half, string x) =>
        IsBits(half) ? base.FromSingle(kernel, half, x) : CStyleKernel.Call(half == DType.Float16 ? "__float2half_rn" : "__float2bfloat16_rn", x);

    // Only what is aligned to all of its bytes is one access.
    /// <inheritdoc/>
    protected internal override string LoadVector(CStyleKernel kernel, DType dtype, UOp address)
    {
        var (type, name) = (VectorTypeOf(kernel, dtype), $"load_{CStyleTypes.ShortName(dtype)}");
        return CStyleKernel.Call(
            kernel.Define(name, () =>
                $"{Inline} {type} {name}(const {StorageTypeOf(kernel, dtype)}* p) {{ return {IsAligned(dtype)} ? *(const {type}*)p : {type}{{{{{string.Join(", ", Enumerable.Range(0, dtype.Lanes).Select(i => $"p[{i}]"))}}}}}; }}"),
            kernel[address]);
    }

    /// <inheritdoc/>
    protected internal override string StoreVector(CStyleKernel kernel, UOp address, UOp value)
    {
        var dtype = value.DType;
        var (type, name) = (VectorTypeOf(kernel, dtype), $"store_{CStyleTypes.ShortName(dtype)}");
        return CStyleKernel.Call(
            kernel.Define(name, () =>
                $"{Inline} void {name}({StorageTypeOf(kernel, dtype)}* p, {type} x) {{ if ({IsAligned(dtype)}) *({type}*)p = x; else {{ {string.Join(" ", Enumerable.Range(0, dtype.Lanes).Select(i => $"p[{i}] = x.v[{i}];"))} }} }}"),
            kernel[address],
            kernel[value]);
    }

    /// <inheritdoc/>
    protected override string AlignmentOf(DType vector) => $"__align__({vector.Bytes}) ";

    // With no rounding named, a sum of halves may be contracted; of comparisons not all know NaN.
    /// <inheritdoc/>
    protected override Dictionary<Ops, CStyleExpression> CreateExpressions()
    {
        var expressions = base.CreateExpressions();
        foreach (var (op, function) in new[] { (Ops.Add, "__hadd_rn"), (Ops.Sub, "__hsub_rn"), (Ops.Mul, "__hmul_rn"), (Ops.Neg, "__hneg") })
        {
            var scalar = expressions[op];
            expressions[op] = (k, u, x) => CStyleTypes.IsHalf(u.DType) ? CStyleKernel.Call(function, x) : scalar(k, u, x);
        }

        foreach (var op in OpSet.Comparison)
        {
            var scalar = expressions[op];
            expressions[op] = (k, u, x) => scalar(k, u, CStyleTypes.IsHalf(u[0].DType) ? [.. x.Select(source => ToSingle(k, u[0].DType, source))] : x);
        }

        expressions[Ops.Max] = InSingle(expressions[Ops.Max]);
        return expressions;
    }

    // Registers of 32 bits, in which elements lie in their order.
    /// <inheritdoc/>
    protected override string Multiply(CStyleKernel kernel, TensorCore core, string result)
    {
        var (sums, letter, type) = core.Accumulator == DType.Float32 ? ("f32", "f", "float") : ("f16", "r", "unsigned");
        var input = core.Input == DType.Float16 ? "f16" : core.Input == DType.BFloat16 ? "bf16" : core.Input == DType.Float8E4M3FN ? "e4m3" : core.Input == DType.Float8E5M2 ? "e5m2" : "tf32";
        var (a, b, c) = (core.A.Elements * core.Input.Bits / 32, core.B.Elements * core.Input.Bits / 32, core.C.Elements * core.Accumulator.Bits / 32);
        string Registers(int first, int count) => $"{{{string.Join(", ", Enumerable.Range(first, count).Select(i => $"%{i}"))}}}";
        string Operands(string constraint, string array, int count) => string.Join(", ", Enumerable.Range(0, count).Select(i => $"\"{constraint}\"({array}[{i}])"));
        return $$"""
                {{result}} d;
                const unsigned *ra = (const unsigned*)&a, *rb = (const unsigned*)&b;
                const {{type}}* rc = (const {{type}}*)&c;
                {{type}}* rd = ({{type}}*)&d;
                asm volatile("mma.sync.aligned.m{{core.M}}n{{core.N}}k{{core.K}}.row.col.{{sums}}.{{input}}.{{input}}.{{sums}} {{Registers(0, c)}}, {{Registers(c, a)}}, {{Registers(c + a, b)}}, {{Registers(c + a + b, c)}};"
                    : {{Operands("=" + letter, "rd", c)}}
                    : {{Operands("r", "ra", a)}}, {{Operands("r", "rb", b)}}, {{Operands(letter, "rc", c)}});
                return d;
            """;
    }

    /// <inheritdoc/>
    protected override string Function(string name, DType dtype) => dtype.Bits switch { 64 => name, 32 => name + "f", _ => "__h" + name };

    /// <inheritdoc/>
    protected override string NameOf(DType scalar) => scalar.Kind switch
    {
        DTypeKind.Float => scalar.Bits switch { 64 => "double", 32 => "float", _ => scalar == DType.Float16 ? "__half" : "__nv_bfloat16" },
        var kind => (kind == DTypeKind.UInt ? "unsigned " : scalar.Bits == 8 ? "signed " : "") + scalar.Bits switch { 8 => "char", 16 => "short", 32 => "int", _ => "long long" },
    };

    /// <inheritdoc/>
    protected override string Head(LinearProgram program) => $"extern \"C\" __global__ void __launch_bounds__({program.Lanes.Count})";

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
            kernel.Line($"extern __shared__ __align__(64) unsigned char {LocalBlock}[];");
        }
    }

    /// <inheritdoc/>
    protected override string Index(SpecialKind kind, int dimension) => $"{(kind == SpecialKind.Group ? "blockIdx" : "threadIdx")}.{"xyz"[dimension]}";

    // The lanes that there are, which all come here.
    /// <inheritdoc/>
    protected override string? ExchangeWord(LinearProgram program, string x, string mask) => CStyleKernel.Call(
        "__shfl_xor_sync",
        program.Lanes.Count switch { var n when n % 32 == 0 => "0xffffffffu", < 32 and var n => $"0x{(1u << (int)n) - 1:x}u", _ => "__activemask()" },
        x,
        mask);

    private static string IsAligned(DType vector) => $"(unsigned long long)p % {vector.Bytes} == 0";
}
