using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.CStyle;

/// <summary>
/// Metal Shading Language. A kernel has the buffers at the indices of their slots, after them one buffer with all variables in the order of
/// the program, as <c>long</c> (only if there are any), and its local arrays in threadgroup memory 0, whose length is the program's
/// <c>LocalBytes</c>. Threadgroups and their threads are the program's groups and lanes. Compile with fast maths off.
/// </summary>
/// <param name="family">What is compiled for.</param>
public sealed class MetalRenderer(MetalFamily family) : CxxRenderer
{
    /// <inheritdoc/>
    public override CodeGeneratorTarget Target { get; } = new()
    {
        ExtraOps = family.TensorCores.Count > 0 ? ExtraOps | new OpSet(Ops.Wmma) : ExtraOps,
        TensorCores = family.TensorCores,
        DTypes = DType.Native.Where(d => d != DType.Float64).ToDictionary(d => d, d => d == DType.Float16 ? DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector : SupportOf(d)),
        VectorBytes = 16,
        VectorRegisters = 32,
        Fingerprint = $"metal-{family.Name}",
    };

    /// <inheritdoc/>
    protected internal override string Prologue => """
        #include <metal_stdlib>
        #ifndef LOCAL_BLOCK
        #define LOCAL_BLOCK [[threadgroup(0)]]
        #endif
        #pragma clang fp contract(off)
        using namespace metal;
        """;

    /// <inheritdoc/>
    protected internal override string Inline => "static inline";

    /// <inheritdoc/>
    protected internal override string LongSuffix => "L";

    /// <inheritdoc/>
    protected override string Barrier => "threadgroup_barrier(mem_flags::mem_threadgroup)";

    /// <inheritdoc/>
    protected internal override bool Computes(DType half) => half == DType.Float16;

    /// <inheritdoc/>
    protected internal override string Bits(CStyleKernel kernel, DType from, DType to, string x) =>
        CStyleKernel.Call($"as_type<{TypeOf(kernel, to)}>", to.Bits < 32 ? $"({TypeOf(kernel, from)}){x}" : x);

    /// <inheritdoc/>
    protected internal override string ToSingle(CStyleKernel kernel, DType half, string x) => IsBits(half) ? base.ToSingle(kernel, half, x) : $"((float){x})";

    /// <inheritdoc/>
    protected internal override string FromSingle(CStyleKernel kernel, DType half, string x) => IsBits(half) ? base.FromSingle(kernel, half, x) : $"((half){x})";

    /// <inheritdoc/>
    protected override string AddressSpace(bool isLocal) => isLocal ? "threadgroup " : "device ";

    /// <inheritdoc/>
    protected override string Multiply(CStyleKernel kernel, TensorCore core, string result)
    {
        static string Matrix(DType dtype) => $"simdgroup_{(dtype == DType.Float32 ? "float" : dtype == DType.Float16 ? "half" : "bfloat")}8x8";
        static string Fill(string matrix, DType dtype) => string.Join(" ", Enumerable.Range(0, 2).Select(i =>
            $"m{matrix}.thread_elements()[{i}] = {(dtype == DType.BFloat16 ? $"as_type<bfloat>({matrix}.v[{i}])" : $"{matrix}.v[{i}]")};"));
        var read = Enumerable.Range(0, 2).Select(i => core.Accumulator == DType.BFloat16 ? $"as_type<ushort>(md.thread_elements()[{i}])" : $"md.thread_elements()[{i}]");
        var gathered = $"{result}{{{{{string.Join(", ", read)}}}}}";
        return $$"""
                {{Matrix(core.Input)}} ma, mb;
                {{Matrix(core.Accumulator)}} mc, md;
                {{Fill("a", core.Input)}}
                {{Fill("b", core.Input)}}
                {{Fill("c", core.Accumulator)}}
                simdgroup_multiply_accumulate(md, ma, mb, mc);
                return {{gathered}};
            """;
    }

    /// <inheritdoc/>
    protected override string NameOf(DType scalar) => scalar.Kind switch
    {
        DTypeKind.Float => scalar.Bits == 32 ? "float" : "half",
        var kind => (kind == DTypeKind.UInt ? "u" : "") + scalar.Bits switch { 8 => "char", 16 => "short", 32 => "int", _ => "long" },
    };

    /// <inheritdoc/>
    protected override string Head(LinearProgram program) => $"[[kernel, max_total_threads_per_threadgroup({program.Lanes.Count})]] void";

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments(CStyleKernel kernel)
    {
        var program = kernel.Program;
        foreach (var (slot, parameter) in program.Parameters.Index())
        {
            yield return $"{Pointer(kernel, parameter.DType, isLocal: false)} data{slot} [[buffer({slot})]]";
        }

        if (program.Variables.Count > 0)
        {
            yield return $"constant long* variables [[buffer({program.Parameters.Count})]]";
        }

        if (program.LocalBytes > 0)
        {
            yield return $"threadgroup uchar* {LocalBlock} LOCAL_BLOCK";
        }

        yield return "uint3 group [[threadgroup_position_in_grid]]";
        yield return "uint3 lane [[thread_position_in_threadgroup]]";
    }

    /// <inheritdoc/>
    protected override string Variable(string name, int position) => $"variables[{position}]";

    /// <inheritdoc/>
    protected override string Index(SpecialKind kind, int dimension) => $"{(kind == SpecialKind.Group ? "group" : "lane")}.{"xyz"[dimension]}";

    /// <inheritdoc/>
    protected override string? ExchangeWord(LinearProgram program, string x, string mask) => CStyleKernel.Call("simd_shuffle_xor", x, $"(ushort){mask}");
}
