using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Which loops the values of a kernel are computed in, as sets of bits in order of the loops.</summary>
internal sealed class Scopes
{
    private readonly NodeSet _number = new();
    private readonly NodeMap<ulong> _scope = new();

    public Scopes(List<UOp> order, ReadOnlySpan<UOp> ranges)
    {
        foreach (var range in ranges)
        {
            _number.Add(range);
        }

        for (var i = order.Count - 1; i >= 0; i--)
        {
            var u = order[i];
            var scope = u.Op switch
            {
                Ops.End => Bits(u.Src[1..]),
                Ops.Reduce => Around(u),
                _ => _scope.GetValueOrDefault(u),
            };
            foreach (var s in u.Src)
            {
                _scope[s] = _scope.GetValueOrDefault(s) | scope;
            }
        }
    }

    /// <summary>The loops that a value depends on.</summary>
    public ulong Values(UOp u) => Bits(u.Ranges);

    /// <summary>The loops that the work for a value depends on.</summary>
    public ulong Inside(UOp u) => u.Op == Ops.Reduce ? Values(u[0]) | Bits(u.Src[1..]) : Values(u);

    /// <summary>The loops around the work for a value: those of its scope down to the innermost that it depends on.</summary>
    public ulong Around(UOp u)
    {
        var values = Values(u);
        var around = _scope.GetValueOrDefault(u) & UpTo(values) | values;
        return u.Op == Ops.Reduce ? around | Bits(u.Src[1..]) : around;
    }

    private static ulong UpTo(ulong bits) => bits == 0 ? 0 : ulong.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(bits);

    private ulong Bits(ReadOnlySpan<UOp> ranges)
    {
        var bits = 0UL;
        foreach (var r in ranges)
        {
            bits |= 1UL << _number.IndexOf(r);
        }

        return bits;
    }
}
