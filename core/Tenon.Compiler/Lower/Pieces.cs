using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// A value of the kernel in the linear program: one node for each index of the unrolled ranges that it depends on. What
/// depends on a vector range is a vector, or, where vectors are not to be had, one scalar for each lane.
/// </summary>
internal sealed class Pieces
{
    private readonly UOp[] _nodes;

    /// <param name="axes">The unrolled ranges, in order of their numbers.</param>
    /// <param name="lanes">The vector range; null for scalars.</param>
    /// <param name="split">Whether lanes are nodes of their own.</param>
    /// <param name="nodes">Row-major over the axes; lanes, if split, last.</param>
    public Pieces(UOp[] axes, UOp? lanes, bool split, UOp[] nodes) => (Axes, Lanes, IsSplit, _nodes) = (axes, lanes, split, nodes);

    public UOp[] Axes { get; }

    public UOp? Lanes { get; }

    public bool IsSplit { get; }

    public int LaneCount => Lanes is null ? 1 : (int)Lanes[0].Max;

    /// <summary>The piece at an assignment of the unrolled ranges, as a vector if there are lanes.</summary>
    public UOp Vector(Point at, int lanes)
    {
        var first = _nodes[Offset(at)];
        if (!IsSplit)
        {
            return lanes == 1 || Lanes is not null ? first : Splat(first, lanes);
        }

        var offset = Offset(at);
        return UOp.New(Ops.Stack, first.DType.Vec(lanes), _nodes.AsSpan(offset, lanes));
    }

    /// <summary>One lane of the piece at an assignment of the unrolled ranges.</summary>
    public UOp Lane(Point at, int lane)
    {
        var offset = Offset(at);
        return IsSplit ? _nodes[offset + lane] : Lanes is null ? _nodes[offset] : Extract(_nodes[offset], lane);
    }

    public static UOp Splat(UOp scalar, int lanes) =>
        scalar.Op == Ops.Const ? UOp.New(Ops.Const, scalar.DType.Vec(lanes), [], scalar.Arg) : UOp.New(Ops.Splat, scalar.DType.Vec(lanes), [scalar]);

    public static UOp Extract(UOp vector, int lane) => vector.Op switch
    {
        Ops.Const => UOp.New(Ops.Const, vector.DType.Scalar, [], vector.Arg),
        Ops.Splat => vector[0],
        Ops.Stack => vector[lane],
        _ => UOp.New(Ops.Extract, vector.DType.Scalar, [vector], lane),
    };

    private int Offset(Point at)
    {
        var offset = 0;
        foreach (var axis in Axes)
        {
            offset = offset * (int)axis[0].Max + at[axis];
        }

        return IsSplit ? offset * LaneCount : offset;
    }
}
