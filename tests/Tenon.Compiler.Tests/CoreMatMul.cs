using System.Buffers.Binary;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk.Interpreter;
using Tenon.Sdk.TensorCores;

namespace Tenon.Compiler.Tests;

/// <summary>A product of matrices of small whole numbers, in the dtypes of a tensor core: every sum is exact.</summary>
/// <param name="Core">The only core that the device has.</param>
/// <param name="M">Rows.</param>
/// <param name="N">Columns.</param>
/// <param name="K">What is summed over.</param>
/// <param name="Batch">How many products.</param>
public sealed record CoreMatMul(TensorCore Core, int M, int N, int K, int Batch)
{
    /// <summary>Whether the right factor is stored by columns; then 3 is added to each result, too.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>How often all of it is summed, by a loop that both factors depend on.</summary>
    public int Outer { get; init; } = 1;

    /// <summary>Whether fast maths is asked for.</summary>
    public bool FastMath { get; init; } = true;

    /// <summary>Bytes of a vector of the device.</summary>
    public int VectorBytes { get; init; } = 16;

    /// <summary>A product of so many blocks of the core of that name.</summary>
    public static CoreMatMul Of(string core, Func<TensorCore, (int M, int N, int K)> size, int batch)
    {
        var found = TensorCoreList.All.Single(c => c.Name == core);
        var (m, n, k) = size(found);
        return new CoreMatMul(found, m, n, k, batch);
    }

    /// <summary>The program, by the heuristic or as the changes say.</summary>
    public LinearProgram Compile(params Opt[] opts)
    {
        using var device = Device();
        return KernelCompiler.Compile(Kernel(), device.Capabilities, device.CodeGenerators[0].Target, new CompilerOptions { CheckIndices = true, CheckSteps = true, Opts = opts.Length == 0 ? null : opts });
    }

    internal LoopNest Changed(params Opt[] opts)
    {
        var nest = new LoopNest(Kernel(), [Core]);
        foreach (var opt in opts)
        {
            nest.Apply(opt);
        }

        return nest;
    }

    /// <summary>Compiles and runs it, and checks every result.</summary>
    public LinearProgram Run(params Opt[] opts)
    {
        var program = Compile(opts);
        using var device = Device();
        using var kernel = device.Load(device.CodeGenerators[0].Generate(program));
        using var a = Upload(device, Core.Input, Outer * Batch * M * K, Left);
        using var b = Upload(device, Core.Input, Outer * Batch * K * N, Right);
        using var c = device.Allocator.Allocate((long)Batch * M * N * Core.Result.Bytes);
        kernel.Launch([Whole(c), Whole(a), Whole(b)]);
        var bytes = new byte[c.Bytes];
        device.Allocator.CopyOut(Whole(c), bytes);
        for (var i = 0; i < Batch * M * N; i++)
        {
            var (batch, m, n) = (i / N / M, i / N % M, i % N);
            var sum = IsTransposed ? 3 : 0;
            for (var k = 0; k < Outer * K; k++)
            {
                var (o, inner) = (k / K, k % K);
                sum += Left((((o * Batch) + batch) * M + m) * K + inner) * Right(IsTransposed ? (((o * Batch) + batch) * N + n) * K + inner : (((o * Batch) + batch) * K + inner) * N + n);
            }

            Assert.That(Read(Core.Result, bytes.AsSpan(i * Core.Result.Bytes)), Is.EqualTo(sum), $"batch {batch}, row {m}, column {n} of {this}");
        }

        return program;
    }

    // Without a pattern that could hide a wrong index.
    private static int Left(int i) => (int)((uint)(i * 2654435761u) >> 20) % 3 - 1;

    private static int Right(int i) => (int)((uint)(i * 2246822519u + 7) >> 19) % 3 - 1;

    private InterpreterDevice Device() => new(new InterpreterOptions { TensorCores = [Core], VectorBytes = VectorBytes, SubgroupSize = Math.Min(Core.Lanes, Core.Lanes == 64 ? 64 : 32) });

    private UOp Kernel()
    {
        UOp Loop(int id, int size, RangeKind kind = RangeKind.Loop) => size == 1 ? UOp.Index(0) : UOp.Range(UOp.Index(size), id, kind);
        var (batch, m, n) = (Loop(0, Batch), Loop(1, M), Loop(2, N));
        var (outer, k) = (Loop(3, Outer, RangeKind.Reduce), Loop(4, K, RangeKind.Reduce));
        var block = IndexMath.Add(IndexMath.Mul(outer, UOp.Index(Batch)), batch);
        var left = Factor(1, Batch * M * K * Outer, Row(Row(block, M, m), K, k));
        var right = Factor(2, Batch * K * N * Outer, IsTransposed ? Row(Row(block, N, n), K, k) : Row(Row(block, K, k), N, n));
        var sum = UOp.New(Ops.Reduce, Core.Accumulator, [UOp.Alu(Ops.Mul, left, right), .. new[] { outer, k }.Where(r => r.Op == Ops.Range)], new ReduceArg(Ops.Add, Axes.None));
        var value = IsTransposed ? UOp.Alu(Ops.Add, sum, UOp.Const(sum.DType, 3)) : sum;
        var place = UOp.New(Ops.Index, Core.Result, [UOp.New(Ops.Param, Core.Result, [], new ParamArg(0, Batch * M * N)), Row(Row(batch, M, m), N, n)]);
        var store = UOp.New(Ops.Store, DType.Void, [place, value]);
        return UOp.Sink([UOp.New(Ops.End, DType.Void, [store, .. new[] { batch, m, n }.Where(r => r.Op == Ops.Range)])], new KernelArg("product", FastMath));
    }

    private UOp Factor(int slot, int size, UOp index)
    {
        var stored = Core.Input.Stored;
        var load = UOp.New(Ops.Load, stored, [UOp.New(Ops.Index, stored, [UOp.New(Ops.Param, stored, [], new ParamArg(slot, size)), index])]);
        return stored == Core.Input ? load.Cast(Core.Accumulator) : Simplifier.Simplify(FloatCodes.Decode(Core.Input.Format!, load));
    }

    private static UOp Row(UOp row, int size, UOp column) => IndexMath.Add(IndexMath.Mul(row, UOp.Index(size)), column);

    private static DeviceBuffer Upload(Device device, DType dtype, int count, Func<int, int> value)
    {
        var bytes = new byte[dtype.BytesOf(count)];
        for (var i = 0; i < count; i++)
        {
            var at = bytes.AsSpan(i * dtype.Bytes);
            switch (dtype.Name)
            {
                case "float32":
                    BinaryPrimitives.WriteSingleLittleEndian(at, value(i));
                    break;
                case "int8":
                    at[0] = (byte)value(i);
                    break;
                case var _ when dtype.Bits == 8:
                    at[0] = (byte)dtype.Format!.Encode(value(i));
                    break;
                default:
                    BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)dtype.Format!.Encode(value(i)));
                    break;
            }
        }

        var buffer = device.Allocator.Allocate(bytes.Length);
        device.Allocator.CopyIn(Whole(buffer), bytes);
        return buffer;
    }

    private static double Read(DType dtype, ReadOnlySpan<byte> bytes) => dtype.Name switch
    {
        "float32" => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        "int32" => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        _ => dtype.Format!.Decode(BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
    };

    private static BufferView Whole(DeviceBuffer buffer) => new(buffer, 0, buffer.Bytes);
}
