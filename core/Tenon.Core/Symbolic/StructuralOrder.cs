namespace Tenon.Core;

/// <summary>A total order of nodes by content, the same in every process: outer loops first.</summary>
internal sealed class StructuralOrder : IComparer<UOp>
{
    public static StructuralOrder Instance { get; } = new();

    public int Compare(UOp? a, UOp? b)
    {
        if (ReferenceEquals(a, b))
        {
            return 0;
        }

        if (LastRange(a!).CompareTo(LastRange(b!)) is var byRange and not 0)
        {
            return byRange;
        }

        if (a!.Op.CompareTo(b!.Op) is var byOp and not 0)
        {
            return byOp;
        }

        if (CompareArgs(a, b) is var byArg and not 0)
        {
            return byArg;
        }

        if (a.DType.Id.CompareTo(b.DType.Id) is var byType and not 0)
        {
            return byType;
        }

        for (var i = 0; i < a.Src.Length && i < b.Src.Length; i++)
        {
            if (Compare(a[i], b[i]) is var bySource and not 0)
            {
                return bySource;
            }
        }

        return a.Src.Length.CompareTo(b.Src.Length);
    }

    private static int LastRange(UOp u) => u.Ranges.Length == 0 ? -1 : ((RangeArg)u.Ranges[^1].Arg!).Id;

    private static int CompareArgs(UOp a, UOp b) => (a.Arg, b.Arg) switch
    {
        (Scalar x, Scalar y) => x.RawBits.CompareTo(y.RawBits),
        (RangeArg x, RangeArg y) => (x.Id, x.Kind).CompareTo((y.Id, y.Kind)),
        (ParamArg x, ParamArg y) => x.Slot.CompareTo(y.Slot),
        (VariableArg x, VariableArg y) => string.CompareOrdinal(x.Name, y.Name),
        var (x, y) => string.CompareOrdinal(x?.ToString(), y?.ToString()),
    };
}
