using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>How far apart the elements are that neighbouring iterations of a loop access.</summary>
internal static class Strides
{
    /// <summary>The stride of an index along each range; see <see cref="Along(UOp, UOp)"/>.</summary>
    public static long?[] Along(UOp index, ReadOnlySpan<UOp> ranges)
    {
        var terms = LinearForm.Of(index).Terms;
        var strides = new long?[ranges.Length];
        for (var i = 0; i < strides.Length; i++)
        {
            strides[i] = Along(index, terms, ranges[i]);
        }

        return strides;
    }

    /// <summary>The stride of an index along a range: 0 if it does not depend on it, null if it is not linear in it.</summary>
    public static long? Along(UOp index, UOp range) => index.DependsOn(range) ? Along(index, LinearForm.Of(index).Terms, range) : 0;

    private static long? Along(UOp index, ReadOnlySpan<(UOp Term, long Factor)> terms, UOp range)
    {
        if (!index.DependsOn(range))
        {
            return 0;
        }

        long? stride = null;
        foreach (var (term, factor) in terms)
        {
            if (term == range)
            {
                stride = factor;
            }
            else if (term.DependsOn(range))
            {
                return null;
            }
        }

        return stride;
    }
}
