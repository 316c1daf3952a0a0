using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// What it costs to compute a value again where it is used, against storing it once. The unit is one simple operation of
/// one lane; a byte to or from memory costs about as much as one operation.
/// </summary>
internal sealed class CostModel
{
    private const double PerByte = 1;
    private readonly NodeMap<double> _operations = new();
    private readonly NodeMap<double> _storedBytes = new();
    private readonly NodeMap<double> _reducedBytes = new();

    public CostModel(IEnumerable<UOp> order)
    {
        foreach (var u in order)
        {
            _operations[u] = Math.Min(1e6, OwnOperations(u) + (IsLeaf(u) ? 0 : Sum(u, _operations)));
            var bytes = u.Op is Ops.Const or Ops.Iota ? 0 : u.Shape.MaxElements * (double)u.DType.Bytes;
            _reducedBytes[u] = u.Op == Ops.Reduce ? bytes : IsLeaf(u) ? 0 : Math.Min(1e15, Sum(u, _reducedBytes));
            _storedBytes[u] = u.Op == Ops.Reduce ? 0 : IsLeaf(u) ? bytes : Math.Min(1e15, Sum(u, _storedBytes));
        }
    }

    /// <summary>Whether to give an elementwise value storage, given all its uses.</summary>
    public bool ShouldStore(UOp node, IReadOnlyList<Access> uses)
    {
        var elements = (double)node.Shape.MaxElements;
        var groups = uses.Select(u => u.Group).Distinct().Count();
        var evaluations = uses.Sum(u => u.Evaluations);
        if (groups == 1 && evaluations <= elements && _reducedBytes[node] == 0)
        {
            return false;
        }

        // A reduction under the value is stored itself if the value is not, and computed along with the value if it is.
        var bytes = elements * node.DType.Bytes * PerByte;
        var (stored, reduced) = (_storedBytes[node] * PerByte, _reducedBytes[node] * PerByte);
        var computedAgain = evaluations * _operations[node] + groups * stored + (groups + 1) * reduced;
        var computedOnce = elements * _operations[node] + stored + (groups + 1) * bytes;
        return computedOnce <= computedAgain;
    }

    private static bool IsLeaf(UOp u) => u.Op is Ops.Param or Ops.Const or Ops.Iota or Ops.Reduce or Ops.After or Ops.Contiguous or Ops.Copy;

    private static double Sum(UOp u, NodeMap<double> of)
    {
        var sum = 0.0;
        foreach (var s in u.Src)
        {
            sum += of.GetValueOrDefault(s);
        }

        return sum;
    }

    private static double OwnOperations(UOp u) => u.Op switch
    {
        Ops.Threefry => 100,
        Ops.Exp2 or Ops.Log2 or Ops.Sin => 20,
        Ops.Div or Ops.Sqrt or Ops.IntDiv or Ops.IntMod or Ops.FloorDiv or Ops.FloorMod => 8,
        Ops.Pad => 4,
        Ops.Const => 0,
        Ops.Reshape or Ops.Permute or Ops.Expand or Ops.Shrink or Ops.Flip => 0,
        _ => 1,
    };
}
