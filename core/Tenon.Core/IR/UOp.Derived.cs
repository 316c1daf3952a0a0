namespace Tenon.Core;

public sealed partial class UOp
{
    /// <summary>The shape of the value; rank 0 for scalars, and for everything inside a kernel.</summary>
    public Shape Shape { get; }

    /// <summary>The least value of an integer or truth value; <see cref="long.MinValue"/> if nothing is known.</summary>
    public long Min { get; }

    /// <summary>The greatest value of an integer or truth value; <see cref="long.MaxValue"/> if nothing is known.</summary>
    public long Max { get; }

    /// <summary>The loops that the value depends on, in order of their numbers. Empty outside kernels.</summary>
    public IReadOnlyList<UOp> Ranges { get; }

    /// <summary>Whether the value depends on <paramref name="range"/>.</summary>
    public bool DependsOn(UOp range)
    {
        foreach (var r in Ranges)
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

            case Ops.Sink or Ops.Index or Ops.Range or Ops.Store or Ops.End:
                return Shape.Scalar;
            case Ops.Where:
                return u[1].Shape;
            default:
                return u.Src.Length == 0 ? Shape.Scalar : u[0].Shape;
        }
    }

    private static IReadOnlyList<UOp> DeriveRanges(UOp u)
    {
        if (u.Op == Ops.Range)
        {
            return [u];
        }

        var closed = u.Op switch
        {
            Ops.Reduce or Ops.End => u.Src[1..],
            Ops.Assign => u.Src[2..],
            _ => default,
        };
        IReadOnlyList<UOp> all = [];
        foreach (var s in u.Src)
        {
            all = Union(all, s.Ranges);
        }

        if (closed.Length == 0 || all.Count == 0)
        {
            return all;
        }

        var open = new List<UOp>(all.Count);
        foreach (var r in all)
        {
            if (!closed.Contains(r))
            {
                open.Add(r);
            }
        }

        return open.ToArray();
    }

    private static IReadOnlyList<UOp> Union(IReadOnlyList<UOp> a, IReadOnlyList<UOp> b)
    {
        if (b.Count == 0 || ReferenceEquals(a, b))
        {
            return a;
        }

        if (a.Count == 0)
        {
            return b;
        }

        var merged = new List<UOp>(a.Count + b.Count);
        var (i, j) = (0, 0);
        while (i < a.Count || j < b.Count)
        {
            if (j == b.Count || (i < a.Count && Before(a[i], b[j])))
            {
                merged.Add(a[i++]);
            }
            else
            {
                if (i < a.Count && a[i] == b[j])
                {
                    i++;
                }

                merged.Add(b[j++]);
            }
        }

        return merged.Count == a.Count ? a : merged.Count == b.Count ? b : merged.ToArray();
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
