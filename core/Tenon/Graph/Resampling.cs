namespace Tenon;

/// <summary>
/// How an axis becomes one of another size: element o of the result is the sum, over the taps t, of Weight[o, t] · element
/// Index[o, t]. Elements before and behind the axis are those at its ends.
/// </summary>
internal sealed class Resampling
{
    private readonly long _size;

    private Resampling(long size, long count, long taps)
    {
        (_size, Count, Taps) = (size, count, taps);
        Index = new int[count * taps];
        Weight = new double[count * taps];
    }

    /// <summary>The size of the result.</summary>
    public long Count { get; }

    /// <summary>How many elements each is made of.</summary>
    public long Taps { get; }

    /// <summary><c>[Count, Taps]</c>.</summary>
    public int[] Index { get; }

    /// <summary><c>[Count, Taps]</c>.</summary>
    public double[] Weight { get; }

    /// <summary>Whether each element of the result is one of the axis.</summary>
    public bool IsSelection => Taps == 1 && Array.TrueForAll(Weight, static w => w == 1);

    /// <summary>Whether nothing changes.</summary>
    public bool IsIdentity
    {
        get
        {
            var isIdentity = IsSelection && Count == _size;
            for (var i = 0; i < Index.Length && isIdentity; i++)
            {
                isIdentity = Index[i] == i;
            }

            return isIdentity;
        }
    }

    /// <summary>Element o is the one nearest to a position.</summary>
    public static Resampling Nearest(long size, long count, Func<long, double> position)
    {
        var result = new Resampling(size, count, 1);
        for (long o = 0; o < count; o++)
        {
            result.Set(o, 0, position(o), 1);
        }

        return result;
    }

    /// <summary>Element o is a mean around a coordinate.</summary>
    /// <param name="size">The size of the axis.</param>
    /// <param name="count">The size of the result.</param>
    /// <param name="coordinate">Where in the axis element o lies.</param>
    /// <param name="filter">The weight of an element by its distance.</param>
    /// <param name="stretch">How much wider the filter is, against aliasing; 1 or more.</param>
    /// <param name="excludeOutside">Whether what lies outside the axis has no weight.</param>
    public static Resampling Filtered(long size, long count, Func<long, double> coordinate, ResampleFilter filter, double stretch, bool excludeOutside)
    {
        var radius = filter.Radius * stretch;
        var result = new Resampling(size, count, (long)Math.Ceiling(2 * radius));
        for (long o = 0; o < count; o++)
        {
            var at = coordinate(o);
            var first = Math.Floor(at - radius) + 1;
            var row = result.Weight.AsSpan((int)(o * result.Taps), (int)result.Taps);
            var total = 0.0;
            for (var t = 0; t < row.Length; t++)
            {
                var isOutside = first + t < 0 || first + t >= size;
                result.Set(o, t, first + t, isOutside && excludeOutside ? 0 : filter.Weight((first + t - at) / stretch));
                total += row[t];
            }

            foreach (ref var weight in row)
            {
                weight = total == 0 ? weight : weight / total;
            }
        }

        return result;
    }

    /// <summary>Element o is the mean of the elements from ⌊o·size/count⌋ to ⌈(o + 1)·size/count⌉.</summary>
    public static Resampling Areas(long size, long count)
    {
        long taps = 1;
        for (long o = 0; o < count; o++)
        {
            taps = Math.Max(taps, End(o) - Begin(o));
        }

        var result = new Resampling(size, count, taps);
        for (long o = 0; o < count; o++)
        {
            for (var t = 0; t < taps; t++)
            {
                var (begin, end) = (Begin(o), End(o));
                result.Set(o, t, Math.Min(begin + t, end - 1), begin + t < end ? 1.0 / (end - begin) : 0);
            }
        }

        return result;

        long Begin(long o) => o * size / count;

        long End(long o) => ((o + 1) * size + count - 1) / count;
    }

    /// <summary>The way back: element i of the axis is the sum of what has it, by the same weights.</summary>
    public Resampling Transposed()
    {
        var users = new List<(long From, double Weight)>[_size];
        for (var i = 0; i < users.Length; i++)
        {
            users[i] = [];
        }

        for (var i = 0; i < Index.Length; i++)
        {
            if (Weight[i] != 0)
            {
                users[Index[i]].Add((i / Taps, Weight[i]));
            }
        }

        var result = new Resampling(Count, _size, Math.Max(1, users.Max(static u => u.Count)));
        for (var i = 0; i < users.Length; i++)
        {
            for (var t = 0; t < result.Taps; t++)
            {
                var (from, weight) = t < users[i].Count ? users[i][t] : (users[i].Count > 0 ? users[i][0].From : 0, 0);
                result.Set(i, t, from, weight);
            }
        }

        return result;
    }

    private void Set(long o, long tap, double index, double weight)
    {
        var i = o * Taps + tap;
        (Index[i], Weight[i]) = ((int)Math.Clamp(index, 0, _size - 1), weight);
    }
}

/// <summary>What weight an element has by its distance from where a sample is taken.</summary>
/// <param name="Radius">From which distance on it is 0.</param>
/// <param name="Weight">The weight at a distance.</param>
internal sealed record ResampleFilter(double Radius, Func<double, double> Weight)
{
    /// <summary>1 - |x|.</summary>
    public static ResampleFilter Linear { get; } = new(1, static x => Math.Max(0, 1 - Math.Abs(x)));

    /// <summary>Cubic convolution with a free coefficient.</summary>
    /// <remarks>R. G. Keys, Cubic convolution interpolation for digital image processing, IEEE ASSP 29 (1981), eq. 15.</remarks>
    public static ResampleFilter Cubic(double a) => new(2, x => Math.Abs(x) switch
    {
        <= 1 and var d => ((a + 2) * d - (a + 3)) * d * d + 1,
        < 2 and var d => ((d - 5) * d + 8) * d * a - 4 * a,
        _ => 0,
    });
}
