using Tenon.Core;

namespace Tenon;

/// <summary>
/// Gradient checkpointing: the gradient of a part of a graph computes that part anew from its inputs, so that nothing between
/// them is kept.
/// </summary>
/// <remarks>Chen et al., Training deep nets with sublinear memory cost, arXiv:1604.06174.</remarks>
internal static class Recomputation
{
    /// <summary>The same value, whose gradient is that of a copy which begins at the inputs.</summary>
    public static UOp Wrap(UOp value, ReadOnlySpan<UOp> inputs)
    {
        // What the copy shares with the original is where gradients leave it, besides the inputs.
        var inside = new NodeSet();
        var exits = new List<UOp>();
        var known = new NodeSet();
        foreach (var input in inputs)
        {
            if (known.Add(input))
            {
                inside.Add(input);
                exits.Add(input);
            }
        }

        var begins = exits.Count;
        foreach (var node in value.TopologicalOrder(n => !known.Contains(n)))
        {
            if (!inside.Contains(node) && Any(node.Src, inside))
            {
                inside.Add(node);
                foreach (var source in node.Src)
                {
                    if (source.DType.IsFloat && !inside.Contains(source) && known.Add(source))
                    {
                        exits.Add(source);
                    }
                }
            }
        }

        return inside.Contains(value) ? new CustomGradient((node, gradient) => Gradients(node, begins, gradient)).Attach(value, exits.ToArray()) : value;
    }

    private static UOp?[] Gradients(UOp node, int begins, UOp gradient)
    {
        var anew = new NodeMap<UOp>();
        var exits = node.Src[1..].ToArray();
        var targets = new HashSet<UOp>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < exits.Length; i++)
        {
            if (i < begins)
            {
                exits[i] = anew[exits[i]] = After(exits[i], gradient);
            }

            targets.Add(exits[i]);
        }

        var found = Differentiation.Of(node[0].Substitute(anew).TopologicalOrder(), gradient, targets.Contains);
        return Array.ConvertAll(exits, found.GetValueOrDefault);
    }

    /// <summary>
    /// The same value, which nothing can compute before the gradient is there, nor take for the value itself: its bits, plus a
    /// zero that only arithmetic knows to be one. A square is 0 or 1 modulo 4, so its second bit is 0.
    /// </summary>
    private static UOp After(UOp value, UOp gradient)
    {
        var bounds = new (SymInt, SymInt)[gradient.Shape.Rank];
        bounds.AsSpan().Fill((0, 1));
        var one = TensorGraph.Reshape(TensorGraph.Shrink(gradient, bounds), new Shape());
        var number = one.Cast(DType.Float32).Bitcast(DType.UInt32);
        var square = number * number;
        var zero = UOp.Alu(Ops.And, UOp.Alu(Ops.Shr, square, TensorGraph.FullLike(square, 1)), TensorGraph.FullLike(square, 1));
        var bits = value.DType.IsBool ? value.Cast(DType.UInt8) : value.Bitcast(Unsigned(value.DType));
        var same = bits + TensorGraph.BroadcastTo(zero.Cast(bits.DType), bits.Shape);
        return value.DType.IsBool ? same.Cast(DType.Bool) : same.Bitcast(value.DType);
    }

    private static DType Unsigned(DType dtype) => dtype.Bits switch
    {
        8 => DType.UInt8,
        16 => DType.UInt16,
        32 => DType.UInt32,
        _ => DType.UInt64,
    };

    private static bool Any(ReadOnlySpan<UOp> nodes, NodeSet set)
    {
        foreach (var node in nodes)
        {
            if (set.Contains(node))
            {
                return true;
            }
        }

        return false;
    }
}
