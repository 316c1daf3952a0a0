using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.CStyle;

/// <summary>
/// OpenCL C 1.2, or 3.0 for what came with it. The arguments of a kernel are, for each buffer by slot, its memory object (<c>__global T*</c>) and where its first element
/// lies in that (<c>long</c>, in elements; of an image that is a line in texels, of a plane not at all), then each variable in the order of the program (<c>long</c>). Local arrays are declared in the
/// kernel. The local size is that of the program's lanes, and compiled in; the global size is groups times lanes. Build with
/// <see cref="BuildOptions"/>.
/// </summary>
/// <param name="features">What the device offers.</param>
public sealed class OpenCLRenderer(OpenCLFeatures features) : WorkgroupRenderer
{
    /// <summary>The options of <c>clBuildProgram</c> without which the source means something else.</summary>
    public string BuildOptions { get; } = (features.Shuffle == OpenCLShuffle.Khronos ? "-cl-std=CL3.0" : "-cl-std=CL1.2") + (features.HasExactDivision ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");

    /// <inheritdoc/>
    public override CodeGeneratorTarget Target { get; } = TargetOf(features);

    /// <inheritdoc/>
    protected internal override string Prologue { get; } = string.Join('\n', Pragmas(features));

    /// <inheritdoc/>
    protected internal override string Inline => "static inline";

    /// <inheritdoc/>
    protected internal override string LongSuffix => "L";

    /// <inheritdoc/>
    protected override string Barrier => "barrier(CLK_LOCAL_MEM_FENCE)";

    // Exact in twice the bits and two more, so that rounding that is rounding once.
    private bool DividesInDouble => features is { HasExactDivision: false, HasDouble: true };

    /// <summary>What kernels for such a device may be made of.</summary>
    public static CodeGeneratorTarget TargetOf(OpenCLFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        const DTypeSupport Moved = DTypeSupport.Storage | DTypeSupport.Conversion;
        const DTypeSupport Full = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector;
        var extra = GroupOps | new OpSet(Ops.Shuffle);
        extra |= features.HasMulAcc ? new OpSet(Ops.MulAcc) : default;
        extra |= features.Shuffle != OpenCLShuffle.None ? new OpSet(Ops.LaneXor) : default;
        extra |= features.Images != OpenCLImages.None ? new OpSet(Ops.Texel) : default;
        return new CodeGeneratorTarget
        {
            ExtraOps = extra,
            DTypes = DType.Native.Where(d => d != DType.Float64 || features.HasDouble).ToDictionary(d => d, d => d switch
            {
                { IsFloat: true, Bits: 16 } => d == DType.Float16 && features.HasHalf ? Full : Moved,
                { IsBool: false, Bits: < 32 } => Moved | DTypeSupport.Arithmetic,
                _ => Full,
            }),
            VectorBytes = features.VectorBytes,
            VectorRegisters = features.VectorRegisters,
            Fingerprint = $"opencl-{features.Fingerprint}",
        };
    }

    /// <inheritdoc/>
    protected internal override bool Computes(DType half) => half == DType.Float16 && features.HasHalf;

    /// <inheritdoc/>
    protected internal override string VectorTypeOf(CStyleKernel kernel, DType dtype) => $"{StorageTypeOf(kernel, dtype)}{dtype.Lanes}";

    /// <inheritdoc/>
    protected internal override string Lane(string vector, int lane) => $"{vector}.s{lane:x}";

    /// <inheritdoc/>
    protected internal override string Pack(CStyleKernel kernel, DType dtype, IEnumerable<string> lanes)
    {
        string[] all = [.. lanes];
        return $"(({VectorTypeOf(kernel, dtype)})({string.Join(", ", all.Distinct().Count() == 1 ? all[..1] : all)}))";
    }

    /// <inheritdoc/>
    protected internal override string LoadVector(CStyleKernel kernel, DType dtype, UOp address) => CStyleKernel.Call($"vload{dtype.Lanes}", "0", kernel[address]);

    /// <inheritdoc/>
    protected internal override string StoreVector(CStyleKernel kernel, UOp address, UOp value) => CStyleKernel.Call($"vstore{value.DType.Lanes}", kernel[value], "0", kernel[address]);

    /// <inheritdoc/>
    protected internal override string Bits(CStyleKernel kernel, DType from, DType to, string x) =>
        CStyleKernel.Call($"as_{TypeOf(kernel, to)}", from is { IsVector: false, Bits: < 32 } ? $"({TypeOf(kernel, from)}){x}" : x);

    /// <inheritdoc/>
    protected internal override string ToSingle(CStyleKernel kernel, DType half, string x) => half == DType.BFloat16 ? base.ToSingle(kernel, half, x)
        : features.HasHalf ? $"((float){x})"
        : CStyleKernel.Call(kernel.Define("cast_f16_f32", () => $"{Inline} float cast_f16_f32(ushort x) {{ return vload_half(0, (const half*)&x); }}"), x);

    /// <inheritdoc/>
    protected internal override string FromSingle(CStyleKernel kernel, DType half, string x) => half == DType.BFloat16 ? base.FromSingle(kernel, half, x)
        : features.HasHalf ? $"((half){x})"
        : CStyleKernel.Call(kernel.Define("cast_f32_f16", () => $"{Inline} ushort cast_f32_f16(float x) {{ ushort bits; vstore_half_rte(x, 0, (half*)&bits); return bits; }}"), x);

    /// <inheritdoc/>
    protected internal override CStyleExpression? VectorExpression(UOp op) =>
        op.Op is Ops.Div or Ops.Sqrt && DividesInDouble && op.DType.Bits == 32 ? null : OpenCLVectors.ExpressionOf(this, op);

    /// <inheritdoc/>
    protected override Dictionary<Ops, CStyleExpression> CreateExpressions()
    {
        var expressions = base.CreateExpressions();
        var lane = expressions[Ops.Extract];
        expressions[Ops.Shuffle] = (k, op, x) => CStyleKernel.Call(OpenCLVectors.Shuffle(k, op.DType, op.ArgAs<Axes>()), x);
        expressions[Ops.Extract] = (k, op, x) => op.DType.IsVector ? $"{x[0]}.s{string.Concat(Enumerable.Range(op.ArgAs<int>(), op.DType.Lanes).Select(i => $"{i:x}"))}" : lane(k, op, x);
        if (DividesInDouble)
        {
            expressions[Ops.Div] = InSingle((_, op, x) => op.DType.Bits == 32 ? $"((float)((double){x[0]} / (double){x[1]}))" : $"({x[0]} / {x[1]})");
            expressions[Ops.Sqrt] = InSingle((_, op, x) => op.DType.Bits == 32 ? $"((float)sqrt((double){x[0]}))" : CStyleKernel.Call("sqrt", x));
        }

        expressions[Ops.Texel] = (k, op, x) => features.Images == OpenCLImages.Lines
            ? CStyleKernel.Call("read_imagef", x[0], $"(int)(offset{op[0].ArgAs<ParamArg>().Slot} + {x[1]})")
            : CStyleKernel.Call("read_imagef", x[0], Sampler(k), $"(int2)({CStyleKernel.Bare(x[1])}, {CStyleKernel.Bare(x[2])})");
        return expressions;
    }

    private static string Sampler(CStyleKernel kernel) => kernel.Define("texels", () =>
        "__constant sampler_t texels = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP | CLK_FILTER_NEAREST;");

    private string Argument(CStyleKernel kernel, KernelParameter parameter, int slot) =>
        parameter.Image is null ? $"{Pointer(kernel, parameter.DType, isLocal: false)} data{slot}, long offset{slot}"
        : features.Images == OpenCLImages.Lines ? $"read_only image1d_buffer_t data{slot}, long offset{slot}"
        : $"read_only image2d_t data{slot}";

    /// <inheritdoc/>
    protected override string NameOf(DType scalar) => scalar.Kind switch
    {
        DTypeKind.Float => scalar.Bits switch { 64 => "double", 32 => "float", _ => "half" },
        var kind => (kind == DTypeKind.UInt ? "u" : "") + scalar.Bits switch { 8 => "char", 16 => "short", 32 => "int", _ => "long" },
    };

    /// <inheritdoc/>
    protected override string Head(LinearProgram program) =>
        $"__kernel __attribute__((reqd_work_group_size({program.Lanes.X}, {program.Lanes.Y}, {program.Lanes.Z}))) void";

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments(CStyleKernel kernel) =>
    [
        .. kernel.Program.Parameters.Select((p, slot) => Argument(kernel, p, slot)),
        .. kernel.Program.Variables.Select((name, i) => $"long {Variable(name, i)}"),
    ];

    /// <inheritdoc/>
    protected override string AddressSpace(bool isLocal) => isLocal ? "__local " : "__global ";

    /// <inheritdoc/>
    protected override void Begin(CStyleKernel kernel)
    {
        for (var slot = 0; slot < kernel.Program.Parameters.Count; slot++)
        {
            if (kernel.Program.Parameters[slot].Image is null)
            {
                kernel.Line($"data{slot} += offset{slot};");
            }
        }

        if (kernel.Program.LocalBytes > 0)
        {
            kernel.Line($"__local char {LocalBlock}[{kernel.Program.LocalBytes}] __attribute__((aligned(64)));");
        }
    }

    /// <inheritdoc/>
    protected override string Index(SpecialKind kind, int dimension) => $"{(kind == SpecialKind.Group ? "get_group_id" : "get_local_id")}({dimension})";

    /// <inheritdoc/>
    protected override string? ExchangeWord(LinearProgram program, string x, string mask) => features.Shuffle switch
    {
        OpenCLShuffle.Khronos => CStyleKernel.Call("sub_group_shuffle_xor", x, mask),
        OpenCLShuffle.Intel => CStyleKernel.Call("intel_sub_group_shuffle_xor", x, mask),
        _ => null,
    };

    private static IEnumerable<string> Pragmas(OpenCLFeatures features)
    {
        yield return "#pragma OPENCL FP_CONTRACT OFF";
        foreach (var (has, extension) in new[]
        {
            (features.HasDouble, "cl_khr_fp64"),
            (features.HasHalf, "cl_khr_fp16"),
            (features.Shuffle == OpenCLShuffle.Khronos, "cl_khr_subgroup_shuffle"),
            (features.Shuffle == OpenCLShuffle.Intel, "cl_intel_subgroups"),
        })
        {
            if (has)
            {
                yield return $"#pragma OPENCL EXTENSION {extension} : enable";
            }
        }
    }
}
