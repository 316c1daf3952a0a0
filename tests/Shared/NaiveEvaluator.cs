using System.Numerics;
using Tenon.Core;

namespace Tenon.Tests.Shared;

/// <summary>
/// Computes tensor-level graphs the slow and obvious way: every node in full, one element after the other, each rounded to its
/// dtype. It shares no code with the compiler.
/// </summary>
/// <param name="storage">The content of a <see cref="Ops.Buffer"/> or <see cref="Ops.Param"/>.</param>
/// <param name="noise">Null for exact rounding. Otherwise fractions that were rounded are off by a few last places: what changes much is ill-conditioned.</param>
internal sealed class NaiveEvaluator(Func<UOp, Scalar[]> storage, Random? noise = null)
{
    private static readonly OpSet Rounding = new(Ops.Add, Ops.Sub, Ops.Mul, Ops.Div, Ops.Sqrt, Ops.Exp2, Ops.Log2, Ops.Sin, Ops.Math, Ops.Reduce, Ops.Cast);
    private readonly Dictionary<UOp, Scalar[]> _values = new(ReferenceEqualityComparer.Instance);

    /// <summary>The elements of a node, the last axis running fastest.</summary>
    public Scalar[] Evaluate(UOp root)
    {
        foreach (var node in root.TopologicalOrder(n => !_values.ContainsKey(n)))
        {
            if (node.DType != DType.Index && !_values.ContainsKey(node))
            {
                _values.Add(node, noise is null ? Compute(node) : Disturbed(node, Compute(node), noise));
            }
        }

        return _values[root];
    }

    private Scalar[] Compute(UOp node) => node.Op switch
    {
        Ops.Buffer or Ops.Param => storage(node),
        Ops.Const => [(Scalar)node.Arg!],
        Ops.Iota => [.. Enumerable.Range(0, (int)SizesOf(node)[0]).Select(i => ((Scalar)i).To(node.DType))],
        Ops.Reshape => _values[node[0]][..(int)Count(node)],
        Ops.Contiguous or Ops.Detach or Ops.Copy => _values[node[0]],
        Ops.Cast when node[0].DType == DType.Index => [((Scalar)IndexValue(node[0])).To(node.DType)],
        Ops.Store => _values[node[1]],
        Ops.After => Overwrite(node),
        Ops.Permute or Ops.Expand or Ops.Pad or Ops.Shrink or Ops.Flip => Move(node),
        Ops.Reduce => node.DType.IsComplex ? ReduceParts(node) : Reduce(node),
        Ops.Bitcast when node.DType.IsComplex && !node[0].DType.IsComplex => [.. _values[node[0]].Chunk(2).Select(p => Pair(p[0].AsDouble, p[1].AsDouble))],
        Ops.Bitcast when node[0].DType.IsComplex && !node.DType.IsComplex => [.. _values[node[0]].SelectMany(v => new Scalar[] { v.AsComplex.Real, v.AsComplex.Imaginary })],
        _ => Elementwise(node),
    };

    /// <summary>The sizes of a node, under the bindings of its variables.</summary>
    public static long[] SizesOf(UOp node) => [.. node.Shape.Dims.ToArray().Select(IndexValue)];

    private static long Count(UOp node) => SizesOf(node).Aggregate(1L, (a, b) => a * b);

    private static long IndexValue(UOp u) => u.Op switch
    {
        Ops.Const => ((Scalar)u.Arg!).AsLong,
        Ops.Variable => IndexValue(u[0]),
        Ops.Add => IndexValue(u[0]) + IndexValue(u[1]),
        Ops.Mul => IndexValue(u[0]) * IndexValue(u[1]),
        Ops.Max => Math.Max(IndexValue(u[0]), IndexValue(u[1])),
        Ops.FloorDiv => (long)Math.Floor(IndexValue(u[0]) / (double)IndexValue(u[1])),
        Ops.FloorMod => IndexValue(u[0]) - IndexValue(u[1]) * (long)Math.Floor(IndexValue(u[0]) / (double)IndexValue(u[1])),
        _ => throw new InvalidOperationException($"{u} is not a size."),
    };

    private Scalar[] Disturbed(UOp node, Scalar[] values, Random random)
    {
        if (!node.DType.IsFloat || !Rounding.Contains(node.Op) || node is { Op: Ops.Reduce, Arg: ReduceArg { Op: Ops.Max } })
        {
            return values;
        }

        // A sum that cancels is off by as much as its terms are.
        var place = node.DType.Name switch { "float64" => Math.ScaleB(1, -52), "float32" => Math.ScaleB(1, -23), "float16" => Math.ScaleB(1, -10), _ => Math.ScaleB(1, -7) };
        var terms = node.Op == Ops.Reduce ? _values[node[0]].Select(v => Math.Abs(v.AsDouble)).Where(double.IsFinite).DefaultIfEmpty(0).Max() : 0;
        return [.. values.Select(v => IsShort(v.AsDouble, node.DType) ? v : ((Scalar)(v.AsDouble + 4 * place * (Math.Abs(v.AsDouble) + terms) * (2 * random.NextDouble() - 1))).To(node.DType))];
    }

    // Whole numbers and simple fractions were hardly rounded.
    private static bool IsShort(double value, DType dtype) =>
        !double.IsFinite(value) || (BitConverter.DoubleToInt64Bits(value) & ((1L << (dtype == DType.Float64 ? 40 : 42)) - 1)) == 0;

    // The state before, with the elements of the view replaced: the view of the elements' numbers says which they are.
    private Scalar[] Overwrite(UOp node)
    {
        var (state, view, value) = (node[0], node[1][0], _values[node[1]]);
        var result = (Scalar[])_values[state].Clone();
        var numbers = Enumerable.Range(0, result.Length).Select(i => (Scalar)i).ToArray();
        var moves = new Stack<UOp>();
        for (; view != state; view = view[0])
        {
            moves.Push(view);
        }

        foreach (var move in moves)
        {
            numbers = move.Op is Ops.Reshape or Ops.Detach ? numbers : Move(move, numbers);
        }

        for (var i = 0; i < value.Length; i++)
        {
            result[numbers[i].AsLong] = value[i];
        }

        return result;
    }

    private Scalar[] Move(UOp node) => Move(node, _values[node[0]]);

    private static Scalar[] Move(UOp node, Scalar[] source)
    {
        var (from, to) = (SizesOf(node[0]), SizesOf(node));
        var result = new Scalar[Count(node)];
        for (var i = 0; i < result.Length; i++)
        {
            var at = Unravel(i, to);
            var origin = new long[from.Length];
            for (var axis = 0; axis < to.Length; axis++)
            {
                var a = at[axis];
                switch (node.Op)
                {
                    case Ops.Permute:
                        origin[((Axes)node.Arg!)[axis]] = a;
                        break;
                    case Ops.Expand:
                        origin[axis] = from[axis] == 1 ? 0 : a;
                        break;
                    case Ops.Pad:
                        origin[axis] = a - IndexValue(node[1 + 2 * axis]);
                        break;
                    case Ops.Shrink:
                        origin[axis] = a + IndexValue(node[1 + 2 * axis]);
                        break;
                    default:
                        origin[axis] = ((Axes)node.Arg!).Contains(axis) ? to[axis] - 1 - a : a;
                        break;
                }
            }

            var isInside = origin.Zip(from).All(p => p.First >= 0 && p.First < p.Second);
            result[i] = isInside ? source[Ravel(origin, from)] : ((Scalar)0).To(node.DType);
        }

        return result;
    }

    // A sum of complex numbers is one of each part.
    private Scalar[] ReduceParts(UOp node)
    {
        var (op, axes) = (ReduceArg)node.Arg!;
        var (from, to) = (SizesOf(node[0]), SizesOf(node));
        var total = new Complex[Count(node)];
        for (var i = 0; i < _values[node[0]].Length && op == Ops.Add; i++)
        {
            var at = Unravel(i, from);
            foreach (var axis in axes.Span)
            {
                at[axis] = 0;
            }

            total[Ravel(at, to)] += _values[node[0]][i].AsComplex;
        }

        return [.. total.Select(t => (Scalar)t)];
    }

    private static Scalar Pair(double real, double imaginary) => new Complex(real, imaginary);

    private Scalar[] Reduce(UOp node)
    {
        var (op, axes) = (ReduceArg)node.Arg!;
        var source = _values[node[0]];
        var (from, to) = (SizesOf(node[0]), SizesOf(node));
        var dtype = node.DType;
        var total = new double[Count(node)];
        var wrapped = new long[total.Length];
        var isFirst = new bool[total.Length];
        Array.Fill(isFirst, true);
        total.AsSpan().Fill(op == Ops.Mul ? 1 : 0);
        wrapped.AsSpan().Fill(op == Ops.Mul ? 1 : 0);
        for (var i = 0; i < source.Length; i++)
        {
            var at = Unravel(i, from);
            foreach (var axis in axes.Span)
            {
                at[axis] = 0;
            }

            var j = Ravel(at, to);
            var x = source[i];
            if (op == Ops.Max)
            {
                var best = isFirst[j] ? x : Binary(Ops.Max, dtype, Make(dtype, total[j], wrapped[j]), x);
                (total[j], wrapped[j]) = (best.AsDouble, best.RawBits);
            }
            else
            {
                total[j] = op == Ops.Add ? total[j] + x.AsDouble : total[j] * x.AsDouble;
                wrapped[j] = op == Ops.Add ? wrapped[j] + x.RawBits : wrapped[j] * x.RawBits;
            }

            isFirst[j] = false;
        }

        return [.. total.Select((t, i) => op == Ops.Max && isFirst[i] ? LeastOf(dtype) : Make(dtype, t, wrapped[i]))];
    }

    private Scalar[] Elementwise(UOp node)
    {
        var sources = node.Src.ToArray().Select(s => _values[s]).ToArray();
        foreach (var s in node.Src)
        {
            if (!s.Shape.Equals(node.Shape))
            {
                throw new InvalidOperationException($"{node} has a source of shape {s.Shape}, not {node.Shape}.");
            }
        }

        var from = node[node.Src.Length - 1].DType;
        var result = new Scalar[Count(node)];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = node.Op switch
            {
                Ops.Cast => Cast(sources[0][i], node.DType),
                Ops.Bitcast => FromBits(node.DType, ToBits(from, sources[0][i])),
                Ops.Where => sources[0][i].AsBool ? sources[1][i] : sources[2][i],
                Ops.Math => ((Scalar)Function((MathFunction)node.Arg!, sources[0][i].AsDouble, sources[^1][i].AsDouble)).To(node.DType),
                _ when sources.Length == 1 => Unary(node.Op, node.DType, sources[0][i]),
                _ when sources.Length == 2 => Binary(node.Op, from, sources[0][i], sources[1][i]),
                _ => throw new InvalidOperationException($"{node.Op} is not an op of tensors."),
            };
        }

        return result;
    }

    // Fractions to integers saturate, NaN gives 0; 8 and 16 bits wrap from int32.
    private static Scalar Cast(Scalar x, DType dtype) => x.Kind != DTypeKind.Float || !dtype.IsInteger ? x.To(dtype) : (dtype.Kind, dtype.Bits) switch
    {
        (_, < 32) => Whole(dtype, (int)x.AsDouble),
        (DTypeKind.UInt, 32) => Whole(dtype, (uint)x.AsDouble),
        (DTypeKind.UInt, _) => Whole(dtype, (long)(ulong)x.AsDouble),
        (_, 32) => Whole(dtype, (int)x.AsDouble),
        _ => Whole(dtype, (long)x.AsDouble),
    };

    private static double Function(MathFunction function, double x, double y) => function switch
    {
        MathFunction.Exp => Math.Exp(x),
        MathFunction.Expm1 => Math.Abs(x) < 1e-5 ? x + x * x / 2 : Math.Exp(x) - 1,
        MathFunction.Log => Math.Log(x),
        MathFunction.Log1p => Math.Abs(x) < 1e-5 ? x - x * x / 2 : Math.Log(1 + x),
        MathFunction.Log10 => Math.Log10(x),
        MathFunction.Cos => Math.Cos(x),
        MathFunction.Tan => Math.Tan(x),
        MathFunction.Tanh => Math.Tanh(x),
        MathFunction.Sigmoid => 1 / (1 + Math.Exp(-x)),
        MathFunction.Erf => Erf(x),
        MathFunction.Erfc => x > 1 ? Math.Exp(-x * x) * ErfcFraction(x, 1) : 1 - Erf(x),
        MathFunction.Pow => Math.Pow(x, y),
        _ => throw new InvalidOperationException($"{function} is not defined."),
    };

    // By the Taylor series, whose terms cancel too much beyond 3.
    private static double Erf(double x)
    {
        if (!(Math.Abs(x) < 3))
        {
            return double.IsNaN(x) ? x : Math.Sign(x) * (1 - Math.Exp(-x * x) * ErfcFraction(Math.Abs(x), 1));
        }

        var (power, sum) = (x, x);
        for (var n = 1; n < 80; n++)
        {
            power *= -x * x / n;
            sum += power / (2 * n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    // erfc x · e^(x²) as a continued fraction.
    private static double ErfcFraction(double x, int n) => n > 1
        ? x + n / 2.0 / (n < 300 ? ErfcFraction(x, n + 1) : x)
        : 1 / Math.Sqrt(Math.PI) / (x + 0.5 / ErfcFraction(x, 2));

    private static Scalar Unary(Ops op, DType dtype, Scalar x) => op switch
    {
        Ops.Neg when dtype.IsComplex => -x.AsComplex,
        Ops.Neg when dtype.IsFloat => ((Scalar)(-x.AsDouble)).To(dtype),
        Ops.Neg => Whole(dtype, -x.RawBits),
        Ops.Sqrt => ((Scalar)Math.Sqrt(x.AsDouble)).To(dtype),
        Ops.Exp2 => ((Scalar)Math.Pow(2, x.AsDouble)).To(dtype),
        Ops.Log2 => ((Scalar)Math.Log2(x.AsDouble)).To(dtype),
        Ops.Sin => ((Scalar)Math.Sin(x.AsDouble)).To(dtype),
        Ops.Trunc => ((Scalar)Math.Truncate(x.AsDouble)).To(dtype),
        _ => throw new InvalidOperationException($"{op} is not an op of one source."),
    };

    private static Scalar Binary(Ops op, DType dtype, Scalar x, Scalar y)
    {
        if (dtype.IsComplex)
        {
            var (a, b) = (x.AsComplex, y.AsComplex);
            return op switch
            {
                Ops.Add => Pair(a.Real + b.Real, a.Imaginary + b.Imaginary),
                Ops.Sub => Pair(a.Real - b.Real, a.Imaginary - b.Imaginary),
                Ops.CmpEq => a.Real == b.Real && a.Imaginary == b.Imaginary,
                Ops.CmpNe => a.Real != b.Real || a.Imaginary != b.Imaginary,
                _ => throw new InvalidOperationException($"{op} is not an op of {dtype}."),
            };
        }

        if (dtype.IsFloat)
        {
            var (a, b) = (x.AsDouble, y.AsDouble);
            return op switch
            {
                Ops.Add => ((Scalar)(a + b)).To(dtype),
                Ops.Sub => ((Scalar)(a - b)).To(dtype),
                Ops.Mul => ((Scalar)(a * b)).To(dtype),
                Ops.Div => ((Scalar)(a / b)).To(dtype),
                Ops.Max => ((Scalar)Math.Max(a, b)).To(dtype),
                Ops.CmpLt => a < b,
                Ops.CmpEq => a == b,
                Ops.CmpNe => a != b,
                _ => throw new InvalidOperationException($"{op} is not an op of {dtype}."),
            };
        }

        return dtype.Kind == DTypeKind.UInt && dtype.Bits == 64
            ? Integer<ulong>(op, dtype, (ulong)x.RawBits, (ulong)y.RawBits)
            : Integer<long>(op, dtype, x.RawBits, y.RawBits);
    }

    private static Scalar Integer<T>(Ops op, DType dtype, T a, T b) where T : IBinaryInteger<T>
    {
        var quotient = b == T.Zero ? T.Zero : b == -T.One && T.IsNegative(b) ? T.Zero - a : a / b;
        var remainder = b == T.Zero ? a : a - b * quotient;
        var isBelow = remainder != T.Zero && T.IsNegative(remainder) != T.IsNegative(b) && b != T.Zero;
        return op switch
        {
            Ops.CmpLt => a < b,
            Ops.CmpEq => a == b,
            Ops.CmpNe => a != b,
            Ops.Threefry => Whole(dtype, (long)Threefry(ulong.CreateTruncating(a), ulong.CreateTruncating(b))),
            _ => Whole(dtype, long.CreateTruncating(op switch
            {
                Ops.Add => a + b,
                Ops.Sub => a - b,
                Ops.Mul => a * b,
                Ops.IntDiv => quotient,
                Ops.IntMod => remainder,
                Ops.FloorDiv => isBelow ? quotient - T.One : quotient,
                Ops.FloorMod => isBelow ? remainder + b : remainder,
                Ops.Max => T.Max(a, b),
                Ops.And => a & b,
                Ops.Or => a | b,
                Ops.Xor => a ^ b,
                Ops.Shl => a << int.CreateTruncating(b),
                Ops.Shr => a >> int.CreateTruncating(b),
                _ => throw new InvalidOperationException($"{op} is not an op of {dtype}."),
            })),
        };
    }

    // Random123's Threefry 2x32-20, straight from the paper.
    private static ulong Threefry(ulong counter, ulong key)
    {
        int[] rotations = [13, 15, 26, 6, 17, 29, 16, 24];
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        uint[] schedule = [k0, k1, k0 ^ k1 ^ 0x1BD11BDA];
        uint x0 = (uint)counter + k0, x1 = (uint)(counter >> 32) + k1;
        for (var r = 0; r < 20; r++)
        {
            x0 += x1;
            x1 = BitOperations.RotateLeft(x1, rotations[r & 7]) ^ x0;
            if (r % 4 == 3)
            {
                x0 += schedule[(r / 4 + 1) % 3];
                x1 += schedule[(r / 4 + 2) % 3] + (uint)(r / 4 + 1);
            }
        }

        return x0 | (ulong)x1 << 32;
    }

    private static Scalar Whole(DType dtype, long bits) => Scalar.FromRawBits(DTypeKind.Int, bits).To(dtype);

    private static Scalar Make(DType dtype, double value, long wrapped) => dtype.IsFloat ? ((Scalar)value).To(dtype) : Whole(dtype, wrapped);

    private static Scalar LeastOf(DType dtype) => dtype.IsFloat ? double.NegativeInfinity : ((Scalar)dtype.MinInteger).To(dtype);

    /// <summary>The bits of an element as they are in memory, from the lowest.</summary>
    public static ulong ToBits(DType dtype, Scalar x) => dtype.Name switch
    {
        "float16" => BitConverter.HalfToUInt16Bits((Half)x.AsDouble),
        "bfloat16" => BitConverter.SingleToUInt32Bits((float)x.AsDouble) >> 16,
        "float32" => BitConverter.SingleToUInt32Bits((float)x.AsDouble),
        _ when dtype is { IsFloat: true, Bits: < 16 } => NarrowFloats.Encode(dtype, (float)x.AsDouble),
        _ => (ulong)x.RawBits & (ulong.MaxValue >> (64 - dtype.Bits)),
    };

    /// <summary>The element with these bits in memory.</summary>
    public static Scalar FromBits(DType dtype, ulong bits) => dtype.Name switch
    {
        "float16" => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
        "bfloat16" => (double)BitConverter.UInt32BitsToSingle((uint)bits << 16),
        "float32" => (double)BitConverter.UInt32BitsToSingle((uint)bits),
        "float64" => BitConverter.UInt64BitsToDouble(bits),
        "bool" => (bits & 1) != 0,
        "complex64" => Scalar.FromRawBits(DTypeKind.Complex, (long)bits),
        _ when dtype is { IsFloat: true, Bits: < 16 } => (double)NarrowFloats.Decode(dtype, (uint)bits),
        _ => Whole(dtype, (long)bits),
    };

    private static long[] Unravel(long index, long[] shape)
    {
        var at = new long[shape.Length];
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            at[axis] = index % shape[axis];
            index /= shape[axis];
        }

        return at;
    }

    private static long Ravel(long[] at, long[] shape)
    {
        long index = 0;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            index = index * shape[axis] + at[axis];
        }

        return index;
    }
}
