using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Changes of a kernel's loops that are made together: what stands for the value of a range, and which loops run in its place.</summary>
internal sealed class LoopChanges
{
    private readonly NodeMap<UOp> _values = new();
    private readonly NodeMap<UOp[]> _loops = new();

    public bool IsEmpty => _values.Count == 0;

    /// <summary>Puts a value in place of a range, and loops in place of its loop; the range may be one of those that another has become.</summary>
    public void Add(UOp range, UOp value, params UOp[] loops)
    {
        var only = new NodeMap<UOp> { [range] = value };
        for (var i = 0; i < _values.Count; i++)
        {
            var changed = _values.Keys[i];
            if (_values[changed].DependsOn(range) || _loops[changed].Contains(range))
            {
                _values[changed] = _values[changed].Substitute(only);
                _loops[changed] = [.. _loops[changed].SelectMany(r => r == range ? loops : [r])];
            }
        }

        (_values[range], _loops[range]) = (value, loops);
    }

    /// <summary>The changed kernel, simplified.</summary>
    /// <param name="kernel">The kernel as it was.</param>
    /// <param name="stage">What tools call this step; null for a part of the step that it is in.</param>
    /// <param name="inOrder">Whether the loops of what changes are put in order of their numbers, so that the last is the innermost.</param>
    public UOp Apply(UOp kernel, string? stage, bool inOrder = false)
    {
        var done = new NodeMap<UOp>();
        foreach (var u in kernel.TopologicalOrder(u => !_values.ContainsKey(u)))
        {
            var changed = _values.TryGetValue(u, out var value) ? value
                : FirstLoop(u) is { } first && HasChanged(u.Src[first..]) ? WithLoops(u, first, done, inOrder)
                : u.MapSources(done);
            if (changed != u)
            {
                done[u] = changed;
            }
        }

        return GraphRewrite.Apply(done.GetValueOrDefault(kernel) ?? kernel, Simplifier.Rules, stage: stage);
    }

    /// <summary>The divisions of a kernel: indices have more of them where loops are merged that don't run through memory as one, or split that do.</summary>
    public static int Divisions(List<UOp> order)
    {
        var count = 0;
        foreach (var u in order)
        {
            count += u.Op is Ops.FloorDiv or Ops.FloorMod ? 1 : 0;
        }

        return count;
    }

    // Where the loops begin that a node closes.
    private static int? FirstLoop(UOp u) => u.Op switch
    {
        Ops.End or Ops.Reduce or Ops.Scan => 1,
        Ops.Wmma => 4,
        _ => null,
    };

    private bool HasChanged(ReadOnlySpan<UOp> loops)
    {
        foreach (var r in loops)
        {
            if (_loops.ContainsKey(r))
            {
                return true;
            }
        }

        return false;
    }

    private UOp WithLoops(UOp u, int first, NodeMap<UOp> done, bool inOrder)
    {
        var loops = new List<UOp>();
        foreach (var r in u.Src[first..])
        {
            if (_loops.TryGetValue(r, out var others))
            {
                loops.AddRange(others);
            }
            else
            {
                loops.Add(done.GetValueOrDefault(r) ?? r);
            }
        }

        if (inOrder && u.Op != Ops.Wmma)
        {
            loops.Sort(static (a, b) => a.ArgAs<RangeArg>().Id.CompareTo(b.ArgAs<RangeArg>().Id));
        }

        return UOp.New(u.Op, u.DType, [.. u.Src[..first].ToArray().Select(s => done.GetValueOrDefault(s) ?? s), .. loops], u.Arg);
    }
}
