using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Dtypes that a target with words of 32 bits lacks, in those that it has. Narrower integers are computed in 32 bits and wrapped;
/// integers of 64 bits are two words; what isn't stored as such is a part of a word in memory. Works on an expanded kernel over machine
/// integers: what belongs together, such as the halves of a sum, is then simply two nodes.
/// </summary>
internal sealed partial class Words
{
    private readonly CodeGeneratorView _target;
    private readonly string _kernel;

    // What each node has become; of integers of 64 bits the lower halves, of their stores the stores of these.
    private readonly NodeMap<UOp> _values = new();
    private readonly NodeMap<UOp> _highs = new();
    private readonly NodeMap<UOp> _loops = new();
    private int _accumulators;

    private Words(CodeGeneratorView target, string kernel) => (_target, _kernel) = (target, kernel);

    /// <summary>The kernel without values that the target lacks.</summary>
    /// <exception cref="TenonException">It counts beyond 32 bits.</exception>
    public static UOp Apply(UOp graph, CodeGeneratorView target, string kernel)
    {
        var order = graph.TopologicalOrder();
        if (!target.HasWords || !order.Exists(u => target.IsPartOfWord(u.DType) || target.IsComputedIn32Bits(u.DType) || target.IsTwoWords(u.DType)))
        {
            return graph;
        }

        using var stage = Tracing.Begin("lower/words", graph);
        var words = new Words(target, kernel) { _accumulators = order.Where(u => u.Op == Ops.Accumulator).Select(u => u.ArgAs<int>() + 1).DefaultIfEmpty(0).Max() };
        order.ForEach(words.Rewrite);
        var result = GraphRewrite.Apply(words._values[graph], Simplifier.Rules + IndexLowering.PowersOfTwo);
        stage?.Result = result;
        return result;
    }

    private void Rewrite(UOp u)
    {
        switch (u.Op)
        {
            case Ops.Param or Ops.Local:
                _values[u] = Storage(u);
                break;
            case Ops.Index:
                // Of emulated elements it is looked at where memory is accessed.
                _values[u] = IsEmulated(u.DType) ? u : UOp.New(Ops.Index, u.DType, [_values[u[0]], Offset(u[1])]);
                break;
            case Ops.After:
                _values[u] = UOp.New(Ops.After, _values[u[0]].DType, Sources(u));
                break;
            case Ops.Load when IsEmulated(u.DType):
                Load(u);
                break;
            case Ops.Store when IsEmulated(u[1].DType):
                Store(u);
                break;
            case Ops.End when _highs.TryGetValue(u[0], out var high):
                var loops = Sources(u)[2..];
                (_values[u], _highs[u]) = (UOp.New(Ops.End, DType.Void, [_values[u[0]], .. loops]), UOp.New(Ops.End, DType.Void, [high, .. loops]));
                break;
            case Ops.Cast or Ops.Bitcast:
                Convert(u);
                break;
            case Ops.LaneXor when _target.IsPartOfWord(u.DType) && u.DType.IsBool:
                var flag = UOp.New(Ops.LaneXor, DType.UInt32, [_values[u[0]].Cast(DType.UInt32)], u.Arg);
                _values[u] = UOp.Alu(Ops.CmpNe, flag, flag.ConstLike(0));
                break;
            default:
                if (_target.IsTwoWords(u.DType))
                {
                    SetWide(u, Wide(u));
                }
                else if (u.Src.Length > 0 && OpSet.Comparison.Contains(u.Op) && _target.IsTwoWords(u[0].DType))
                {
                    _values[u] = Compared(u);
                }
                else
                {
                    Same(u);
                }

                break;
        }
    }

    // The same op, on 32 bits where it was on fewer.
    private void Same(UOp u)
    {
        var dtype = Carrier(u.DType);
        var value = UOp.New(u.Op, dtype, Sources(u), u.Op == Ops.Const ? ((Scalar)u.Arg!).To(dtype.Scalar) : u.Arg);
        var mayWrap = u.Op is Ops.Add or Ops.Sub or Ops.Mul or Ops.Neg or Ops.Shl or Ops.MulAcc;
        _values[u] = dtype != u.DType && mayWrap ? Wrapped(u.DType, value) : value;
    }

    // Of what has become two nodes without a value, both; loops as such.
    private UOp[] Sources(UOp u)
    {
        var sources = new List<UOp>(u.Src.Length);
        foreach (var s in u.Src)
        {
            sources.Add(s.Op == Ops.Range && _loops.TryGetValue(s, out var loop) ? loop : _values[s]);
            if (s.Op is Ops.Store or Ops.End && _highs.TryGetValue(s, out var high))
            {
                sources.Add(high);
            }
        }

        return [.. sources];
    }

    private bool IsEmulated(DType dtype) => _target.IsPartOfWord(dtype.Scalar) || _target.IsTwoWords(dtype);

    private DType Carrier(DType dtype) =>
        _target.IsComputedIn32Bits(dtype) ? (dtype.Kind == DTypeKind.Int ? DType.Int32 : DType.UInt32).WithLanesOf(dtype) : dtype;

    // A number of 32 bits as the narrower dtype holds it.
    private static UOp Wrapped(DType dtype, UOp value)
    {
        if (value.Min >= dtype.MinInteger && value.Max <= dtype.MaxInteger)
        {
            return value;
        }

        var unused = value.ConstLike(32 - dtype.Bits);
        return dtype.Kind == DTypeKind.UInt
            ? UOp.Alu(Ops.And, value, value.ConstLike(dtype.MaxInteger))
            : UOp.Alu(Ops.Shr, UOp.Alu(Ops.Shl, value, unused), unused);
    }

    private WideInteger WideOf(UOp u) => new(_values[u], _highs[u]);

    private void SetWide(UOp u, WideInteger value) => (_values[u], _highs[u]) = (value.Low, value.High);

    // An index or a size, which is less than 2³¹ wherever it is used.
    private UOp Offset(UOp u) => _values[u].Cast(DType.Int32);

    private TenonException TooFar(string what) => new(
        "TEN4350", $"Kernel {_kernel} {what}; the target counts in 32 bits. Split the tensors, or use another device.");
}
