using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>How far apart the elements are that neighbouring iterations of a loop access.</summary>
internal static class Strides
{
    /// <summary>The stride of an index along a range: 0 if it does not depend on it, null if it is not linear in it.</summary>
    public static long? Along(UOp index, UOp range)
    {
        if (!index.DependsOn(range))
        {
            return 0;
        }

        long? stride = null;
        foreach (var (term, factor) in LinearForm.Of(index).Terms)
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
