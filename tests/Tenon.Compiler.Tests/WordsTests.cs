using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests;

/// <summary>A target whose memory is words of 32 bits, and which has no other integers.</summary>
public class WordsTests
{
    private const DTypeSupport Full = DTypeSupport.Storage | DTypeSupport.Arithmetic;

    private static readonly CodeGeneratorTarget Target = new()
    {
        DTypes = new Dictionary<DType, DTypeSupport> { [DType.Bool] = DTypeSupport.Arithmetic, [DType.Int32] = Full, [DType.UInt32] = Full, [DType.Float32] = Full },
        WordBytes = 4,
        IsIeee = false,
        Fingerprint = "words",
    };

    private static readonly CodeGeneratorView View = new(Target, new Capabilities { DTypes = Target.DTypes });

    /// <summary>Expressions of every dtype on corner values give the same bits, wherever in its first word a buffer begins.</summary>
    [Test]
    public void Expressions_in_words_have_the_same_bits()
    {
        var random = new Random(5);
        var make = new ScalarExpressions(random);
        var (rules, count) = (Decompositions.For(View, isFast: false).ForMachine, 0);
        while (count < 1_500 * LongRun.Factor)
        {
            var expression = make.Make(make.AnyDType(), 1 + random.Next(3));

            // Of 0 and -0 the greater may be either.
            if (expression.TopologicalOrder().Exists(static u => u.DType.IsFloat && (u.DType != DType.Float32 || u.Op == Ops.Max)))
            {
                continue;
            }

            count++;
            var (kernel, parameters) = Kernel(expression);
            var words = Words.Apply(GraphRewrite.Apply(kernel, rules), View, "test");
            RequireWords(words);
            for (var k = 0; k < 6; k++)
            {
                var inputs = make.Assign(expression);
                var memory = new WordMemory(random);
                parameters.ForEach(p => memory.Write(p.Slot, p.Leaf.DType, inputs[p.Leaf]));
                var others = memory.Reserve(parameters.Count, expression.DType);
                memory.Run(words);
                var (expected, actual) = (ScalarExpressions.Evaluate(expression, inputs), memory.Read(parameters.Count, expression.DType));
                if (expected != actual && !(double.IsNaN(expected.AsDouble) && double.IsNaN(actual.AsDouble)))
                {
                    Assert.Fail($"{expected} became {actual} of {string.Join(", ", inputs.Values)}\n{expression.Dump()}\n→\n{words.Dump()}");
                }

                Assert.That(others(), Is.True, "a store has changed what lies beside it");
            }
        }
    }

    /// <summary>Quotients of 64 bits, over all sizes of both operands.</summary>
    [Test]
    public void Quotients_of_64_bits_are_exact([Values] bool isSigned, [Values(Ops.IntDiv, Ops.IntMod)] Ops op)
    {
        var random = new Random(6);
        var dtype = isSigned ? DType.Int64 : DType.UInt64;
        UOp Leaf(int n) => UOp.New(Ops.Param, dtype, [], new ParamArg(n, 1));
        var (kernel, _) = Kernel(UOp.Alu(op, Leaf(0), Leaf(1)));
        var words = Words.Apply(kernel, View, "test");
        for (var n = 0; n < 1_000 * LongRun.Factor; n++)
        {
            var (x, y) = (random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64), random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(63));
            x = n % 5 == 0 ? y * random.Next(9) - random.Next(3) : x;
            if (y == 0 || (isSigned && y == -1))
            {
                continue;
            }

            var memory = new WordMemory(random);
            memory.Write(0, dtype, Of(x));
            memory.Write(1, dtype, Of(y));
            memory.Reserve(2, dtype);
            memory.Run(words);
            var expected = isSigned ? op == Ops.IntDiv ? x / y : x % y : (long)(op == Ops.IntDiv ? (ulong)x / (ulong)y : (ulong)x % (ulong)y);
            Assert.That(memory.Read(2, dtype).RawBits, Is.EqualTo(expected), $"{x} {op} {y}");
        }

        Scalar Of(long value) => ((Scalar)value).To(dtype);
    }

    /// <summary>Sums of 64 bits in loops are two variables that change together.</summary>
    [Test]
    public void Sums_of_64_bits_carry()
    {
        var (input, output) = (UOp.New(Ops.Param, DType.Int64, [], new ParamArg(0, 5)), UOp.New(Ops.Param, DType.Int64, [], new ParamArg(1, 1)));
        var range = UOp.New(Ops.Range, DType.Index, [UOp.Index(5)], new RangeArg(0, RangeKind.Reduce));
        var load = UOp.New(Ops.Load, DType.Int64, [UOp.New(Ops.Index, DType.Int64, [input, range])]);
        var product = UOp.New(Ops.Reduce, DType.Int64, [load, range], new ReduceArg(Ops.Mul, Axes.None));
        var store = UOp.New(Ops.Store, DType.Void, [UOp.New(Ops.Index, DType.Int64, [output, UOp.Index(0)]), product]);
        var program = KernelCompiler.Compile(UOp.Sink([UOp.New(Ops.End, DType.Void, [store])], new KernelArg("product")), new Capabilities { DTypes = Target.DTypes }, Target, new CompilerOptions { Optimise = false });
        Assert.That(program.Ops.Count(u => u.Op == Ops.Accumulator), Is.EqualTo(2));

        // Whoever reads a half as it was does so before either changes.
        var list = program.Ops.ToList();
        var first = list.FindIndex(u => u.Op == Ops.Assign);
        Assert.That(list.FindLastIndex(u => u.Op != Ops.Assign && u.Src.ToArray().Any(s => s.Op == Ops.Accumulator)), Is.LessThan(list.FindLastIndex(u => u.Op == Ops.Assign)).And.GreaterThan(0), $"{first}");
        foreach (var assign in list.Where(u => u.Op == Ops.Assign))
        {
            var readers = Enumerable.Range(0, list.Count).Where(i => list[i].Op != Ops.Assign && list[i].Src.Contains(assign[0]));
            Assert.That(readers, Is.All.LessThan(list.IndexOf(assign)));
        }
    }

    /// <summary>Vectors are not loaded from parts of words, though a target may compute with vectors of that type.</summary>
    [Test]
    public void Parts_of_words_are_loaded_one_by_one()
    {
        var range = UOp.New(Ops.Range, DType.Index, [UOp.Index(64)], new RangeArg(0, RangeKind.Loop));
        UOp At(DType dtype, int slot) => UOp.New(Ops.Index, dtype, [UOp.New(Ops.Param, dtype, [], new ParamArg(slot, 64)), range]);
        UOp Load(DType dtype, int slot) => UOp.New(Ops.Load, dtype, [At(dtype, slot)]);
        var chosen = UOp.Where(Load(DType.Bool, 0), Load(DType.Float32, 1), UOp.Const(DType.Float32, 0));
        var store = UOp.New(Ops.Store, DType.Void, [At(DType.Float32, 2), chosen]);
        var kernel = UOp.Sink([UOp.New(Ops.End, DType.Void, [store, range])], new KernelArg("masked"));
        var target = Target with
        {
            DTypes = Target.DTypes.ToDictionary(d => d.Key, d => d.Value | DTypeSupport.Vector),
            ExtraOps = CodeGeneratorTarget.VectorOps,
            VectorBytes = 16,
        };

        var program = KernelCompiler.Compile(kernel, new Capabilities { DTypes = Target.DTypes }, target, new CompilerOptions { Opts = [new Opt(OptKind.Vector, 0, 4)] });
        Assert.That(program.Ops.Where(u => u.Op == Ops.Load).Select(u => u.DType), Is.EquivalentTo(new[] { DType.UInt32, DType.UInt32, DType.UInt32, DType.UInt32, DType.Float32.Vec(4) }));
    }

    [Test]
    public void What_counts_beyond_32_bits_is_said()
    {
        var input = UOp.New(Ops.Param, DType.UInt8, [], new ParamArg(0, 1L << 32));
        var store = UOp.New(Ops.Store, DType.Void, [UOp.New(Ops.Index, DType.UInt8, [input, UOp.Const(DType.Int64, 1L << 31)]), UOp.Const(DType.UInt8, 1)]);
        Assert.That(() => Words.Apply(UOp.Sink([store]), View, "large"), Throws.InstanceOf<TenonException>().With.Property("Code").EqualTo("TEN4350"));
    }

    private static (UOp Kernel, List<(UOp Leaf, int Slot)> Parameters) Kernel(UOp expression)
    {
        var (map, parameters) = (new NodeMap<UOp>(), new List<(UOp Leaf, int Slot)>());
        foreach (var leaf in expression.TopologicalOrder().Where(u => u.Op == Ops.Param))
        {
            map[leaf] = UOp.New(Ops.Load, leaf.DType, [At(leaf.DType, parameters.Count)]);
            parameters.Add((leaf, parameters.Count));
        }

        return (UOp.Sink([UOp.New(Ops.Store, DType.Void, [At(expression.DType, parameters.Count), expression.Substitute(map)])]), parameters);

        static UOp At(DType dtype, int slot) => UOp.New(Ops.Index, dtype, [UOp.New(Ops.Param, dtype, [], new ParamArg(slot, 1)), UOp.Const(DType.Int32, 0)]);
    }

    private static void RequireWords(UOp kernel)
    {
        foreach (var u in kernel.TopologicalOrder())
        {
            Assert.That(u.DType == DType.Void || Target.DTypes.ContainsKey(u.DType), $"{u} is of {u.DType}");
        }
    }
}
