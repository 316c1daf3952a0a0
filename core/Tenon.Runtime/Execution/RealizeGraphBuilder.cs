using System.Runtime.InteropServices;
using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>
/// Makes a <see cref="RealizeGraph"/>: replaces values that have been computed by their storage and storage by parameters,
/// numbered in the order in which the graph comes by them, so that graphs of one content are one object.
/// </summary>
internal sealed partial class RealizeGraphBuilder
{
    private readonly RealizedValues _realized;
    private readonly BufferTable _buffers;
    private readonly string? _device;
    private readonly NodeMap<UOp> _known = new();
    private readonly NodeMap<(UOp Node, string? Device)> _done = new();
    private readonly VariableBindings _variables = new();
    private readonly List<UOp> _inputs = [];
    private readonly List<RealizeResult.Output> _outputs = [];
    private readonly NodeMap<RealizeResult.Output> _outputOf = new();
    private readonly List<UOp> _sources = [];
    private readonly NodeSet _assigned = new();
    private readonly List<(UOp After, UOp Buffer)> _assignments = [];
    private readonly NodeSet _superseded = new();
    private readonly NodeSet _targets = new();
    private readonly NodeSet _written = new();
    private readonly List<UOp> _mapped = [];

    private RealizeGraphBuilder(RealizedValues realized, BufferTable buffers, string? device)
    {
        _realized = realized;
        _buffers = buffers;
        _device = device;
    }

    public static RealizeGraph Build((UOp Value, string Device)[] roots, RealizedValues realized, BufferTable buffers, KernelArg? math = null)
    {
        var found = new UOp?[roots.Length];
        var wanted = new List<UOp>(roots.Length);
        string? device = null;
        var isOneDevice = true;
        for (var i = 0; i < roots.Length; i++)
        {
            found[i] = FindStorage(roots[i], realized, buffers);
            if (found[i] is null && roots[i].Value.Shape.MaxElements > 0)
            {
                wanted.Add(roots[i].Value);
                device ??= roots[i].Device;
                isOneDevice &= device == roots[i].Device;
            }
        }

        var sink = UOp.Sink(CollectionsMarshal.AsSpan(wanted));
        var builder = new RealizeGraphBuilder(realized, buffers, isOneDevice ? device : null);
        var order = sink.TopologicalOrder(builder.Enter);
        if (isOneDevice && order.Exists(u => u.Op == Ops.Copy))
        {
            // Below a copy, values that don't say where they are may be anywhere.
            builder = new RealizeGraphBuilder(realized, buffers, null);
            order = sink.TopologicalOrder(builder.Enter);
        }

        builder.Parametrize(order);
        var results = new RealizeResult[roots.Length];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = found[i] is not { } buffer ? builder.Result(roots[i])
                : builder._written.Contains(buffer) ? builder.Copied(roots[i], buffer)
                : new RealizeResult.Stored(buffer);
        }

        return new RealizeGraph
        {
            Results = results,
            Sink = UOp.Sink(CollectionsMarshal.AsSpan(builder._sources), math),
            Inputs = builder._inputs,
            Variables = builder._variables,
            Outputs = builder._outputs,
            Assignments = builder._assignments,
        };
    }

    /// <summary>The graph with values that have been computed replaced by their storage.</summary>
    public static UOp Resolve(UOp graph, RealizedValues realized, BufferTable buffers)
    {
        var builder = new RealizeGraphBuilder(realized, buffers, null);
        var map = new NodeMap<UOp>();
        foreach (var u in graph.TopologicalOrder(builder.Enter))
        {
            map[u] = builder._known.TryGetValue(u, out var storage) ? storage : u.MapSources(map);
        }

        return map[graph];
    }

    private UOp WithDoneSources(UOp u)
    {
        if (u.Src.IsEmpty)
        {
            return u;
        }

        foreach (var s in u.Src)
        {
            Done(s);
        }

        _mapped.Clear();
        foreach (var s in u.Src)
        {
            _mapped.Add(_done[s].Node);
        }

        return u.WithSources(CollectionsMarshal.AsSpan(_mapped));
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
            if (u.Op == Ops.After && !_known.ContainsKey(u))
            {
                for (var view = u[1][0]; view != u[0]; view = view[0])
                {
                    _targets.Add(view);
                }
            }
        }

        // A view that is written to is named only if it is read too.
        foreach (var u in order)
        {
            if (u.Op is not (Ops.Sink or Ops.Store) && !_targets.Contains(u))
            {
                _done[u] = Parametrize(u);
            }
        }

        FinishAssignments();
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
            case Ops.Param:
                throw new TenonException("TEN5015", $"A value is asked for that depends on an argument of a function which is being traced: {u.DType} of {u.Shape}. A traced function builds a graph only; don't read values, branch on them or keep them inside it.");
            case Ops.Variable:
                return (_variables.Unbind(u), null);
            case Ops.Detach:
                return Done(u[0]);
            case Ops.Copy:
                return (WithDoneSources(u), u.ArgAs<string>());
            case Ops.After:
                return Assign(u);
        }

        string? device = null;
        foreach (var s in u.Src)
        {
            device ??= Done(s).Device;
        }

        return (WithDoneSources(u), device);
    }

    private (UOp Node, string? Device) Done(UOp u)
    {
        if (!_done.ContainsKey(u))
        {
            var views = new Stack<UOp>([u]);
            while (!_known.ContainsKey(views.Peek()) && !_done.ContainsKey(views.Peek()[0]))
            {
                views.Push(views.Peek()[0]);
            }

            foreach (var view in views)
            {
                _done[view] = Parametrize(view);
            }
        }

        return _done[u];
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
}
