using System.Text;
using Tenon.Core;

namespace Tenon.Compiler.Tests;

/// <summary>
/// A random program of assignments: tensors, views of views, values computed from them at different times, and writes to all of
/// them. Beside it runs a model of arrays that does at once what the tensors do later: a view is a list of places of its array.
/// </summary>
internal sealed class RandomAssignments
{
    private readonly Random _random;
    private readonly StringBuilder _text = new();
    private readonly List<Variable> _variables = [];
    private readonly bool _realizesAll;

    public RandomAssignments(int seed)
    {
        _random = new Random(seed);
        _realizesAll = _random.Next(3) > 0;
    }

    public override string ToString() => _text.ToString();

    /// <summary>Runs the program. The difference found, or null.</summary>
    public string? Run(int steps)
    {
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            MakeTensor();
        }

        try
        {
            for (var i = 0; i < steps; i++)
            {
                if (Step() is { } wrong)
                {
                    return wrong;
                }
            }

            RealizeAll();
            return _variables.Select(Check).FirstOrDefault(w => w is not null);
        }
        catch (TenonException e) when (e.Code == "TEN5001" && !_realizesAll)
        {
            // A value was left behind by an assignment that ran without it.
            return null;
        }
    }

    private string? Step()
    {
        switch (_random.Next(20))
        {
            case 0:
                MakeTensor();
                return null;
            case < 5:
                MakeView();
                return null;
            case < 9:
                MakeValue();
                return null;
            case < 16:
                Assign();
                return null;
            case 16:
                RealizeSome();
                return null;
            case 17:
                return Check(Pick());
            case 18:
                SeparateView();
                return null;
            default:
                // What has views is written to, so it stays in order to be realised.
                var gone = Pick();
                if (_variables.Count > 1 && !_variables.Exists(v => v != gone && v.Array == gone.Array))
                {
                    _variables.Remove(gone);
                }

                return null;
        }
    }

    private void MakeTensor()
    {
        var shape = new long[_random.Next(1, 4)];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = _random.Next(1, 7);
        }

        var values = new int[shape.Aggregate(1L, (a, b) => a * b)];
        switch (_random.Next(4))
        {
            case 0:
                Add(Tensor.Zeros(shape, DType.Int32), values, shape, $"Zeros({Text(shape)}, int32)");
                break;
            case 1:
                Add(Tensor.Arange(values.Length).Reshape(shape), [.. values.Select((_, i) => i)], shape, $"Arange({values.Length}).Reshape({Text(shape)})");
                break;
            default:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = _random.Next(-50, 50);
                }

                Add(Tensor.From<int>(values, shape), values, shape, $"From<int>([{string.Join(", ", values)}], {Text(shape)})");
                break;
        }
    }

    private void MakeView()
    {
        var x = Pick();
        var (tensor, places, shape, text) = View(x);
        if (!_variables.Exists(v => v.Tensor == tensor))
        {
            _variables.Add(new Variable($"v{_variables.Count}_{_text.Length}", tensor, x.Array, places, shape) { Repeats = x.Repeats || text.StartsWith(".Expand(2", StringComparison.Ordinal) });
            _text.AppendLine($"var {_variables[^1].Name} = {x.Name}{text};");
        }
    }

    private void MakeValue()
    {
        var x = Pick();
        var (tensor, values, text) = Value(x.Shape);
        Add(tensor, values, x.Shape, text);
    }

    private void Assign()
    {
        var x = Pick();
        if (x.Repeats)
        {
            return;
        }

        var target = x.Name;
        var (view, places, shape) = (x.Tensor, x.Places, x.Shape);
        if (_random.Next(3) > 0)
        {
            (view, places, shape, var text) = Part(x);
            target += text;
        }

        var (value, values, what) = Value(shape);
        switch (_random.Next(3))
        {
            case 0:
                view.Assign(value);
                _text.AppendLine($"{target}.Assign({what});");
                break;
            case 1:
                view[Tensor.Ellipsis] = value;
                _text.AppendLine($"{target}[Tensor.Ellipsis] = {what};");
                break;
            default:
                view[Tensor.Ellipsis] += value;
                values = [.. values.Select((v, i) => unchecked(x.Array[places[i]] + v))];
                _text.AppendLine($"{target}[Tensor.Ellipsis] += {what};");
                break;
        }

        for (var i = 0; i < places.Length; i++)
        {
            x.Array[places[i]] = values[i];
        }
    }

    // An expression of a shape, from what it is at this moment.
    private (Tensor Tensor, int[] Values, string Text) Value(long[] shape)
    {
        var same = _variables.FindAll(v => v.Shape.SequenceEqual(shape));
        var count = shape.Aggregate(1L, (a, b) => a * b);
        var choice = _random.Next(6);
        if (choice == 0 || same.Count == 0)
        {
            var (other, number) = (Pick(), _random.Next(-9, 10));
            return choice < 3
                ? (Tensor.Full(shape, number), [.. Enumerable.Repeat(number, (int)count)], $"Full({Text(shape)}, {number})")
                : (other.Tensor.Sum().Expand(shape) + number, [.. Enumerable.Repeat(other.Values.Aggregate(number, (a, b) => unchecked(a + b)), (int)count)], $"{other.Name}.Sum().Expand({Text(shape)}) + {number}");
        }

        var (x, y) = (same[_random.Next(same.Count)], same[_random.Next(same.Count)]);
        return choice switch
        {
            1 => (x.Tensor, x.Values, x.Name),
            2 => (x.Tensor * 3, [.. x.Values.Select(v => unchecked(v * 3))], $"{x.Name} * 3"),
            3 => (x.Tensor.Contiguous(), x.Values, $"{x.Name}.Contiguous()"),
            4 when shape.Length > 0 && shape[0] > 1 => (x.Tensor.Flip(0) - y.Tensor, [.. Flipped(x).Zip(y.Values, (a, b) => unchecked(a - b))], $"{x.Name}.Flip(0) - {y.Name}"),
            _ => (x.Tensor + y.Tensor, [.. x.Values.Zip(y.Values, (a, b) => unchecked(a + b))], $"{x.Name} + {y.Name}"),
        };

        static IEnumerable<int> Flipped(Variable v)
        {
            var row = v.Values.Length / (int)v.Shape[0];
            return Enumerable.Range(0, v.Values.Length).Select(i => v.Values[(v.Shape[0] - 1 - i / row) * row + i % row]);
        }
    }

    private (Tensor Tensor, int[] Places, long[] Shape, string Text) View(Variable x)
    {
        var rank = x.Shape.Length;
        switch (_random.Next(5))
        {
            case 0 when rank > 1:
                var axes = Enumerable.Range(0, rank).ToArray();
                _random.Shuffle(axes);
                var permuted = axes.Select(a => x.Shape[a]).ToArray();
                return (x.Tensor.Permute(axes), [.. Positions(permuted).Select(at => x.Places[Ravel(Inverse(at, axes), x.Shape)])], permuted, $".Permute({string.Join(", ", axes)})");
            case 1 when x.Places.Length > 0:
                long[] flat = _random.Next(2) == 0 ? [x.Places.Length] : [.. x.Shape.Reverse()];
                return (x.Tensor.Reshape(flat), x.Places, flat, $".Reshape({Text(flat)})");
            case 2 when rank < 4 && x.Places.Length < 50:
                long[] wide = [_random.Next(1, 3), .. x.Shape];
                return (x.Tensor.Expand(wide), [.. Enumerable.Range(0, (int)wide[0] * x.Places.Length).Select(i => x.Places[i % x.Places.Length])], wide, $".Expand({Text(wide)})");
            default:
                return Part(x);
        }
    }

    private (Tensor Tensor, int[] Places, long[] Shape, string Text) Part(Variable x)
    {
        var (index, text) = (new TensorIndex[x.Shape.Length], new string[x.Shape.Length]);
        var (taken, kept) = (new int[x.Shape.Length][], new List<long>());
        for (var i = 0; i < index.Length; i++)
        {
            var size = (int)x.Shape[i];
            var (from, step) = (_random.Next(size + 1), new[] { 1, 1, 2, 3, -1, -2 }[_random.Next(6)]);
            var to = _random.Next(from, size + 1);
            if (_random.Next(3) == 0 && from < size)
            {
                (index[i], taken[i], text[i]) = (from, [from], $"{from}");
                continue;
            }

            // Empty parts are rare.
            (from, to) = from == to && _random.Next(10) > 0 ? (0, size) : (from, to);
            var all = Enumerable.Range(from, to - from);
            (index[i], text[i]) = step == 1 ? (from..to, $"{from}..{to}") : (TensorIndex.Every(step, from..to), $"TensorIndex.Every({step}, {from}..{to})");
            taken[i] = [.. (step < 0 ? all.Reverse() : all).Where((_, k) => k % Math.Abs(step) == 0)];
            kept.Add(taken[i].Length);
        }

        var shape = taken.Select(t => (long)t.Length).ToArray();
        return (x.Tensor[index], [.. Positions(shape).Select(at => x.Places[Ravel([.. at.Select((p, i) => (long)taken[i][p])], x.Shape)])], [.. kept], $"[{string.Join(", ", text)}]");
    }

    private void RealizeSome()
    {
        if (_realizesAll)
        {
            RealizeAll();
            return;
        }

        var some = _variables.FindAll(v => v.IsWhole && _random.Next(3) == 0);
        Tensor.Realize([.. some.Select(v => v.Tensor)]);
        _text.AppendLine($"Tensor.Realize({string.Join(", ", some.Select(v => v.Name))});");
    }

    // The order of the results must not matter.
    private void RealizeAll()
    {
        var all = _variables.Where(v => v.IsWhole).ToArray();
        _random.Shuffle(all);
        Tensor.Realize([.. all.Select(v => v.Tensor)]);
        _text.AppendLine($"Tensor.Realize({string.Join(", ", all.Select(v => v.Name))});");
    }

    private void SeparateView()
    {
        if (_variables.FindAll(v => !v.IsWhole && !v.Places.SequenceEqual(Enumerable.Range(0, v.Array.Length))) is { Count: > 0 } views)
        {
            var view = views[_random.Next(views.Count)];
            if (_realizesAll)
            {
                RealizeAll();
            }

            view.Tensor.Realize();
            _text.AppendLine($"{view.Name}.Realize();");
            view.BecomeOwn();
        }
    }

    private string? Check(Variable v)
    {
        if (_realizesAll)
        {
            RealizeAll();
        }

        _text.AppendLine($"{v.Name}.ToArray<int>();");
        var actual = v.Tensor.ToArray<int>();
        return actual.SequenceEqual(v.Values) ? null : $"{v.Name} is [{string.Join(", ", actual)}], expected [{string.Join(", ", v.Values)}]\n{this}";
    }

    private void Add(Tensor tensor, int[] values, long[] shape, string text)
    {
        if (!_variables.Exists(v => v.Tensor == tensor))
        {
            _variables.Add(new Variable($"x{_variables.Count}_{_text.Length}", tensor, (int[])values.Clone(), [.. Enumerable.Range(0, values.Length)], shape) { IsWhole = true });
            _text.AppendLine($"var {_variables[^1].Name} = {text};");
        }
    }

    private Variable Pick() => _variables[_random.Next(_variables.Count)];

    private static IEnumerable<int[]> Positions(long[] shape)
    {
        var count = shape.Aggregate(1L, (a, b) => a * b);
        for (var i = 0L; i < count; i++)
        {
            var (at, rest) = (new int[shape.Length], i);
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                (at[axis], rest) = ((int)(rest % shape[axis]), rest / shape[axis]);
            }

            yield return at;
        }
    }

    private static long[] Inverse(int[] at, int[] axes)
    {
        var source = new long[at.Length];
        for (var i = 0; i < at.Length; i++)
        {
            source[axes[i]] = at[i];
        }

        return source;
    }

    private static long Ravel(long[] at, long[] shape)
    {
        var index = 0L;
        for (var i = 0; i < at.Length; i++)
        {
            index = index * shape[i] + at[i];
        }

        return index;
    }

    private static string Text(long[] shape) => string.Join(", ", shape);

    private sealed class Variable(string name, Tensor tensor, int[] array, int[] places, long[] shape)
    {
        public string Name => name;

        public Tensor Tensor => tensor;

        public int[] Array { get; private set; } = array;

        public int[] Places { get; private set; } = places;

        public long[] Shape => shape;

        public bool IsWhole { get; set; }

        // A view of a view that repeats elements may not be assigned to, even if it does not.
        public bool Repeats { get; set; }

        public int[] Values => [.. Places.Select(p => Array[p])];

        public void BecomeOwn() => (Array, Places, IsWhole, Repeats) = (Values, [.. Enumerable.Range(0, Places.Length)], true, false);
    }
}
