using Tenon.Core;

namespace Tenon;

/// <summary>How windows lie over the last axes of a shape: window o begins at o·stride - before, and its elements are dilation apart.</summary>
internal sealed class WindowLayout
{
    private readonly (long Before, long After)[] _given;

    /// <summary>Lays windows over the last axes.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="kernel">The size of a window, for each axis.</param>
    /// <param name="stride">The distance between windows; 1 by default.</param>
    /// <param name="padding">What is added around the axes.</param>
    /// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
    /// <param name="ceiling">Whether a last window may reach over the end, as long as it begins inside or before the input.</param>
    /// <param name="operation">Who asks, for messages.</param>
    public WindowLayout(Shape shape, long[] kernel, Sizes stride, Padding padding, Sizes dilation, bool ceiling, string operation)
    {
        var axes = kernel.Length;
        if (shape.Rank < axes)
        {
            throw new TenonException("TEN3051", $"{operation}: windows over {axes} axes of the input {shape}. Expected at least {axes} axes.");
        }

        Kernel = kernel;
        (Stride, Dilation) = (stride.For(axes, 1, operation), dilation.For(axes, 1, operation));
        (Size, Count) = (new long[axes], new long[axes]);
        var total = new long[axes];
        for (var i = 0; i < axes; i++)
        {
            Size[i] = Shapes.Known(shape, shape.Rank - axes + i, operation);
            if (kernel[i] < 1 || Stride[i] < 1 || Dilation[i] < 1)
            {
                throw new TenonException("TEN3051", $"{operation}: windows of {kernel[i]} elements with stride {Stride[i]} and dilation {Dilation[i]}. Expected 1 or more of each.");
            }

            total[i] = ((Size[i] + Stride[i] - 1) / Stride[i] - 1) * Stride[i] + Reach(i) + 1 - Size[i];
        }

        _given = padding.For(total, operation);
        Around = [.. _given];
        for (var i = 0; i < axes; i++)
        {
            var (before, after) = _given[i];
            var room = Size[i] + before + after - Reach(i) - 1;
            if (room < 0)
            {
                throw new TenonException(
                    "TEN3051",
                    $"{operation}: windows of [{string.Join(", ", kernel)}] with dilation [{string.Join(", ", Dilation)}] do not fit the input {shape} with a padding of {padding}. Expected windows no larger than the padded input.");
            }

            Count[i] = room / Stride[i] + 1;
            if (ceiling && room % Stride[i] != 0 && Count[i] * Stride[i] < Size[i] + before)
            {
                Count[i]++;
                Around[i].After += Stride[i] - room % Stride[i];
            }
        }
    }

    /// <summary>The sizes of the axes, without padding.</summary>
    public long[] Size { get; }

    /// <summary>The sizes of a window.</summary>
    public long[] Kernel { get; }

    /// <summary>The distances between windows.</summary>
    public long[] Stride { get; }

    /// <summary>The distances between the elements of a window.</summary>
    public long[] Dilation { get; }

    /// <summary>How many windows there are.</summary>
    public long[] Count { get; }

    /// <summary>What is added around each axis, including what the last window reaches over.</summary>
    public (long Before, long After)[] Around { get; }

    /// <summary>How many axes there are.</summary>
    public int Axes => Kernel.Length;

    /// <summary>Whether anything is added.</summary>
    public bool IsPadded => Array.Exists(Around, static a => a != (0, 0));

    /// <summary>Whether a last window reaches over the padding that was asked for.</summary>
    public bool Overhangs => !Around.AsSpan().SequenceEqual(_given);

    /// <summary>The padding that was asked for.</summary>
    public ReadOnlySpan<(long Before, long After)> Given => _given;

    /// <summary>The distance from the first to the last element of a window.</summary>
    public long Reach(int axis) => Dilation[axis] * (Kernel[axis] - 1);

    /// <summary>Where the elements of the windows of an axis are: <c>[windows, kernel]</c>; outside the axis in the padding.</summary>
    public long[] Positions(int axis)
    {
        var positions = new long[Count[axis] * Kernel[axis]];
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = i / Kernel[axis] * Stride[axis] + i % Kernel[axis] * Dilation[axis] - Around[axis].Before;
        }

        return positions;
    }
}
