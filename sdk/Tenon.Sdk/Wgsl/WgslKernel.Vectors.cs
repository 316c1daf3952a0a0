using Tenon.Core;

namespace Tenon.Sdk.Wgsl;

internal sealed partial class WgslKernel
{
    /// <summary>Lanes of a vector.</summary>
    public const int VectorLanes = 4;

    // Storage that is an array of vectors: slots of buffers, and types of local arrays.
    private readonly HashSet<object> _vectors;

    // Loads of neighbours that are one load.
    private readonly HashSet<UOp> _joined;

    // For each loop that is open, the vectors that were loaded in it.
    private readonly Stack<Dictionary<(UOp, long), string>> _loaded = new([[]]);

    private bool IsVectors(UOp address) => _vectors.Contains(KeyOf(StorageOf(address)));

    private static object KeyOf(UOp storage) => storage.Op == Ops.Param ? storage.ArgAs<ParamArg>().Slot : storage.DType;

    private static string ElementOf(string name, string index, bool isVectors) => isVectors ? $"{name}[({index}) >> 2u][({index}) & 3i]" : $"{name}[{index}]";

    private string LoadVector(DType dtype, UOp address)
    {
        var (name, slot, index) = Place(address);
        if (IsVectors(address) && IsWhole(dtype, address))
        {
            return $"{name}[({index}) >> 2u]";
        }

        Line($"let v{_names} = {index};");
        var first = $"v{_names++}";
        return Call(TypeOf(dtype), [.. Enumerable.Range(0, dtype.Lanes).Select(lane =>
        {
            var at = lane == 0 ? first : $"{first} + {lane}i";
            return slot is { } s && _windows[s] > 1 ? Call(Accessor(s, "load", $" -> {_buffers[s].Type}", "", (element, _) => $"return {ReadOf(s, element)};"), at)
                : slot is { } one ? ReadOf(one, ElementOf(name, at, IsVectors(address)))
                : ElementOf(name, at, IsVectors(address));
        })]);
    }

    private string StoreVector(DType dtype, UOp address, string value)
    {
        var (name, slot, index) = Place(address);
        if (IsVectors(address))
        {
            return $"{name}[({index}) >> 2u] = {value};";
        }

        Line($"let v{_names} = {index};");
        Line($"let v{_names + 1} = {value};");
        var (first, vector) = ($"v{_names}", $"v{_names + 1}");
        _names += 2;
        return string.Join(' ', Enumerable.Range(0, dtype.Lanes).Select(lane =>
        {
            var (at, element) = (lane == 0 ? first : $"{first} + {lane}i", $"{vector}[{lane}]");
            return slot is { } s && _windows[s] > 1
                ? Call(Accessor(s, "store", "", $", value: {_buffers[s].Type}", (place, _) => $"{WriteOf(s, place, "value", null)} return;"), at, element) + ";"
                : slot is { } one ? WriteOf(one, $"{name}[{at}]", element, null) : $"{name}[{at}] = {element};";
        }));
    }

    // A scalar that is loaded with its neighbours; null if it is loaded by itself.
    private string? JoinedLoad(UOp address)
    {
        if (!_joined.Contains(address))
        {
            return null;
        }

        var (start, offset) = Split(address);
        var key = (start, offset / VectorLanes);
        foreach (var loaded in _loaded)
        {
            if (loaded.TryGetValue(key, out var known))
            {
                return $"{known}[{offset % VectorLanes}]";
            }
        }

        var (name, _, index) = Place(address);
        Line($"let v{_names} = {name}[({index}) >> 2u];");
        _loaded.Peek()[key] = $"v{_names}";
        return $"v{_names++}[{offset % VectorLanes}]";
    }

    // What can be arrays of vectors: if all that is stored are whole vectors, since a store of one lane may store the others too.
    private (HashSet<object> Vectors, HashSet<UOp> Joined) FindVectors()
    {
        var (wanted, scalar, stored) = (new HashSet<object>(), new HashSet<object>(), new HashSet<object>());
        var neighbours = new Dictionary<(UOp, long), HashSet<UOp>>();
        foreach (var op in _program.Ops)
        {
            if (op.Op == Ops.Local && (op.ArgAs<LocalArg>().Offset % (VectorLanes * 4) != 0 || op.ArgAs<LocalArg>().Size % VectorLanes != 0))
            {
                scalar.Add(op.DType);
            }

            if (op.Op is not (Ops.Load or Ops.Store))
            {
                continue;
            }

            var (key, dtype) = (KeyOf(StorageOf(op[0])), op.Op == Ops.Load ? op.DType : op[1].DType);
            if (op.Op == Ops.Store)
            {
                stored.Add(key);
            }

            if (IsWhole(dtype, op[0]))
            {
                wanted.Add(key);
            }
            else if (op.Op == Ops.Store)
            {
                scalar.Add(key);
            }
            else if (key is int && op.Src.Length == 1 && !dtype.IsVector && Split(op[0]) is (var start, >= 0 and var offset) && TwosIn(start) >= 2)
            {
                var group = (start, offset / VectorLanes);
                (neighbours.TryGetValue(group, out var found) ? found : neighbours[group] = []).Add(op[0]);
            }
        }

        // What is stored may change between two loads.
        var joined = neighbours.Values.Where(g => g.Count > 1 && !stored.Contains(KeyOf(StorageOf(g.First())))).SelectMany(g => g).ToHashSet();
        wanted.UnionWith(joined.Select(a => KeyOf(StorageOf(a))));
        wanted.RemoveWhere(key => scalar.Contains(key) || (key is int slot && !CanBeVectors(slot)));
        joined.RemoveWhere(a => !wanted.Contains(KeyOf(StorageOf(a))));
        return (wanted, joined);
    }

    private bool CanBeVectors(int slot) =>
        _windows[slot] == 1 && _buffers[slot] is { IsAtomic: false, Bytes: 4 } && _program.Parameters[slot].Size % VectorLanes == 0;

    private static bool IsWhole(DType dtype, UOp address) => dtype is { Lanes: VectorLanes, Scalar.Bytes: 4 } && TwosIn(address) >= 2;

    // An address as another and a number of elements.
    private static (UOp Start, long Offset) Split(UOp address) =>
        address[1].IsConst(out var offset) ? (address[0], offset.AsLong) : (address, 0);

    // How often an address, or a number, can be halved for certain, at most.
    private static int TwosIn(UOp u) => u.Op switch
    {
        Ops.Param or Ops.Local => int.MaxValue,
        Ops.Const => u.ArgAs<Scalar>().AsLong is var n && n == 0 ? int.MaxValue : System.Numerics.BitOperations.TrailingZeroCount(n),
        Ops.Index or Ops.Add or Ops.Sub => Math.Min(TwosIn(u[0]), TwosIn(u[1])),
        Ops.Mul => (int)Math.Min((long)TwosIn(u[0]) + TwosIn(u[1]), int.MaxValue),
        Ops.Shl when u[1].IsConst(out var count) => (int)Math.Min(TwosIn(u[0]) + count.AsLong, int.MaxValue),
        Ops.And => Math.Max(TwosIn(u[0]), TwosIn(u[1])),
        Ops.Neg => TwosIn(u[0]),
        Ops.Where => Math.Min(TwosIn(u[1]), TwosIn(u[2])),
        _ => 0,
    };
}
