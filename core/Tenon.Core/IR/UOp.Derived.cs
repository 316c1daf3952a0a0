namespace Tenon.Core;

public sealed partial class UOp
{
    private readonly UOp[] _ranges;

    /// <summary>The shape of the value; rank 0 for scalars, and for everything inside a kernel.</summary>
    public Shape Shape { get; }

    /// <summary>The least value of an integer or truth value; <see cref="long.MinValue"/> if nothing is known.</summary>
    public long Min { get; }

    /// <summary>The greatest value of an integer or truth value; <see cref="long.MaxValue"/> if nothing is known.</summary>
    public long Max { get; }

    /// <summary>The loops that the value depends on, in order of their numbers. Empty outside kernels.</summary>
    public ReadOnlySpan<UOp> Ranges => _ranges;

    /// <summary>Of an address in a kernel, or of an array after stores: the parameter or the local array that it leads to.</summary>
    public UOp Memory
    {
        get
        {
            var memory = this;
            while (memory.Op is Ops.Index or Ops.After)
            {
                memory = memory[0];
            }

            return memory;
        }
    }

    /// <summary>Whether the value depends on <paramref name="range"/>.</summary>
    public bool DependsOn(UOp range)
    {
        foreach (var r in _ranges)
        {
            if (r == range)
            {
                return true;
            }
        }

        return false;
    }

    private static Shape DeriveShape(UOp u)
    {
        switch (u.Op)
        {
            case Ops.Buffer:
                return new Shape(((BufferArg)u.Arg!).Size);
            case Ops.Param:
                return new Shape(((ParamArg)u.Arg!).Size);
            case Ops.Iota:
                return Shape.FromDims(u.Src);
            case Ops.Reshape or Ops.Expand:
                return Shape.FromDims(u.Src[1..]);
            case Ops.Permute:
                {
                    var (from, axes) = (u[0].Shape, (Axes)u.Arg!);
                    var dims = new UOp[axes.Count];
                    for (var i = 0; i < dims.Length; i++)
                    {
                        dims[i] = from.Dim(axes[i]);
                    }

                    return Shape.FromDims(dims);
                }

            case Ops.Pad:
                {
                    var dims = new UOp[u[0].Shape.Rank];
                    for (var i = 0; i < dims.Length; i++)
                    {
                        dims[i] = IndexMath.Add(IndexMath.Add(u[0].Shape.Dim(i), u[1 + 2 * i]), u[2 + 2 * i]);
                    }

                    return Shape.FromDims(dims);
                }

            case Ops.Shrink:
                {
                    var dims = new UOp[u[0].Shape.Rank];
                    for (var i = 0; i < dims.Length; i++)
                    {
                        dims[i] = IndexMath.Sub(u[2 + 2 * i], u[1 + 2 * i]);
                    }

                    return Shape.FromDims(dims);
                }

            case Ops.Reduce when ((ReduceArg)u.Arg!).Axes is { Count: > 0 } axes:
                {
                    var dims = u[0].Shape.Dims.ToArray();
                    foreach (var axis in axes.Span)
                    {
                        dims[axis] = Index(1);
                    }

                    return Shape.FromDims(dims);
                }

            case Ops.Bitcast when u.DType.IsComplex != u[0].DType.IsComplex:
                // Between complex numbers and a last axis of their parts.
                return Shape.FromDims(u.DType.IsComplex ? u[0].Shape.Dims[..^1] : [.. u[0].Shape.Dims, Index(2)]);
            case Ops.Sink or Ops.Local or Ops.Index or Ops.Range or Ops.Store or Ops.End:
                return Shape.Scalar;
            case Ops.Where:
                return u[1].Shape;
            default:
                return u.Src.Length == 0 ? Shape.Scalar : u[0].Shape;
        }
    }

    private static UOp[] DeriveRanges(UOp u)
    {
        if (u.Op == Ops.Range)
        {
            return [u];
        }

        // It has no value, and may hold whole graphs.
        if (u.Op == Ops.Sink)
        {
            return [];
        }

        UOp[] all = [];
        foreach (var s in u._src)
        {
            all = Union(all, s._ranges);
        }

        return all.Length == 0 ? all : u.Op switch
        {
            Ops.Reduce or Ops.End => Without(all, u.Src[1..]),
            Ops.Assign => Without(all, u.Src[2..]),
            Ops.Wmma when u.Src.Length > 3 => Without(all, u.Src[4..]),
            _ => all,
        };
    }

    private static UOp[] Without(UOp[] all, ReadOnlySpan<UOp> closed)
    {
        var open = new List<UOp>(all.Length);
        foreach (var r in all)
        {
            if (!closed.Contains(r))
            {
                open.Add(r);
            }
        }

        return open.Count == all.Length ? all : [.. open];
    }

    private static UOp[] Union(UOp[] a, UOp[] b)
    {
        if (b.Length == 0 || ReferenceEquals(a, b))
        {
            return a;
        }

        if (a.Length == 0)
        {
            return b;
        }

        var merged = new UOp[a.Length + b.Length];
        var (i, j, count) = (0, 0, 0);
        while (i < a.Length || j < b.Length)
        {
            if (j == b.Length || (i < a.Length && Before(a[i], b[j])))
            {
                merged[count++] = a[i++];
            }
            else
            {
                i += i < a.Length && a[i] == b[j] ? 1 : 0;
                merged[count++] = b[j++];
            }
        }

        return count == a.Length ? a : count == b.Length ? b : merged[..count];
    }

    // Two ranges with one number exist only for a moment, while one replaces the other; the hash keeps the order total.
    private static bool Before(UOp a, UOp b)
    {
        if (a == b)
        {
            return false;
        }

        var (x, y) = (((RangeArg)a.Arg!).Id, ((RangeArg)b.Arg!).Id);
        return x != y ? x < y : a.Hash < b.Hash;
    }
}
