using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

/// <summary>A random tensor program: inputs with content, and results made of movement, arithmetic, reductions and stores.</summary>
internal sealed class RandomProgram
{
    private static readonly DType[] Types = [DType.Float32, DType.Float32, DType.Float32, DType.Int32, DType.Int64, DType.UInt8, DType.Int16, DType.Bool, DType.Float64, DType.UInt32];
    private readonly Random _random;
    private readonly List<UOp> _pool = [];
    private readonly Dictionary<UOp, Scalar[]> _content = new(ReferenceEqualityComparer.Instance);

    public RandomProgram(int seed, TenonRuntime runtime, string device)
    {
        _random = new Random(seed);
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            _pool.Add(NewInput(runtime, device));
        }

        for (var i = _random.Next(2, 14); i > 0; i--)
        {
            if (Step() is { } next && next.Shape.MaxElements is > 0 and <= 4096)
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
        Results = [.. results.Select(u => u.DType == DType.Float32 && _random.Next(8) == 0 ? u.Cast(Choose(DType.Float16, DType.BFloat16)) : u)
            .Select(u => u.Op == Ops.Reshape ? UOp.New(Ops.Contiguous, u.DType, [u]) : u).Distinct()];
        if (_random.Next(4) == 0)
        {
            var target = _content.Keys.First();
            if (_pool.LastOrDefault(u => u.DType == target.DType && u.Shape.MaxElements == target.Shape.MaxElements && u.Op != Ops.Reshape) is { } value)
            {
                var view = Reshape(target, value.Shape);
                Results = [.. Results, UOp.New(Ops.After, target.DType, [view, UOp.New(Ops.Store, DType.Void, [view, value])])];
            }
        }
    }

    public UOp[] Results { get; }

    public Scalar[] ContentOf(UOp buffer) => _content[buffer];

    public override string ToString() => UOp.Sink(Results).Dump();

    private UOp NewInput(TenonRuntime runtime, string device)
    {
        var dtype = _random.Next(6) == 0 ? Choose(DType.Float16, DType.BFloat16) : Types[_random.Next(Types.Length)];
        var shape = new long[_random.Next(1, 4)];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = _random.Next(6) == 0 ? 16 : _random.Next(1, 9);
        }

        var size = shape.Aggregate(1L, (a, b) => a * b);
        var values = new Scalar[size];
        for (var i = 0; i < size; i++)
        {
            values[i] = (dtype.IsFloat ? Math.Round(_random.NextDouble() * 4 - 2, 3) : (Scalar)_random.Next(-9, 10)).To(dtype);
        }

        var buffer = runtime.CreateBuffer(dtype, size, device);
        runtime.CopyIn(buffer, ElementBytes.From(values, dtype));
        _content.Add(buffer, values);
        // Halves are computed in float32 between stores, so only what is loaded and stored of them is exact.
        var view = Reshape(buffer, new Shape(shape));
        return IsHalf(view) ? view.Cast(DType.Float32) : view;
    }

    private UOp Pick() => _pool[_random.Next(Math.Max(0, _pool.Count - 6), _pool.Count)];

    private UOp? Step()
    {
        var x = Pick();
        return _random.Next(12) switch
        {
            0 => Reshape(x, RandomShapeOf(x.Shape.MaxElements)),
            1 => Permute(x),
            2 => Expand(x),
            3 => Pad(x),
            4 => Shrink(x),
            5 => Flip(x),
            6 or 7 => Reduce(x),
            8 => Unary(x),
            9 when _random.Next(3) == 0 => UOp.New(Ops.Contiguous, x.DType, [x]),
            _ => Binary(x, Pick()),
        };
    }

    private UOp Unary(UOp x)
    {
        var magnitude = UOp.Alu(Ops.Max, x, x.DType.IsSigned ? UOp.Alu(Ops.Neg, x) : x);
        return _random.Next(7) switch
        {
            0 => x.Cast(Types[_random.Next(Types.Length)]),
            1 when x.DType.IsSigned => UOp.Alu(Ops.Neg, x),
            2 when x.DType.IsFloat => UOp.Alu(Ops.Sqrt, magnitude),
            3 when x.DType == DType.Float32 || x.DType == DType.Float64 => UOp.Alu(Ops.Exp2, UOp.Alu(Ops.Neg, magnitude)),
            4 when x.DType == DType.Float32 || x.DType == DType.Float64 => UOp.Alu(Ops.Log2, UOp.Alu(Ops.Add, magnitude, Full(x, 1))),
            5 when x.DType == DType.Float32 || x.DType == DType.Float64 => UOp.Alu(Ops.Sin, x),
            _ when x.DType.IsFloat => UOp.Alu(Ops.Trunc, x),
            _ => UOp.Alu(Ops.Xor, x, Full(x, 1)),
        };
    }

    private static bool IsHalf(UOp x) => x.DType == DType.Float16 || x.DType == DType.BFloat16;

    private UOp? Binary(UOp x, UOp y)
    {
        if (!x.Shape.Equals(y.Shape))
        {
            y = y.Shape.MaxElements == x.Shape.MaxElements ? Reshape(y, x.Shape) : Full(x, _random.Next(-3, 5));
        }

        if (y.DType != x.DType)
        {
            y = y.Cast(x.DType);
        }

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
            6 => UOp.Where(UOp.Alu(Choose(Ops.CmpLt, Ops.CmpNe, Ops.CmpEq), x, y), y, x),
            7 => UOp.Alu(Choose(Ops.CmpLt, Ops.CmpNe, Ops.CmpEq), x, y),
            _ => x.DType.IsFloat ? UOp.Alu(Ops.Div, x, UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, y, y), Full(y, 1))) : UOp.Alu(Choose(Ops.IntDiv, Ops.IntMod, Ops.FloorDiv, Ops.FloorMod), x, y),
        };
    }

    private UOp Reduce(UOp x)
    {
        var axes = Enumerable.Range(0, x.Shape.Rank).Where(_ => _random.Next(2) == 0).ToArray();
        if (axes.Length == 0 || x.DType.IsBool)
        {
            return x;
        }

        var op = x.DType.IsFloat ? Choose(Ops.Add, Ops.Max) : Choose(Ops.Add, Ops.Max, Ops.Mul);
        var reduced = UOp.New(Ops.Reduce, x.DType, [x], new ReduceArg(op, new Axes(axes)));
        return _random.Next(2) == 0 ? reduced : UOp.New(Ops.Expand, x.DType, [reduced, .. x.Shape.Dims]);
    }

    private UOp Permute(UOp x)
    {
        var axes = Enumerable.Range(0, x.Shape.Rank).ToArray();
        _random.Shuffle(axes);
        return UOp.New(Ops.Permute, x.DType, [x], new Axes(axes));
    }

    private UOp Flip(UOp x) => UOp.New(Ops.Flip, x.DType, [x], new Axes([.. Enumerable.Range(0, x.Shape.Rank).Where(_ => _random.Next(2) == 0)]));

    private UOp Expand(UOp x) =>
        UOp.New(Ops.Expand, x.DType, [x, .. x.Shape.ToArray().Select(n => UOp.Index(n == 1 ? _random.Next(1, 6) : n))]);

    private UOp Pad(UOp x) => UOp.New(Ops.Pad, x.DType, [x, .. x.Shape.ToArray().SelectMany(_ => new[] { UOp.Index(_random.Next(3)), UOp.Index(_random.Next(3)) })]);

    private UOp Shrink(UOp x) => UOp.New(Ops.Shrink, x.DType, [x, .. x.Shape.ToArray().SelectMany(n =>
    {
        var begin = _random.NextInt64(n);
        return new[] { UOp.Index(begin), UOp.Index(_random.NextInt64(begin + 1, n + 1)) };
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

    private static UOp Full(UOp like, Scalar value)
    {
        var ones = Reshape(UOp.Const(like.DType, value), new Shape([.. Enumerable.Repeat(1L, like.Shape.Rank)]));
        return ones.Shape.Equals(like.Shape) ? ones : UOp.New(Ops.Expand, like.DType, [ones, .. like.Shape.Dims]);
    }

    private static UOp Reshape(UOp x, Shape shape) => UOp.New(Ops.Reshape, x.DType, [x, .. shape.Dims]);

    private T Choose<T>(params T[] options) => options[_random.Next(options.Length)];
}
