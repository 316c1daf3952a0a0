using Tenon.Core;
using static Tenon.Compiler.Tests.TensorOps;

namespace Tenon.Compiler.Tests;

/// <summary>
/// Makes tensor programs from seeds: movement, arithmetic, casts, reductions, what picks one of many, whole layers, stores,
/// assignments to whole buffers and to parts of them, several results.
/// </summary>
internal sealed class RandomProgramGenerator
{
    private const long MostElements = 2048;
    private static readonly DType[] Types = [DType.Float32, DType.Float32, DType.Float32, DType.Int32, DType.Int64, DType.UInt8, DType.Int16, DType.Bool, DType.Float64, DType.UInt32];

    // What is only loaded and stored.
    private static readonly DType[] Narrow =
        [DType.Float16, DType.BFloat16, DType.Float16, DType.BFloat16, DType.Float8E4M3FN, DType.Float8E5M2, DType.Float8E5M2FNUZ, DType.Float8E8M0, DType.Float4E2M1, DType.Int4, DType.UInt4, DType.Int2, DType.UInt2];
    private readonly Random _random;
    private readonly List<UOp> _pool = [];
    private readonly List<ProgramInput> _inputs = [];
    private int _slot;

    // What the first input is after all assignments so far.
    private UOp? _state;

    private RandomProgramGenerator(int seed, int firstSlot) => (_random, _slot) = (new Random(seed), firstSlot);

    /// <summary>The program of a seed, with its inputs numbered from a number on.</summary>
    public static RandomProgram Create(int seed, int firstSlot = 0) => new RandomProgramGenerator(seed, firstSlot).Create();

    private RandomProgram Create()
    {
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            AddInput();
        }

        for (var i = _random.Next(2, 14); i > 0; i--)
        {
            if (Step() is { } next && next.Shape.MaxElements is > 0 and <= MostElements)
            {
                _pool.Add(next);
            }
        }

        var results = new List<UOp> { _pool[^1] };
        for (var i = _random.Next(0, 3); i > 0; i--)
        {
            results.Add(Pick());
        }

        // A bare view of an input is not computed.
        results = results.ConvertAll(u => u.DType == DType.Float32 && _random.Next(8) == 0 ? u.Cast(Choose(DType.Float16, DType.BFloat16)) : u.DType.IsInteger && _random.Next(8) == 0 ? u.Cast(Choose(DType.Int4, DType.UInt4, DType.Int2, DType.UInt2)) : u)
            .ConvertAll(u => u.Op is Ops.Reshape or Ops.Param ? Contiguous(u) : u);
        if (_state is { Op: Ops.After })
        {
            results.Add(_state);
        }

        return new RandomProgram([.. _inputs], [.. results.Distinct()]).Trimmed();
    }

    private void AddInput()
    {
        var dtype = _random.Next(5) == 0 ? Narrow[_random.Next(Narrow.Length)] : Types[_random.Next(Types.Length)];
        var shape = new long[_random.Next(1, 4)];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = _random.Next(10) switch { 0 => 16, 1 => Choose(11, 13, 17, 32), _ => _random.Next(1, 9) };
        }

        var values = new Scalar[shape.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = dtype.IsFloat ? Math.Round(_random.NextDouble() * 4 - 2, 3) : (Scalar)_random.Next(-9, 10);
        }

        var input = ProgramInput.Of(_slot++, dtype, values);
        _inputs.Add(input);

        // Halves are computed in float32 between stores, so only what is loaded and stored of them is exact.
        var view = Reshape(input.Param, shape);
        _pool.Add(IsNarrow(view) ? view.Cast(DType.Float32) : view);
        _state ??= view;
    }

    // A part of the first input, or all of it, gets another value. What was made of it before still sees the state before.
    private UOp? Assignment()
    {
        var state = _state!;
        if (IsNarrow(state))
        {
            return null;
        }

        var part = state;
        for (var i = _random.Next(4); i > 0; i--)
        {
            part = _random.Next(4) switch
            {
                0 => RandomPermute(part),
                1 => RandomFlip(part),
                _ => RandomShrink(part),
            };
        }

        var value = Fitted(_random.Next(4) == 0 ? part : Pick(), part);
        return _state = Assign(state, part, _random.Next(3) == 0 && !part.DType.IsBool ? UOp.Alu(Ops.Add, value, Like(value, 1)) : value);
    }

    private UOp Pick() => _pool[_random.Next(Math.Max(0, _pool.Count - 6), _pool.Count)];

    private UOp? Step()
    {
        var x = Pick();
        return _random.Next(19) switch
        {
            0 => Reshape(x, RandomShapeOf(x.Shape.MaxElements)),
            1 => RandomPermute(x),
            2 => RandomExpand(x),
            3 => RandomPad(x),
            4 => RandomShrink(x),
            5 => RandomFlip(x),
            6 or 7 => RandomReduce(x),
            8 => Unary(x),
            9 when _random.Next(3) == 0 => Contiguous(x),
            10 => Gather(x, Pick()),
            11 => Masked(x),
            12 => Join(x, Pick()),
            13 => Product(x, Pick()),
            14 when x.DType.IsFloat => Normalised(x),
            15 when _random.Next(2) == 0 => Assignment(),
            _ => Binary(x, Pick()),
        };
    }

    private UOp Unary(UOp x)
    {
        var magnitude = UOp.Alu(Ops.Max, x, x.DType.IsSigned ? UOp.Alu(Ops.Neg, x) : x);
        return _random.Next(8) switch
        {
            0 => x.Cast(Types[_random.Next(Types.Length)]),
            1 when x.DType.IsSigned => UOp.Alu(Ops.Neg, x),
            2 when x.DType.IsFloat => UOp.Alu(Ops.Sqrt, magnitude),
            3 when IsFull(x) => UOp.Alu(Ops.Exp2, UOp.Alu(Ops.Neg, magnitude)),
            4 when IsFull(x) => UOp.Alu(Ops.Log2, UOp.Alu(Ops.Add, magnitude, Like(x, 1))),
            5 when IsFull(x) => UOp.Alu(Ops.Sin, x),
            6 when x.DType.IsInteger && x.DType.Bits >= 16 => UOp.Alu(Choose(Ops.Shl, Ops.Shr), x, Like(x, _random.Next(8))),
            _ when x.DType.IsFloat => UOp.Alu(Ops.Trunc, x),
            _ => UOp.Alu(Ops.Xor, x, Like(x, 1)),
        };
    }

    private UOp Binary(UOp x, UOp y)
    {
        y = Fitted(y, x);
        if (x.DType.IsBool)
        {
            return UOp.Alu(Choose(Ops.And, Ops.Or, Ops.Xor), x, y);
        }

        return _random.Next(9) switch
        {
            0 or 1 => UOp.Alu(Ops.Add, x, y),
            2 => UOp.Alu(Ops.Sub, x, y),
            3 or 4 => UOp.Alu(Ops.Mul, x, y),
            5 => UOp.Alu(Ops.Max, x, y),
            6 => UOp.Where(Compare(x, y), y, x),
            7 => Compare(x, y),
            _ when x.DType.IsFloat => UOp.Alu(Ops.Div, x, UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, y, y), Like(y, 1))),
            _ => UOp.Alu(Choose(Ops.IntDiv, Ops.IntMod, Ops.FloorDiv, Ops.FloorMod), x, y),
        };
    }

    private UOp Compare(UOp x, UOp y) => UOp.Alu(Choose(Ops.CmpLt, Ops.CmpNe, Ops.CmpEq), x, y);

    // As many elements as another value in its dtype and shape, or a literal in their place.
    private UOp Fitted(UOp y, UOp x)
    {
        y = y.Shape.Equals(x.Shape) ? y : y.Shape.MaxElements == x.Shape.MaxElements ? Reshape(y, x.Shape) : Broadcast(y, x.Shape) ?? Like(x, _random.Next(-3, 5));
        return y.Cast(x.DType);
    }

    private static UOp? Broadcast(UOp y, Shape shape)
    {
        if (y.Shape.Rank > shape.Rank)
        {
            return null;
        }

        long[] padded = [.. Enumerable.Repeat(1L, shape.Rank - y.Shape.Rank), .. y.Shape.ToArray()];
        return padded.Zip(shape.ToArray()).All(p => p.First == 1 || p.First == p.Second) ? Expand(Reshape(y, padded), shape) : null;
    }

    private UOp RandomReduce(UOp x)
    {
        var axes = Enumerable.Range(0, x.Shape.Rank).Where(_ => _random.Next(2) == 0).ToArray();
        if (axes.Length == 0 || x.DType.IsBool)
        {
            return x;
        }

        var reduced = Reduce(x.DType.IsFloat ? Choose(Ops.Add, Ops.Max) : Choose(Ops.Add, Ops.Max, Ops.Mul), x, axes);
        return _random.Next(2) == 0 ? reduced : Expand(reduced, x.Shape);
    }

    // What an embedding reads: rows of x by numbers, some of them outside; or how often each occurs.
    private UOp? Gather(UOp x, UOp indices)
    {
        var n = x.Shape[0];
        var m = indices.Shape.MaxElements;
        if (m * x.Shape.MaxElements > 8 * MostElements || x.DType.IsBool)
        {
            return null;
        }

        var at = Reshape(indices.DType.IsFloat ? UOp.Alu(Ops.Trunc, indices) : indices, m, 1).Cast(DType.Int32);
        var hit = UOp.Alu(Ops.CmpEq, Expand(Reshape(Iota(DType.Int32, n), 1, n), m, n), Expand(at, m, n));
        if (_random.Next(4) == 0)
        {
            return Reduce(Ops.Add, hit.Cast(x.DType), 0);
        }

        var rows = x.Shape.MaxElements / n;
        var table = Expand(Reshape(x, 1, n, rows), m, n, rows);
        var picked = UOp.Where(Expand(Reshape(hit, m, n, 1), m, n, rows), table, Full(x.DType, 0, m, n, rows));
        return Reduce(Ops.Add, picked, 1);
    }

    // A triangle of a square, or the sums of all elements up to each.
    private UOp? Masked(UOp x)
    {
        if (x.Shape.Rank == 0 || x.DType.IsBool)
        {
            return null;
        }

        var n = x.Shape[x.Shape.Rank - 1];
        var (rows, columns) = (Reshape(Iota(DType.Int32, n), n, 1), Reshape(Iota(DType.Int32, n), 1, n));
        var below = UOp.Alu(Ops.CmpLt, Expand(columns, n, n), UOp.Alu(Ops.Add, Expand(rows, n, n), Full(DType.Int32, _random.Next(-1, 3), n, n)));
        var lines = x.Shape.MaxElements / n;
        if (lines * n * n > 8 * MostElements)
        {
            return null;
        }

        var square = Expand(Reshape(x, lines, 1, n), lines, n, n);
        var kept = UOp.Where(Expand(Reshape(below, 1, n, n), lines, n, n), square, Full(x.DType, _random.Next(2) == 0 ? 0 : _random.Next(-3, 4), lines, n, n));
        return _random.Next(2) == 0 ? kept : Reshape(Reduce(x.DType.IsFloat ? Choose(Ops.Add, Ops.Max) : Ops.Add, kept, 2), x.Shape);
    }

    // Along the last axis, if the others agree.
    private UOp? Join(UOp x, UOp y)
    {
        var (a, b) = (x.Shape.ToArray(), y.Shape.ToArray());
        if (a.Length == 0 || a.Length != b.Length || !a[..^1].SequenceEqual(b[..^1]))
        {
            return null;
        }

        long[] After(long n) => [.. Enumerable.Repeat(0L, 2 * a.Length - 1), n];
        long[] Before(long n) => [.. Enumerable.Repeat(0L, 2 * a.Length - 2), n, 0];
        return UOp.Alu(x.DType.IsBool ? Ops.Or : Ops.Add, Pad(x, After(b[^1])), Pad(y.Cast(x.DType), Before(a[^1])));
    }

    // x @ y where the sizes allow, else x @ xᵀ.
    private UOp? Product(UOp x, UOp y)
    {
        if (x.Shape.Rank != 2 || x.DType.IsBool)
        {
            return null;
        }

        var (n, k) = (x.Shape[0], x.Shape[1]);
        y = y.Shape.Rank == 2 && y.Shape[0] == k ? y.Cast(x.DType) : Permute(x, 1, 0);
        var m = y.Shape[1];
        return n * k * m > 8 * MostElements ? null
            : Reshape(Reduce(Ops.Add, UOp.Alu(Ops.Mul, Expand(Reshape(x, n, 1, k), n, m, k), Expand(Reshape(Permute(y, 1, 0), 1, m, k), n, m, k)), 2), n, m);
    }

    // The shape of a softmax, or of a layer norm.
    private UOp Normalised(UOp x)
    {
        int[] axes = [_random.Next(x.Shape.Rank)];
        if (x.Shape.Rank == 0)
        {
            return x;
        }

        if (_random.Next(2) == 0 && IsFull(x))
        {
            var e = UOp.Alu(Ops.Exp2, UOp.Alu(Ops.Sub, x, Expand(Reduce(Ops.Max, x, axes), x.Shape)));
            return UOp.Alu(Ops.Div, e, Expand(Reduce(Ops.Add, e, axes), x.Shape));
        }

        var count = (double)x.Shape[axes[0]];
        var mean = UOp.Alu(Ops.Mul, Reduce(Ops.Add, x, axes), Like(Reduce(Ops.Add, x, axes), 1 / count));
        var centred = UOp.Alu(Ops.Sub, x, Expand(mean, x.Shape));
        var variance = Reduce(Ops.Add, UOp.Alu(Ops.Mul, centred, centred), axes);
        return UOp.Alu(Ops.Div, centred, Expand(UOp.Alu(Ops.Sqrt, UOp.Alu(Ops.Add, variance, Like(variance, 1))), x.Shape));
    }

    private UOp RandomPermute(UOp x)
    {
        var axes = Enumerable.Range(0, x.Shape.Rank).ToArray();
        _random.Shuffle(axes);
        return Permute(x, axes);
    }

    private UOp RandomFlip(UOp x) => Flip(x, [.. Enumerable.Range(0, x.Shape.Rank).Where(_ => _random.Next(2) == 0)]);

    private UOp RandomExpand(UOp x) => Expand(x, [.. x.Shape.ToArray().Select(n => n == 1 ? _random.Next(1, 6) : n)]);

    private UOp RandomPad(UOp x) => Pad(x, [.. x.Shape.ToArray().SelectMany(_ => new long[] { _random.Next(3), _random.Next(3) })]);

    private UOp RandomShrink(UOp x) => Shrink(x, [.. x.Shape.ToArray().SelectMany(n =>
    {
        var begin = _random.NextInt64(n);
        return new[] { begin, _random.NextInt64(begin + 1, n + 1) };
    })]);

    private Shape RandomShapeOf(long elements)
    {
        var dims = new List<long>();
        while (elements > 1 && dims.Count < 3)
        {
            var divisors = Enumerable.Range(1, (int)elements).Where(d => elements % d == 0).ToArray();
            var d = divisors[_random.Next(divisors.Length)];
            dims.Add(d);
            elements /= d;
        }

        return new Shape([.. dims, elements]);
    }

    private static UOp Like(UOp x, Scalar value) => Full(x.DType, value, x.Shape);

    private static bool IsNarrow(UOp x) => Narrow.Contains(x.DType);

    private static bool IsFull(UOp x) => x.DType == DType.Float32 || x.DType == DType.Float64;

    private T Choose<T>(params T[] options) => options[_random.Next(options.Length)];
}
