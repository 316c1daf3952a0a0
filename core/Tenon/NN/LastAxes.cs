namespace Tenon.NN;

/// <summary>The sizes of the last axes that a layer normalises: what has others would be broadcast.</summary>
internal static class LastAxes
{
    /// <exception cref="TenonException">An input has others.</exception>
    public static Tensor Checked(Tensor x, ReadOnlySpan<long> sizes, string layer)
    {
        var first = x.Rank - sizes.Length;
        for (var i = 0; i < sizes.Length; i++)
        {
            if (first < 0 || (x.Shape.Dim(first + i).IsConst(out var size) && size.AsLong != sizes[i]))
            {
                throw new TenonException("TEN3254", $"{layer}: input {x.Shape}. Expected […, {string.Join(", ", sizes.ToArray())}].");
            }
        }

        return x;
    }
}
