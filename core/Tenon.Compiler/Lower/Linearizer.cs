using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Orders a graph into a list. Every node goes into the innermost loop that it depends on; within a loop the order is a
/// topological one that keeps values close to their users, with stores after the loads of the same storage. Nodes are known
/// by their place in the topological order of the graph, so that all tables are arrays.
/// </summary>
internal sealed class Linearizer
{
    private const int Nothing = -1;
    private readonly List<UOp> _order;
    private readonly NodeSet _numbers = new();
    private readonly int[] _parent;
    private readonly int[] _depth;
    private readonly int[] _block;
    private readonly DependencyList _after;
    private readonly List<int>[] _members;
    private readonly List<UOp> _result = [];

    private Linearizer(UOp graph)
    {
        _order = graph.TopologicalOrder();
        _order.RemoveAt(_order.Count - 1);
        _order.ForEach(u => _numbers.Add(u));
        (_parent, _depth, _block) = (new int[_order.Count], new int[_order.Count], new int[_order.Count]);
        NestLoops();
        ChooseBlocks();
        _members = Members();
        _after = new DependencyList(_order.Count);
        FindDependencies();
    }

    public static List<UOp> Linearize(UOp graph)
    {
        using var stage = Tracing.Begin("lower/linearise", graph);
        var linearizer = new Linearizer(graph);
        linearizer.Emit(Nothing);
        return linearizer._result;
    }

    // The loops of a store lie within one another, those that most sums are made in outermost, else in order of their numbers;
    // a reduction's loops lie within the loops that its accumulator is set in.
    private void NestLoops()
    {
        var (stores, sums) = (new List<UOp>(), new List<UOp[]>());
        var sumsIn = new int[_order.Count];
        foreach (var u in _order)
        {
            switch (u.Op)
            {
                case Ops.Assign:
                    sums.Add([.. ById(u[0].Src[1..]), .. ById(u.Src[2..])]);
                    foreach (var range in u[0].Src[1..])
                    {
                        sumsIn[_numbers.IndexOf(range)]++;
                    }

                    break;
                case Ops.Store:
                    stores.Add(u);
                    break;
            }
        }

        // What fills local arrays lies in the loops of what uses them.
        foreach (var store in stores.Where(s => !IsInSum(s)).OrderBy(s => StorageOf(s[0]).Op == Ops.Local))
        {
            NestStore(store);
        }

        // Outer reductions have shorter chains than what they contain.
        foreach (var chain in sums.OrderBy(c => c.Length))
        {
            Nest(chain);
        }

        stores.FindAll(IsInSum).ForEach(NestStore);

        void NestStore(UOp store) => Nest([.. ById(store.Ranges).OrderByDescending(r => sumsIn[_numbers.IndexOf(r)])]);
    }

    private static bool IsInSum(UOp store)
    {
        foreach (var r in store.Ranges)
        {
            if (r.ArgAs<RangeArg>().Kind == RangeKind.Reduce)
            {
                return true;
            }
        }

        return false;
    }

    // Those that have no place yet lie within those that have.
    private void Nest(UOp[] chain)
    {
        var parent = Innermost(chain, Nothing);
        foreach (var range in chain)
        {
            var loop = _numbers.IndexOf(range);
            if (_depth[loop] == 0)
            {
                (_parent[loop], _depth[loop]) = (parent, Depth(parent) + 1);
                parent = loop;
            }
        }
    }

    private static UOp[] ById(ReadOnlySpan<UOp> ranges)
    {
        var sorted = ranges.ToArray();
        Array.Sort(sorted, static (a, b) => a.ArgAs<RangeArg>().Id.CompareTo(b.ArgAs<RangeArg>().Id));
        return sorted;
    }

    // What reads an accumulator changes in the loops that assign it, whatever else it depends on.
    private void ChooseBlocks()
    {
        var loopsOf = new NodeMap<UOp[]>();
        foreach (var u in _order)
        {
            if (u.Op == Ops.Assign)
            {
                loopsOf[u[0]] = u.Src[2..].ToArray();
            }
        }

        var changing = new UOp[_order.Count][];
        for (var i = 0; i < changing.Length; i++)
        {
            var u = _order[i];
            UOp[] loops = [];
            foreach (var s in u.Src)
            {
                UOp[] read = s.Op switch
                {
                    Ops.Accumulator => loopsOf[s],
                    Ops.Assign => [],
                    _ => changing[_numbers.IndexOf(s)],
                };
                loops = loops.Length == 0 ? read : read.Length == 0 || ReferenceEquals(read, loops) || read.SequenceEqual(loops) ? loops : [.. loops.Union(read)];
            }

            loops = u.Op is Ops.After or Ops.End ? [] : loops;
            changing[i] = loops;

            // Most nodes have the ranges of one of their sources, in the same list.
            var twin = loops.Length == 0 && u.Op != Ops.Range ? TwinOf(u) : Nothing;
            _block[i] = u.Op == Ops.Range ? _parent[i] : twin >= 0 && changing[twin].Length == 0 ? _block[twin] : Innermost(loops, Innermost(u.Ranges, Nothing));
        }
    }

    private int TwinOf(UOp u)
    {
        foreach (var s in u.Src)
        {
            if (s.Op != Ops.Range && s.Ranges == u.Ranges)
            {
                return _numbers.IndexOf(s);
            }
        }

        return Nothing;
    }

    private int Innermost(ReadOnlySpan<UOp> ranges, int innermost)
    {
        foreach (var range in ranges)
        {
            var loop = _numbers.IndexOf(range);
            innermost = _depth[loop] > Depth(innermost) ? loop : innermost;
        }

        return innermost;
    }

    // The nodes of each block, in order; those of none come first.
    private List<int>[] Members()
    {
        var members = new List<int>[_order.Count + 1];
        for (var i = 0; i < _order.Count; i++)
        {
            (members[_block[i] + 1] ??= []).Add(i);
        }

        return members;
    }

    // In a block a loop stands for all that it contains.
    private void Emit(int block)
    {
        var items = _members[block + 1] ?? [];
        var ready = new PriorityQueue<int, int>();
        foreach (var item in items)
        {
            if (_after.CountOf(item) == 0)
            {
                ready.Enqueue(item, item);
            }
        }

        var emitted = 0;
        while (ready.TryDequeue(out var item, out _))
        {
            emitted++;
            var u = _order[item];
            _result.Add(u);
            if (u.Op == Ops.Range)
            {
                Emit(item);
                _result.Add(UOp.New(Ops.End, DType.Void, [u]));
            }

            for (var user = _after.FirstUser(item); user.Exists; user = _after.NextUser(user))
            {
                if (_after.Release(user.Number))
                {
                    ready.Enqueue(user.Number, user.Number);
                }
            }
        }

        if (emitted != items.Count)
        {
            throw new InvalidOperationException($"The loops of a kernel can't be ordered: {string.Join(", ", items.Where(i => _after.CountOf(i) > 0).Take(4).Select(i => _order[i]))}");
        }
    }

    // What each item of a block must come after, where an item is a node or the loop around one.
    private void FindDependencies()
    {
        var (stores, assigns) = (new NodeMap<List<int>>(), new NodeMap<int>());
        for (var i = 0; i < _order.Count; i++)
        {
            var u = _order[i];
            foreach (var s in u.Src)
            {
                var source = _numbers.IndexOf(s);
                if (!(s.Op == Ops.Range && Encloses(source, i)))
                {
                    AddDependency(i, source);
                }
            }

            if (u.Op == Ops.Store)
            {
                var storage = StorageOf(u[0]);
                if (!stores.TryGetValue(storage, out var list))
                {
                    stores[storage] = list = [];
                }

                list.Add(i);
            }
            else if (u.Op == Ops.Assign)
            {
                assigns[u[0]] = i;
            }
        }

        for (var i = 0; i < _order.Count; i++)
        {
            if (_order[i].Op == Ops.Load && stores.TryGetValue(StorageOf(_order[i][0]), out var list))
            {
                foreach (var store in list)
                {
                    AddDependency(store, i);
                }
            }

            // What reads a variable as it was comes before it changes.
            foreach (var s in _order[i].Src)
            {
                if (s.Op == Ops.Accumulator && assigns.TryGetValue(s, out var assign) && assign != i)
                {
                    AddDependency(assign, i);
                }
            }
        }
    }

    private void AddDependency(int user, int source)
    {
        while (_block[user] != _block[source])
        {
            if (Depth(_block[user]) >= Depth(_block[source]))
            {
                user = _block[user];
            }
            else
            {
                source = _block[source];
            }
        }

        if (user != source)
        {
            _after.Add(user, source);
        }
    }

    private int Depth(int block) => block == Nothing ? 0 : _depth[block];

    private bool Encloses(int loop, int node)
    {
        for (var b = _block[node]; b != Nothing; b = _parent[b])
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
