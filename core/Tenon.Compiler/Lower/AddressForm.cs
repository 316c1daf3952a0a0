using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// The address of a load or store as base plus what the unrolled and vector ranges add, so that the copies of an access
/// share the base and differ by a literal.
/// </summary>
internal sealed class AddressForm
{
    private readonly UOp _param;
    private readonly UOp _index;
    private readonly UOp? _base;
    private readonly NodeMap<Pieces>? _sums;
    private readonly List<(UOp Range, long Stride)> _strides = [];
    private readonly long _constant;

    /// <param name="storage">What is accessed.</param>
    /// <param name="index">Where.</param>
    /// <param name="sums">What the sums that indices depend on have become; null if none does.</param>
    public AddressForm(UOp storage, UOp index, NodeMap<Pieces>? sums)
    {
        (_param, _index, _sums) = (storage, index, sums);
        var form = LinearForm.Of(_index);
        var rest = new LinearForm();
        foreach (var (term, factor) in form.Terms)
        {
            if (IsExpanded(term))
            {
                _strides.Add((term, factor));
            }
            else
            {
                rest.AddTerm(term, factor);
            }
        }

        _constant = form.Constant;
        var remainder = rest.ToUOp();
        _base = IsAnyExpanded(remainder.Ranges) || (sums is not null && SumsIn(remainder).Count > 0) ? null : remainder;
    }

    /// <summary>The stride along a range; null if the address is not linear in it.</summary>
    public long? Stride(UOp range) => Strides.Along(_index, range);

    /// <summary>The address at one assignment of the unrolled ranges and one lane, so many elements further.</summary>
    public UOp At(Point at, UOp? lanes, int lane, int further = 0)
    {
        if (_base is null)
        {
            return UOp.New(Ops.Index, _param.DType, [_param, IndexMath.Add(Assign(_index, at, lanes, lane, _sums), UOp.Index(further))]);
        }

        var offset = _constant + further;
        foreach (var (range, stride) in _strides)
        {
            offset += stride * (range == lanes ? lane : at[range]);
        }

        var start = _base.IsInteger(0) ? _param : UOp.New(Ops.Index, _param.DType, [_param, _base]);
        return offset == 0 && start != _param ? start : UOp.New(Ops.Index, _param.DType, [start, UOp.Index(offset)]);
    }

    /// <summary>An index or condition at one assignment of the unrolled ranges and one lane.</summary>
    public static UOp Assign(UOp u, Point at, UOp? lanes, int lane, NodeMap<Pieces>? sums)
    {
        var values = new NodeMap<UOp>();
        if (sums is not null)
        {
            SumsIn(u).ForEach(s => values[s] = sums[s].Lane(at, lane));
        }

        foreach (var r in u.Ranges)
        {
            if (r == lanes)
            {
                values[r] = UOp.Index(lane);
            }
            else if (r.ArgAs<RangeArg>().Kind == RangeKind.Unroll)
            {
                values[r] = UOp.Index(at[r]);
            }
        }

        return values.Count == 0 ? u : Simplifier.Simplify(u.Substitute(values));
    }

    private static List<UOp> SumsIn(UOp u) => u.TopologicalOrder(static s => s.Op is not (Ops.Reduce or Ops.Scan)).FindAll(static s => s.Op is Ops.Reduce or Ops.Scan);

    private static bool IsAnyExpanded(ReadOnlySpan<UOp> ranges)
    {
        foreach (var r in ranges)
        {
            if (IsExpanded(r))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsExpanded(UOp u) => u.Op == Ops.Range && u.ArgAs<RangeArg>().Kind is RangeKind.Unroll or RangeKind.Vector;
}
