using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Loads of consecutive elements, each used by itself, as one load of a vector: where each lane of a group loads what it needs, such as its
/// fragment of a matrix.
/// </summary>
internal static class Runs
{
    // What a lane of any device loads at once at most.
    private const int MostBytes = 16;

    /// <summary>Joins the loads along one unrolled loop.</summary>
    /// <param name="loads">One for each turn of the loops, row-major; each becomes what it loads, or a lane of it.</param>
    /// <param name="axes">The loops.</param>
    /// <param name="address">What is loaded.</param>
    public static void Join(UOp[] loads, UOp[] axes, AddressForm address)
    {
        var apart = 1;
        for (var i = axes.Length - 1; i >= 0; i--)
        {
            // Whole vectors; of an index that isn't linear, some bits may be.
            var size = (int)axes[i][0].Max;
            for (var width = Math.Min(MostBytes / loads[0].DType.Bytes, size & -size); width > 1 && address.Stride(axes[i]) is null or 1; width /= 2)
            {
                if (AreRuns(loads, apart, width))
                {
                    Join(loads, apart, width);
                    return;
                }
            }

            apart *= size;
        }
    }

    private static void Join(UOp[] loads, int apart, int width)
    {
        var scalars = loads.AsSpan().ToArray();
        for (var i = 0; i < loads.Length; i++)
        {
            var place = i / apart % width;
            var first = scalars[i - place * apart];
            var dtype = first.DType.Vec(width);
            loads[i] = Pieces.Extract(UOp.New(Ops.Load, dtype, first.Src.Length == 1 ? first.Src : [first[0], first[1], UOp.New(Ops.Const, dtype, [], first[2].Arg)]), place);
        }
    }

    private static bool AreRuns(UOp[] loads, int apart, int width)
    {
        for (var i = 0; i < loads.Length; i++)
        {
            var place = i / apart % width;
            if (!Follows(loads[i], loads[i - place * apart], place))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Follows(UOp load, UOp first, int place)
    {
        if (load.Op != Ops.Load || first.Op != Ops.Load || load.Src.Length != first.Src.Length || (load.Src.Length > 1 && (load[1] != first[1] || load[2] != first[2])))
        {
            return false;
        }

        var form = new LinearForm();
        Add(load[0], 1);
        Add(first[0], -1);
        return form.Terms.Length == 0 && form.Constant == place;

        void Add(UOp address, long factor)
        {
            for (; address.Op == Ops.Index; address = address[0])
            {
                form.AddScaled(address[1], factor);
            }
        }
    }
}
