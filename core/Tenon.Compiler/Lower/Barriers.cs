using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Places barriers in a list of nodes that the lanes of a group run: between two accesses of the same local memory of which one
/// is a store, at the place between them that is in the fewest loops. Arrays that share memory count as one.
/// </summary>
internal sealed class Barriers
{
    private readonly List<UOp> _list;
    private readonly UOp?[] _arrays;
    private readonly int[] _ends;
    private readonly SortedSet<int> _places = [];
    private readonly List<(int Place, int Time)> _open = [];
    private List<Access> _pending = [];
    private int _time;

    private Barriers(List<UOp> list)
    {
        (_list, _arrays, _ends) = (list, new UOp?[list.Count], new int[list.Count]);
        var open = new Stack<int>();
        for (var i = 0; i < list.Count; i++)
        {
            _arrays[i] = list[i].Op is Ops.Load or Ops.Store or Ops.Wmma ? LocalOf(AddressOf(list[i])) : null;
            if (list[i].Op == Ops.Range)
            {
                open.Push(i);
            }
            else if (list[i].Op == Ops.End)
            {
                _ends[open.Pop()] = i;
            }
        }
    }

    /// <summary>The list with its barriers.</summary>
    /// <exception cref="TenonException">A barrier would be in a loop that isn't of the same length for all lanes.</exception>
    public static List<UOp> Insert(List<UOp> list, string name)
    {
        var barriers = new Barriers(list);
        if (!Array.Exists(barriers._arrays, a => a is not null))
        {
            return list;
        }

        // A barrier that a later access has asked for may make others needless to ask for, but never wrong.
        for (var count = -1; count < barriers._places.Count;)
        {
            count = barriers._places.Count;
            barriers._pending.Clear();
            barriers.Walk(0, list.Count);
        }

        return barriers.Inserted(name);
    }

    /// <summary>Where an access goes: what a tensor core reads from memory is all in one array.</summary>
    public static UOp AddressOf(UOp access) => access.Op == Ops.Wmma && access[0].Op != Ops.Index ? access[1] : access[0];

    private void Walk(int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            _time++;
            if (_places.Contains(i))
            {
                _pending.Clear();
            }

            if (_arrays[i] is { } array)
            {
                Visit(i, array);
            }
            else if (_list[i].Op == Ops.Range)
            {
                if (Array.FindIndex(_arrays, i, _ends[i] - i, a => a is not null) >= 0)
                {
                    WalkLoop(i);
                }

                i = _ends[i];
            }
        }
    }

    // Twice: what a turn has left is what the next begins with.
    private void WalkLoop(int loop)
    {
        var before = _list[loop][0].Min < 1 ? new List<Access>(_pending) : null;
        _open.Add((loop, _time));
        Walk(loop + 1, _ends[loop]);
        if (_list[loop][0].Max > 1)
        {
            Walk(loop + 1, _ends[loop]);
        }

        _open.RemoveAt(_open.Count - 1);
        _pending = before is null ? _pending : [.. _pending, .. before];
    }

    private void Visit(int i, UOp array)
    {
        var local = array.ArgAs<LocalArg>();
        var access = new Access(_time, _list[i].Op == Ops.Store, local.Offset, local.Offset + array.DType.BytesOf(local.Size), local.Number);
        var latest = -1;
        foreach (var other in _pending)
        {
            latest = access.ConflictsWith(other) ? Math.Max(latest, other.Time) : latest;
        }

        if (latest >= 0)
        {
            // Before the outermost loop that began since.
            var (place, time) = _open.Find(l => l.Time > latest) is { Time: > 0 } loop ? loop : (i, _time);
            _places.Add(place);
            _pending.RemoveAll(a => a.Time < time);
        }

        // Of equal accesses the last counts: a barrier comes after it.
        _pending.RemoveAll(a => a with { Time = 0 } == access with { Time = 0 });
        _pending.Add(access);
    }

    private List<UOp> Inserted(string name)
    {
        var result = new List<UOp>(_list.Count + _places.Count);
        var open = new Stack<UOp>();
        for (var i = 0; i < _list.Count; i++)
        {
            if (_places.Contains(i))
            {
                if (open.FirstOrDefault(IsDivergent) is { } loop)
                {
                    throw new TenonException("TEN1063", $"{name}: lanes would have to wait for each other in {loop}, whose length {loop[0]} differs between them. This is an error in Tenon; please report it with the kernel.");
                }

                result.Add(UOp.New(Ops.Barrier, DType.Void, []));
            }

            result.Add(_list[i]);
            if (_list[i].Op == Ops.Range)
            {
                open.Push(_list[i]);
            }
            else if (_list[i].Op == Ops.End)
            {
                open.Pop();
            }
        }

        return result;
    }

    private static bool IsDivergent(UOp loop) =>
        loop[0].TopologicalOrder().Exists(u => u.Op is Ops.Load or Ops.Accumulator || (u.Op == Ops.Special && u.ArgAs<SpecialArg>().Kind == SpecialKind.Lane));

    private static UOp? LocalOf(UOp address)
    {
        while (address.Op == Ops.Index)
        {
            address = address[0];
        }

        return address.Op == Ops.Local ? address : null;
    }

    // Stores of one state of an array are of different elements, or by the same lane.
    private readonly record struct Access(int Time, bool IsStore, long Start, long End, int Array)
    {
        public bool ConflictsWith(Access other) => (IsStore || other.IsStore) && Start < other.End && other.Start < End && !(IsStore && other.IsStore && Array == other.Array);
    }
}
