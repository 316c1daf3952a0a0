using Tenon.Core;

namespace Tenon.Onnx.Run;

/// <summary>Computes small graphs of tensors on the host, one element after the other.</summary>
/// <param name="known">The content of the buffers.</param>
internal sealed class HostEvaluator(IReadOnlyDictionary<UOp, HostTensor> known)
{
    // Beyond this a kernel is worth its launch.
    private const int LargestStep = 1 << 14;

    private readonly Dictionary<UOp, Scalar[]?> _values = new(ReferenceEqualityComparer.Instance);

    /// <summary>The elements of a node, or null if it is too large, or is made by what only devices do.</summary>
    public HostTensor? Evaluate(UOp root)
    {
        if (SizesOf(root) is not { } shape || CountOf(shape) is null or > HostTensor.Limit || !HostTensor.Holds(root.DType))
        {
            return null;
        }

        foreach (var node in root.TopologicalOrder(n => !_values.ContainsKey(n)))
        {
            if (node.DType != DType.Index && !_values.ContainsKey(node))
            {
                _values.Add(node, Compute(node));
            }
        }

        return _values[root] is { } elements ? new HostTensor(root.DType, shape, elements) : null;
    }

    private Scalar[]? Compute(UOp node)
    {
        if (SizesOf(node) is not { } sizes || CountOf(sizes) is not { } count || !HostTensor.Holds(node.DType))
        {
            return null;
        }

        foreach (var source in node.Src)
        {
            if (source.DType != DType.Index && _values[source] is null)
            {
                return null;
            }
        }

        switch (node.Op)
        {
            case Ops.Buffer:
                return known.TryGetValue(node, out var host) ? host.Elements : null;
            case Ops.Const:
                return [((Scalar)node.Arg!).To(node.DType)];
            case Ops.Iota:
                return [.. Enumerable.Range(0, count).Select(i => ((Scalar)i).To(node.DType))];
            case Ops.Reshape or Ops.Contiguous or Ops.Detach or Ops.Copy:
                return _values[node[0]];
            case Ops.Permute or Ops.Expand or Ops.Pad or Ops.Shrink or Ops.Flip:
                return Move(node, sizes, count);
            case Ops.Reduce:
                return Reduce(node, sizes, count);
            default:
                return OpSet.Elementwise.Contains(node.Op) ? Elementwise(node, count) : null;
        }
    }

    private Scalar[] Elementwise(UOp node, int count)
    {
        var sources = node.Src.Length;
        var values = new Scalar[sources][];
        for (var s = 0; s < sources; s++)
        {
            values[s] = _values[node[s]]!;
        }

        var arguments = new Scalar[sources];
        var result = new Scalar[count];
        for (var i = 0; i < count; i++)
        {
            for (var s = 0; s < sources; s++)
            {
                arguments[s] = values[s][i];
            }

            result[i] = ScalarMath.Evaluate(node.Op, node.DType, node[sources - 1].DType, arguments, node.Arg);
        }

        return result;
    }

    private Scalar[]? Reduce(UOp node, long[] sizes, int count)
    {
        var (op, axes) = (ReduceArg)node.Arg!;
        var source = _values[node[0]]!;
        var from = SizesOf(node[0])!;
        var result = new Scalar?[count];
        var at = new long[from.Length];
        foreach (var element in source)
        {
            long target = 0;
            for (var axis = 0; axis < from.Length; axis++)
            {
                target = target * sizes[axis] + (axes.Contains(axis) ? 0 : at[axis]);
            }

            result[target] = result[target] is { } sum ? ScalarMath.Evaluate(op, node.DType, node.DType, [sum, element]) : element;
            Advance(at, from);
        }

        return Array.Exists(result, r => r is null) ? null : Array.ConvertAll(result, r => r!.Value);
    }

    private Scalar[]? Move(UOp node, long[] sizes, int count)
    {
        var source = _values[node[0]]!;
        var from = SizesOf(node[0])!;
        var zero = ((Scalar)0).To(node.DType);
        var starts = new long[sizes.Length];
        for (var axis = 0; axis < starts.Length && node.Op is Ops.Pad or Ops.Shrink; axis++)
        {
            if (node[1 + 2 * axis] is not { Op: Ops.Const } start)
            {
                return null;
            }

            starts[axis] = ((Scalar)start.Arg!).AsLong;
        }

        var result = new Scalar[count];
        var at = new long[sizes.Length];
        var origin = new long[from.Length];
        for (var i = 0; i < count; i++)
        {
            for (var axis = 0; axis < sizes.Length; axis++)
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
                        origin[axis] = a - starts[axis];
                        break;
                    case Ops.Shrink:
                        origin[axis] = a + starts[axis];
                        break;
                    default:
                        origin[axis] = ((Axes)node.Arg!).Contains(axis) ? sizes[axis] - 1 - a : a;
                        break;
                }
            }

            long index = 0;
            var isInside = true;
            for (var axis = 0; axis < from.Length; axis++)
            {
                isInside &= origin[axis] >= 0 && origin[axis] < from[axis];
                index = index * from[axis] + origin[axis];
            }

            result[i] = isInside ? source[index] : zero;
            Advance(at, sizes);
        }

        return result;
    }

    private static void Advance(long[] at, long[] sizes)
    {
        for (var axis = sizes.Length - 1; axis >= 0 && ++at[axis] == sizes[axis]; axis--)
        {
            at[axis] = 0;
        }
    }

    private static long[]? SizesOf(UOp node)
    {
        var sizes = new long[node.Shape.Rank];
        for (var axis = 0; axis < sizes.Length; axis++)
        {
            if (node.Shape.Size(axis) is not { IsKnown: true } size)
            {
                return null;
            }

            sizes[axis] = size.Min;
        }

        return sizes;
    }

    private static int? CountOf(long[] sizes)
    {
        long count = 1;
        foreach (var size in sizes)
        {
            count = size <= LargestStep ? count * size : long.MaxValue;
            if (count > LargestStep)
            {
                return null;
            }
        }

        return (int)count;
    }
}
