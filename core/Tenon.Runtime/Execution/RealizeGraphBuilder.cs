using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>
/// Makes a <see cref="RealizeGraph"/>: replaces values that have been computed by their storage and storage by parameters,
/// numbered in the order in which the graph comes by them, so that graphs of one content are one object.
/// </summary>
internal sealed class RealizeGraphBuilder
{
    private readonly RealizedValues _realized;
    private readonly BufferTable _buffers;
    private readonly string? _device;
    private readonly Dictionary<UOp, UOp> _known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<UOp, (UOp Node, string? Device)> _done = new(ReferenceEqualityComparer.Instance);
    private readonly VariableBindings _variables = new();
    private readonly List<UOp> _inputs = [];
    private readonly Dictionary<(UOp Value, string Device), RealizeResult.Output> _outputs = [];
    private readonly List<UOp> _sources = [];
    private readonly HashSet<UOp> _assigned = new(ReferenceEqualityComparer.Instance);
    private readonly List<(UOp After, UOp Buffer)> _assignments = [];
    private readonly HashSet<UOp> _superseded = new(ReferenceEqualityComparer.Instance);

    private RealizeGraphBuilder(RealizedValues realized, BufferTable buffers, string? device)
    {
        _realized = realized;
        _buffers = buffers;
        _device = device;
    }

    public static RealizeGraph Build(IReadOnlyList<(UOp Value, string Device)> roots, RealizedValues realized, BufferTable buffers)
    {
        var found = roots.Select(r => FindStorage(r, realized, buffers)).ToList();
        var wanted = roots.Where((r, i) => found[i] is null && r.Value.Shape.MaxElements > 0).ToList();
        var sink = UOp.Sink([.. wanted.Select(r => r.Value)]);
        var device = wanted.Count > 0 && wanted.TrueForAll(r => r.Device == wanted[0].Device) ? wanted[0].Device : null;
        var builder = new RealizeGraphBuilder(realized, buffers, device);
        var order = sink.TopologicalOrder(builder.Enter);
        if (order.Exists(u => u.Op == Ops.Copy))
        {
            // Below a copy, values that don't say where they are may be anywhere.
            builder = new RealizeGraphBuilder(realized, buffers, null);
            order = sink.TopologicalOrder(builder.Enter);
        }

        builder.Parametrize(order);
        return new RealizeGraph
        {
            Results = [.. roots.Select((r, i) => found[i] is { } buffer ? new RealizeResult.Stored(buffer) : builder.Result(r))],
            Sink = UOp.Sink([.. builder._sources]),
            Inputs = builder._inputs,
            Variables = builder._variables,
            Outputs = builder._outputs.Values,
            Assignments = builder._assignments,
        };
    }

    /// <summary>The graph with values that have been computed replaced by their storage.</summary>
    public static UOp Resolve(UOp graph, RealizedValues realized, BufferTable buffers)
    {
        var builder = new RealizeGraphBuilder(realized, buffers, null);
        var map = new Dictionary<UOp, UOp>(ReferenceEqualityComparer.Instance);
        foreach (var u in graph.TopologicalOrder(builder.Enter))
        {
            map[u] = builder._known.TryGetValue(u, out var storage) ? storage : MapSources(u, s => map[s]);
        }

        return map[graph];
    }

    private static UOp MapSources(UOp u, Func<UOp, UOp> map)
    {
        if (u.Src.IsEmpty)
        {
            return u;
        }

        var src = new UOp[u.Src.Length];
        for (var i = 0; i < src.Length; i++)
        {
            src[i] = map(u[i]);
        }

        return u.WithSources(src);
    }

    private bool Enter(UOp u)
    {
        if (u.Src.IsEmpty || u.Op == Ops.Sink || _realized.Find(u, _device) is not { } storage)
        {
            return true;
        }

        _known[u] = storage;
        return false;
    }

    // The buffer in which a value lies already, or null.
    private static UOp? FindStorage((UOp Value, string Device) root, RealizedValues realized, BufferTable buffers)
    {
        for (var value = StorageView.Base(root.Value); ; value = StorageView.Base(value))
        {
            if (value.Op == Ops.Buffer)
            {
                buffers.Get(value);
                return value.ArgAs<BufferArg>().Device == root.Device ? value : null;
            }

            if (realized.Find(value, root.Device) is not { } storage)
            {
                return null;
            }

            value = storage;
        }
    }

    private void Parametrize(List<UOp> order)
    {
        foreach (var u in order)
        {
            if (u.Op != Ops.Sink)
            {
                _done[u] = Parametrize(u);
            }
        }

        _assignments.RemoveAll(a => _superseded.Contains(a.After));
        foreach (var twice in _assignments.GroupBy(a => a.Buffer).Where(g => g.Count() > 1))
        {
            throw new TenonException("TEN5009", $"{twice.Count()} assignments write to one buffer ({twice.Key.Arg}) without an order between them. Realise after each, or assign to the result of the one before.");
        }
    }

    private (UOp Node, string? Device) Parametrize(UOp u)
    {
        if (_known.TryGetValue(u, out var storage))
        {
            var buffer = StorageView.Base(storage);
            return (StorageView.Of(Parameter(buffer), _variables.Unbind(u.Shape)), buffer.ArgAs<BufferArg>().Device);
        }

        switch (u.Op)
        {
            case Ops.Buffer:
                return (Parameter(u), u.ArgAs<BufferArg>().Device);
            case Ops.Variable:
                return (_variables.Unbind(u), null);
            case Ops.Detach:
                return _done[u[0]];
            case Ops.Copy:
                return (MapSources(u, s => _done[s].Node), u.ArgAs<string>());
            case Ops.After:
                Assign(u);
                break;
        }

        string? device = null;
        foreach (var s in u.Src)
        {
            device ??= _done[s].Device;
        }

        return (MapSources(u, s => _done[s].Node), device);
    }

    private UOp Parameter(UOp buffer)
    {
        if (_done.TryGetValue(buffer, out var known))
        {
            return known.Node;
        }

        _buffers.Get(buffer);
        var (_, size, device) = buffer.ArgAs<BufferArg>();
        var parameter = UOp.New(Ops.Param, buffer.DType, [], new ParamArg(_inputs.Count, size, device));
        _inputs.Add(buffer);
        _done[buffer] = (parameter, device);
        return parameter;
    }

    private void Assign(UOp after)
    {
        var target = after[0];
        while (StorageView.Base(target) is { Op: not Ops.Buffer } b)
        {
            if (_known.TryGetValue(b, out var storage))
            {
                target = storage;
            }
            else if (b.Op == Ops.After)
            {
                _superseded.Add(b);
                target = b[0];
            }
            else
            {
                throw new TenonException("TEN5009", $"An assignment needs storage to write to, but its target is {b.Op} of shape {b.Shape}. Realise the target first, and assign to all of it.");
            }
        }

        _assignments.Add((after, StorageView.Base(target)));
    }

    private RealizeResult Result((UOp Value, string Device) root)
    {
        var value = StorageView.Base(root.Value);
        if (value.Op != Ops.After || !_done.TryGetValue(value, out var done) || done.Device != root.Device || _known.ContainsKey(value))
        {
            return Output(root);
        }

        if (_superseded.Contains(value))
        {
            throw new TenonException("TEN5009", "A value is asked for that another assignment of the same realisation overwrites. Realise it before assigning again.");
        }

        if (_assigned.Add(value))
        {
            _sources.Add(done.Node);
        }

        return new RealizeResult.Assigned(value);
    }

    private RealizeResult.Output Output((UOp Value, string Device) root)
    {
        if (!_outputs.TryGetValue(root, out var output))
        {
            _outputs[root] = output = root.Value.Shape.MaxElements == 0 ? new(root.Value, null, root.Device, root.Device) : Store(root);
        }

        return output;
    }

    private RealizeResult.Output Store((UOp Value, string Device) root)
    {
        var (node, device) = _done[root.Value];
        if (device is not null && device != root.Device)
        {
            node = UOp.New(Ops.Copy, node.DType, [node], root.Device);
        }

        // Every output so far has a source, and so has every assignment.
        var slot = _inputs.Count + _sources.Count - _assigned.Count;
        _sources.Add(UOp.New(Ops.Store, DType.Void, [UOp.New(Ops.Param, node.DType, [], new ParamArg(slot, root.Value.Shape.MaxElements, root.Device)), node]));
        return new(root.Value, slot, root.Device, device);
    }
}
