using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Places the local arrays of a kernel in one block, where those that are never needed together may share memory.</summary>
internal static class LocalArrays
{
    private const long Alignment = 64;

    /// <summary>Where each array of a list of nodes begins, and how many bytes all need.</summary>
    public static (NodeMap<long> Offsets, long Bytes) Place(List<UOp> list)
    {
        var arrays = list.FindAll(static u => u.Op == Ops.Local);
        var offsets = new NodeMap<long>();
        if (arrays.Count == 0)
        {
            return (offsets, 0);
        }

        var layout = OffsetAllocator.Place(Lifetimes(list, arrays), Alignment);
        for (var i = 0; i < arrays.Count; i++)
        {
            offsets[arrays[i]] = layout.Offsets[i];
        }

        return (offsets, layout.Bytes);
    }

    // From the first access to the last. What is filled before a loop and used in it is needed until the loop ends.
    private static Lifetime[] Lifetimes(List<UOp> list, List<UOp> arrays)
    {
        var ends = new NodeMap<int>();
        for (var i = 0; i < list.Count; i++)
        {
            if (ClosesLoop(list[i]))
            {
                ends[list[i][0]] = i;
            }
        }

        var lives = arrays.ConvertAll(a => new Lifetime(a.DType.BytesOf(a.ArgAs<LocalArg>().Size), -1, -1)).ToArray();
        var filledIn = new UOp[arrays.Count][];
        var open = new List<UOp>();
        for (var i = 0; i < list.Count; i++)
        {
            var u = list[i];
            switch (u.Op)
            {
                case Ops.Range:
                    open.Add(u);
                    break;
                case Ops.End when ClosesLoop(u):
                    open.RemoveAt(open.Count - 1);
                    break;
                case Ops.Load or Ops.Store or Ops.Wmma when arrays.IndexOf(Barriers.AddressOf(u).Memory) is >= 0 and var array:
                    filledIn[array] ??= [.. open];
                    var around = open.Find(l => !filledIn[array].Contains(l));
                    var (first, last) = (lives[array].First < 0 ? i : lives[array].First, around is null ? i : ends[around]);
                    lives[array] = lives[array] with { First = first, Last = Math.Max(lives[array].Last, last) };
                    break;
            }
        }

        return lives;
    }

    // Others only say that stores come first.
    private static bool ClosesLoop(UOp u) => u.Op == Ops.End && u[0].Op == Ops.Range;
}
