using Tenon.Core;

namespace Tenon.State;

/// <summary>A tensor as a pickle has it: a view of a storage.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="DType">The type of the elements; the storage's, unless that one is untyped.</param>
/// <param name="Offset">The first element.</param>
/// <param name="Size">The sizes of the axes.</param>
/// <param name="Stride">How many elements each axis' next position is further.</param>
internal sealed record TorchView(TorchStorage Storage, DType DType, long Offset, long[] Size, long[] Stride)
{
    // How much a tensor may be more than what is stored of it: so much, or so many times the file.
    private const long RepeatedAlways = 16 << 20;
    private const long RepeatedMost = 200;

    /// <summary>The view as a tensor, made by movement of elements that follow each other.</summary>
    /// <exception cref="TenonFormatException">The view leaves its storage, or its elements overlap.</exception>
    public Tensor ToTensor(StateReader file)
    {
        var field = $"tensor of storage '{Storage.Key}'";
        var elements = file.ByteCount(field, DType, Size, 0) / DType.Bytes;
        var room = Storage.Count * Storage.DType.Bytes / DType.Bytes;
        if (Offset < 0 || Offset > room || Stride.Length != Size.Length)
        {
            throw Fault(file, field, $"offset {Offset}, size [{string.Join(", ", Size)}], stride [{string.Join(", ", Stride)}] in {room} elements.");
        }

        if (elements == 0)
        {
            return Storage.Elements(0, DType, Size);
        }

        // A repeated element takes no room in the file.
        if (elements > RepeatedAlways / DType.Bytes && elements / Math.Max(1, file.Length) > RepeatedMost)
        {
            throw Fault(file, field, $"size [{string.Join(", ", Size)}] in a file of {file.Length} bytes: elements that are repeated that often. Save what is repeated.");
        }

        // The axes that move, the widest first.
        var axes = Enumerable.Range(0, Size.Length).Where(i => Size[i] > 1 && Stride[i] != 0).OrderByDescending(i => Stride[i]).ToArray();
        Int128 span = 1;
        foreach (var i in axes)
        {
            span += (Int128)(Size[i] - 1) * Stride[i];
        }

        for (var i = 0; i < axes.Length; i++)
        {
            var (size, stride) = (Size[axes[i]], Stride[axes[i]]);
            if (stride < 0 || (i > 0 && (Int128)size * stride > Stride[axes[i - 1]]))
            {
                throw Fault(file, field, $"size [{string.Join(", ", Size)}], stride [{string.Join(", ", Stride)}]: elements that overlap. Save a contiguous() copy.");
            }
        }

        if (span > room - Offset)
        {
            throw Fault(file, field, $"offset {Offset}, size [{string.Join(", ", Size)}], stride [{string.Join(", ", Stride)}] leave the {room} elements of the storage.");
        }

        return Moved(axes, (long)span);
    }

    private Tensor Moved(int[] axes, long span)
    {
        // Each axis is split off at its stride; what of a row is not seen is cut off.
        var sizes = new List<SymInt>();
        var flat = axes.Length == 0 ? 1 : Size[axes[0]] * Stride[axes[0]];
        var x = Storage.Elements(Offset, DType, [Math.Min(span, flat)]);
        x = span < flat ? x.Pad([(0, flat - span)]) : x;
        for (var i = 0; i < axes.Length; i++)
        {
            sizes.Add(Size[axes[i]]);
            x = x.Reshape([.. sizes, Stride[axes[i]]]);
            var seen = i + 1 < axes.Length ? Size[axes[i + 1]] * Stride[axes[i + 1]] : 1;
            x = x.Shrink([.. sizes.Select(s => ((SymInt)0, s)), (0, seen)]);
            x = i + 1 < axes.Length ? x : x.Reshape([.. sizes]);
        }

        // Back into their order, with those of size 1 and those that repeat.
        var order = axes.Select((axis, place) => (axis, place)).OrderBy(p => p.axis).Select(p => p.place).ToArray();
        x = order.Length > 1 ? x.Permute(order) : x;
        x = x.Reshape([.. Size.Select((s, i) => (SymInt)(Array.IndexOf(axes, i) >= 0 ? s : 1))]);
        return x.Expand([.. Size.Select(s => (SymInt)s)]).AsValue();
    }

    private static TenonFormatException Fault(StateReader file, string field, string problem) => file.Fault("TEN5152", null, field, problem);
}
