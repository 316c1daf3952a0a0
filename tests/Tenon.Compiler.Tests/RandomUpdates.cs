using Tenon.Core;

namespace Tenon.Compiler.Tests;

/// <summary>
/// What an optimiser does, at random: some tensors get new values at once, each of which follows from all of them by way of sums, products
/// of matrices and views with other axes.
/// </summary>
internal sealed class RandomUpdates
{
    private readonly Random _random;
    private readonly long[][] _shapes;
    private readonly List<Tensor> _state = [];
    private readonly List<Tensor> _values = [];

    /// <param name="seed">Of everything random.</param>
    /// <param name="rows">How many rows tensors have; columns are a few times as many.</param>
    public RandomUpdates(int seed, int rows)
    {
        _random = new Random(seed);
        var (heads, width) = (_random.Next(1, 4), _random.Next(1, 3) * rows);
        _shapes = [[rows, heads, width], [rows, heads * width], [heads * width, rows], [rows], [heads * width], [heads, rows, width]];
        for (var i = _random.Next(3, 7); i > 0; i--)
        {
            var shape = _shapes[_random.Next(_shapes.Length)];
            var count = shape.Aggregate(1L, static (p, n) => p * n);
            _state.Add(((Tensor.Arange(count) * 7 + i) % 11 - 5).Cast(DType.Float32).Reshape([.. shape.Select(n => (SymInt)n)]).Contiguous().Realize());
        }

        // Tensors of one shape are updated together, as a weight is with its moments.
        for (var i = _random.Next(2, 5); i > 0; i--)
        {
            _state.Add((_state[_random.Next(_state.Count)] * 2 - i).Realize());
        }
    }

    /// <summary>The differences between values computed apart from all else and the tensors after an update that computes them together.</summary>
    public IEnumerable<(float[] Expected, float[] Actual)> Run(bool isChecked)
    {
        var changed = _state.Where(_ => _random.Next(4) > 0).ToArray();
        var news = Array.ConvertAll(changed, t => Kept(Value(t, 3)));
        var expected = isChecked ? Array.ConvertAll(news, n => n.ToArray<float>()) : [];
        foreach (var (tensor, value) in changed.Zip(news))
        {
            tensor.Assign(value);
        }

        Tensor.Realize(changed);
        return expected.Zip(changed, (e, t) => (e, t.ToArray<float>()));
    }

    // Whole numbers of few digits, so that sums are exact in any order.
    private Tensor Value(Tensor like, int depth)
    {
        var shape = like.Shape;
        if (depth == 0)
        {
            return In(shape, _state[_random.Next(_state.Count)]);
        }

        var earlier = _values.FindAll(v => v.Count == like.Count);
        if (earlier.Count > 0 && _random.Next(4) == 0)
        {
            return In(shape, earlier[_random.Next(earlier.Count)]);
        }

        switch (_random.Next(7))
        {
            case 0:
                return like * 3 - 1;
            case 1:
                return Value(like, depth - 1).Maximum(Value(like, depth - 1));
            case 2 when like.Rank > 1:
                var axis = _random.Next(like.Rank);
                return Kept(Kept(Value(like, depth - 1)).Sum(axis, keepDim: true).Expand(shape));
            case 3 when like.Rank > 1:
                // A gradient: Σₖ a[k, row] b[k, column]
                var (rows, columns) = (like.Size(0), like.Shape.MaxElements / like.Size(0));
                var sum = _random.Next(1, 3) * 4;
                var (a, b) = (In([sum, rows], Value(_state[_random.Next(_state.Count)], depth - 1)), In([sum, columns], Value(_state[_random.Next(_state.Count)], depth - 1)));
                return Kept(a.Transpose(0, 1).MatMul(b).Reshape(shape));
            case 4:
                return like + Value(like, depth - 1) * In(shape, _state[_random.Next(_state.Count)]);
            default:
                return like - Value(like, depth - 1);
        }
    }

    private Tensor Kept(Tensor value)
    {
        value = value.Clamp(-9, 9);
        _values.Add(value);
        return value;
    }

    // Other axes, or repeated, or the first of more.
    private static Tensor In(Shape shape, Tensor x)
    {
        var count = shape.MaxElements;
        var flat = x.Reshape([-1]);
        if (x.Count < count)
        {
            var times = (count + x.Count - 1) / x.Count;
            flat = x.Reshape(1, x.Count).Expand(times, x.Count).Reshape([-1]);
        }

        return flat[..(int)count].Reshape(shape);
    }
}
