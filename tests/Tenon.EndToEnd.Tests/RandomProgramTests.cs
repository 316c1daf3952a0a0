using Tenon.Core;
using Tenon.Tests.Shared;

namespace Tenon.Tests;

/// <summary>Random tensor programs, computed by the device and by the naive evaluator.</summary>
internal sealed class RandomProgramTests
{
    private const int Programs = 400;

    private static readonly DType[] DTypes = [DType.Float32, DType.Float64, DType.Int32, DType.Int64, DType.UInt8, DType.Int16, DType.Bool, DType.Float16, DType.BFloat16];

    [Test]
    public void DeviceAndEvaluatorAgree([Range(0, Programs - 1)] int seed)
    {
        var program = new RandomProgram(seed);
        var tensors = program.Make();
        var nodes = tensors.Select(t => t.Node).ToArray();
        Tensor.Realize(tensors);
        var tolerance = program.HasNarrowFloats ? 0.1 : 2e-4;
        var evaluator = new NaiveEvaluator(Read);
        for (var t = 0; t < tensors.Length; t++)
        {
            var actual = tensors[t].Cast(DType.Float64).ToArray<double>();
            var expected = evaluator.Evaluate(nodes[t]);
            for (var i = 0; i < actual.Length; i++)
            {
                var (a, e) = (actual[i], expected[i].To(DType.Float64).AsDouble);
                var scale = Math.Max(program.HasFloats ? RandomProgram.Scale : 0, Math.Abs(e));
                Assert.That(a.Equals(e) || Math.Abs(a - e) <= tolerance * scale, Is.True, $"seed {seed}, output {t}, element {i} of {tensors[t]}: {a}, expected {e}\n{nodes[t].Dump()}");
            }
        }
    }

    private static Scalar[] Read(UOp buffer)
    {
        var bytes = new byte[buffer.Shape.MaxElements * buffer.DType.Bytes];
        TensorExecutor.Current.CopyOut(buffer, bytes);
        var values = new Scalar[buffer.Shape.MaxElements];
        for (var i = 0; i < values.Length; i++)
        {
            ulong bits = 0;
            for (var b = buffer.DType.Bytes - 1; b >= 0; b--)
            {
                bits = bits << 8 | bytes[i * buffer.DType.Bytes + b];
            }

            values[i] = NaiveEvaluator.FromBits(buffer.DType, bits);
        }

        return values;
    }

    // A pool of tensors, to which each step adds one that is made from others.
    private sealed class RandomProgram(int seed)
    {
        private const int LargestCount = 4000;
        private readonly Random _random = new(seed);
        private readonly List<Tensor> _pool = [];

        public bool HasFloats { get; private set; }

        public bool HasNarrowFloats { get; private set; }

        // Values stay of this size, so that sums that cancel can be compared.
        public const double Scale = 4;

        public Tensor[] Make()
        {
            for (var i = 0; i < 3; i++)
            {
                _pool.Add(Leaf());
            }

            var steps = _random.Next(3, 25);
            for (var i = 0; i < steps; i++)
            {
                var made = Step();
                if (made.Count is > 0 and <= LargestCount)
                {
                    _pool.Add(made);
                }
            }

            // Several values at once, so that kernels share work and have several outputs.
            return [.. _pool[3..].TakeLast(_random.Next(1, 4))];
        }

        private Tensor Leaf()
        {
            var dtype = DTypes[_random.Next(DTypes.Length)];
            HasFloats |= dtype.IsFloat;
            HasNarrowFloats |= dtype.IsFloat && dtype.Bits < 32;
            var shape = new long[_random.Next(4)];
            for (var i = 0; i < shape.Length; i++)
            {
                shape[i] = _random.Next(1, 8);
            }

            var values = new double[shape.Aggregate(1L, (a, b) => a * b)];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = dtype.IsFloat ? Math.Round(_random.NextDouble() * 4 - 2, 3) : _random.Next(dtype.IsSigned ? -5 : 0, 6);
            }

            return Tensor.From<double>(values, shape).Cast(dtype).Realize();
        }

        private Tensor Step()
        {
            var x = _pool[_random.Next(_pool.Count)];
            var y = _pool[_random.Next(_pool.Count)];
            return _random.Next(26) switch
            {
                0 => Bounded(Pair(x, y, (a, b) => a + b)),
                1 => Bounded(Pair(x, y, (a, b) => a.DType.IsBool && b.DType.IsBool ? a ^ b : a - b)),
                2 => Bounded(Pair(x, y, (a, b) => a * b)),
                3 => Pair(x, y, (a, b) => a.Maximum(b)),
                4 => Pair(x, y, (a, b) => a.Minimum(b)),
                5 => Pair(x, y, (a, b) => a < b),
                6 => Pair(x, y, (a, b) => a.Eq(b)),
                7 => Pair(x, y, (a, b) => Tensor.Where(a > 0, a, b)),
                8 => x.DType.IsFloat ? x.Sin() : x.DType.IsBool ? ~x : x.FloorDiv(3) + (x & 3),
                9 => x.DType.IsFloat ? x.Abs().Sqrt() : x.Cast(DType.Int32),
                10 => x.DType.IsFloat ? x.Tanh() : x,
                11 => x.Permute(Shuffled(x.Rank)),
                12 => x.Reshape(-1),
                13 => x.Count % 2 == 0 ? x.Reshape(2, -1) : x.Unsqueeze(0),
                14 => x.Pad([.. Enumerable.Range(0, x.Rank).Select(_ => ((long)_random.Next(3), (long)_random.Next(2)))], _random.Next(2)),
                15 => x.Shrink([.. x.Shape.ToArray().Select(Part)]),
                16 => x.Flip([.. Enumerable.Range(0, x.Rank).Where(_ => _random.Next(2) == 0)]),
                17 => x.Unsqueeze(_random.Next(x.Rank + 1)) is var u && u.Count < 500 ? u.Expand([.. u.Shape.ToArray().Select(s => s == 1 ? _random.NextInt64(1, 5) : s)]) : x,
                18 => x.Rank > 0 ? Bounded(x.Sum(_random.Next(x.Rank), _random.Next(2) == 0)) : x,
                19 => x.Rank > 0 ? x.Max(_random.Next(x.Rank), _random.Next(2) == 0) : x,
                20 => x.Rank > 1 ? Bounded(x.MatMul(x.T)) : x.Contiguous(),
                21 => x.Rank > 0 && x.DType.IsFloat ? x.Softmax(_random.Next(x.Rank)) : x,
                22 => x.Rank > 0 ? Bounded(x.CumSum(_random.Next(x.Rank))) : x,
                23 => x.Rank > 0 ? Tensor.Cat([x, x.Flip(0), x], _random.Next(x.Rank)) : Tensor.Stack([x, x]),
                24 => x.Rank > 0 ? x.ArgMax(_random.Next(x.Rank)) : x,
                _ => Pooled(x),
            };
        }

        private static Tensor Pair(Tensor x, Tensor y, Func<Tensor, Tensor, Tensor> function)
        {
            for (var i = 1; i <= Math.Min(x.Rank, y.Rank); i++)
            {
                if (x.Size(-i) != y.Size(-i) && x.Size(-i) != 1 && y.Size(-i) != 1)
                {
                    return function(x, x.Flip(0));
                }
            }

            return function(x, y);
        }

        private Tensor Pooled(Tensor x)
        {
            if (x.Rank < 2)
            {
                return x;
            }

            var kernel = new Size2(Math.Min(x.Size(-2), _random.Next(1, 4)), Math.Min(x.Size(-1), _random.Next(1, 4)));
            return x.MaxPool2d(kernel, new Size2(_random.Next(1, 3), _random.Next(1, 3)));
        }

        private static Tensor Bounded(Tensor x) => x.DType.IsFloat ? x.Clamp(-4, 4) : x;

        private (long, long) Part(long size)
        {
            var begin = _random.NextInt64(size);
            return (begin, _random.NextInt64(begin, size) + 1);
        }

        private int[] Shuffled(int rank)
        {
            var axes = Enumerable.Range(0, rank).ToArray();
            _random.Shuffle(axes);
            return axes;
        }
    }
}
