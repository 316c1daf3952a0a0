using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Orders a graph into a list. Every node goes into the innermost loop that it depends on; within a loop the order is a
/// topological one that keeps values close to their users, with stores after the loads of the same storage.
/// </summary>
internal sealed class Linearizer
{
    private readonly List<UOp> _order;
    private readonly Dictionary<UOp, UOp?> _parent = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<UOp, int> _depth = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<UOp, UOp?> _block = new(ReferenceEqualityComparer.Instance);
    private readonly List<UOp> _result = [];

    private Linearizer(UOp graph)
    {
        _order = graph.TopologicalOrder();
        _order.RemoveAt(_order.Count - 1);
        NestLoops();
        var changing = LoopsThatChange();
        foreach (var u in _order)
        {
            _block[u] = u.Op == Ops.Range ? _parent[u] : Innermost(u.Ranges.Concat(changing[u]));
        }
    }

    public static List<UOp> Linearize(UOp graph)
    {
        var linearizer = new Linearizer(graph);
        linearizer.EmitBlocks();
        return linearizer._result;
    }

    // Ranges are numbered outer first; a reduction's loops lie within the loops that its accumulator is set in.
    private void NestLoops()
    {
        var chains = new List<UOp[]>();
        foreach (var u in _order)
        {
            switch (u.Op)
            {
                case Ops.Assign:
                    chains.Add([.. ById(u[0].Src[1..].ToArray()), .. ById(u.Src[2..].ToArray())]);
                    break;
                case Ops.Store:
                    chains.Add(ById(u.Ranges));
                    break;
            }
        }

        // Outer reductions have shorter chains than what they contain.
        foreach (var chain in chains.OrderBy(c => c.Length))
        {
            UOp? parent = null;
            foreach (var loop in chain)
            {
                if (_parent.TryAdd(loop, parent))
                {
                    _depth[loop] = parent is null ? 1 : _depth[parent] + 1;
                }

                parent = parent is null || _depth[loop] > _depth[parent] ? loop : parent;
            }
        }
    }

    // What reads an accumulator changes in the loops that assign it, whatever else it depends on.
    private Dictionary<UOp, UOp[]> LoopsThatChange()
    {
        var loopsOf = _order.Where(u => u.Op == Ops.Assign).ToDictionary(u => u[0], u => u.Src[2..].ToArray());
        var changing = new Dictionary<UOp, UOp[]>(ReferenceEqualityComparer.Instance);
        foreach (var u in _order)
        {
            UOp[] loops = [];
            foreach (var s in u.Src)
            {
                UOp[] read = s.Op switch
                {
                    Ops.Accumulator => loopsOf[s],
                    Ops.Assign => [],
                    _ => changing[s],
                };
                loops = loops.Length == 0 || read.Length == 0 || read.SequenceEqual(loops) ? (loops.Length == 0 ? read : loops) : [.. loops.Union(read)];
            }

            changing[u] = loops;
        }

        return changing;
    }

    private static UOp[] ById(IEnumerable<UOp> ranges) => [.. ranges.OrderBy(r => r.ArgAs<RangeArg>().Id)];

    private UOp? Innermost(IEnumerable<UOp> ranges)
    {
        UOp? innermost = null;
        foreach (var r in ranges)
        {
            innermost = innermost is null || _depth[r] > _depth[innermost] ? r : innermost;
        }

        return innermost;
    }

    private void EmitBlocks()
    {
        var position = new Dictionary<UOp, int>(ReferenceEqualityComparer.Instance);
        var members = new Dictionary<UOp, List<UOp>>(ReferenceEqualityComparer.Instance);
        var root = new List<UOp>();
        for (var i = 0; i < _order.Count; i++)
        {
            position[_order[i]] = i;
            Members(_block[_order[i]]).Add(_order[i]);
        }

        var after = Dependencies(position);
        Emit(null);

        List<UOp> Members(UOp? block) => block is null ? root : members.TryGetValue(block, out var list) ? list : members[block] = [];

        // In a block a loop stands for all that it contains.
        void Emit(UOp? block)
        {
            var items = Members(block);
            var pending = new Dictionary<UOp, int>(ReferenceEqualityComparer.Instance);
            var users = new Dictionary<UOp, List<UOp>>(ReferenceEqualityComparer.Instance);
            foreach (var item in items)
            {
                var sources = after.GetValueOrDefault(item, []);
                pending[item] = sources.Count;
                foreach (var s in sources)
                {
                    (users.TryGetValue(s, out var list) ? list : users[s] = []).Add(item);
                }
            }

            var ready = new PriorityQueue<UOp, int>();
            foreach (var item in items.Where(i => pending[i] == 0))
            {
                ready.Enqueue(item, position[item]);
            }

            var emitted = 0;
            while (ready.TryDequeue(out var item, out _))
            {
                emitted++;
                _result.Add(item);
                if (item.Op == Ops.Range)
                {
                    Emit(item);
                    _result.Add(UOp.New(Ops.End, DType.Void, [item]));
                }

                foreach (var user in users.GetValueOrDefault(item, []))
                {
                    if (--pending[user] == 0)
                    {
                        ready.Enqueue(user, position[user]);
                    }
                }
            }

            if (emitted != items.Count)
            {
                throw new InvalidOperationException($"The loops of a kernel can't be ordered: {string.Join(", ", items.Where(i => pending[i] > 0).Take(4))}");
            }
        }
    }

    // What each item of a block must come after, where an item is a node or the loop around one.
    private Dictionary<UOp, HashSet<UOp>> Dependencies(Dictionary<UOp, int> position)
    {
        var after = new Dictionary<UOp, HashSet<UOp>>(ReferenceEqualityComparer.Instance);
        foreach (var u in _order)
        {
            foreach (var s in u.Src)
            {
                if (!(s.Op == Ops.Range && Encloses(s, u)))
                {
                    Add(u, s);
                }
            }
        }

        var written = _order.Where(u => u.Op == Ops.Store).ToLookup(u => StorageOf(u[0]));
        foreach (var load in _order.Where(u => u.Op == Ops.Load))
        {
            foreach (var store in written[StorageOf(load[0])])
            {
                Add(store, load);
            }
        }

        return after;

        void Add(UOp user, UOp source)
        {
            var (a, b) = (user, source);
            while (_block[a] != _block[b])
            {
                if (Depth(_block[a]) >= Depth(_block[b]))
                {
                    a = _block[a]!;
                }
                else
                {
                    b = _block[b]!;
                }
            }

            if (a != b)
            {
                (after.TryGetValue(a, out var set) ? set : after[a] = new(ReferenceEqualityComparer.Instance)).Add(b);
            }
        }
    }

    private int Depth(UOp? block) => block is null ? 0 : _depth[block];

    private bool Encloses(UOp loop, UOp u)
    {
        for (var b = _block[u]; b is not null; b = _parent[b])
        {
            if (b == loop)
            {
                return true;
            }
        }

        return false;
    }

    private static UOp StorageOf(UOp address)
    {
        while (address.Op == Ops.Index)
        {
            address = address[0];
        }

        return address;
    }
}
