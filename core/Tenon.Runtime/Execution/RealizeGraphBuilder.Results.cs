using Tenon.Core;

namespace Tenon.Runtime;

// Where each of the values that are asked for will be.
internal sealed partial class RealizeGraphBuilder
{
    private RealizeResult Result((UOp Value, string Device) root)
    {
        var value = StorageView.Base(root.Value);
        if (value.Op != Ops.After || !_done.TryGetValue(value, out var done) || done.Device != root.Device || _known.ContainsKey(value) || _superseded.Contains(value))
        {
            return Output(root);
        }

        if (_assigned.Add(value))
        {
            _sources.Add(done.Node);
        }

        return new RealizeResult.Assigned(value);
    }

    // A value that lies where an assignment of the same realisation writes.
    private RealizeResult.Output Copied((UOp Value, string Device) root, UOp buffer)
    {
        _done[root.Value] = (StorageView.Of(Parameter(buffer), root.Value.Shape), root.Device);
        return Output(root);
    }

    // A value may be wanted on two devices: its outputs form a list, of mostly one.
    private RealizeResult.Output Output((UOp Value, string Device) root)
    {
        var first = _outputOf.GetValueOrDefault(root.Value);
        for (var known = first; known is not null; known = known.Other)
        {
            if (known.Device == root.Device)
            {
                return known;
            }
        }

        var (slot, device) = root.Value.Shape.MaxElements == 0 ? (null, root.Device) : Store(root);
        var output = new RealizeResult.Output(_outputs.Count, root.Value, slot, root.Device, device, first);
        _outputs.Add(output);
        _outputOf[root.Value] = output;
        return output;
    }

    private (int? Slot, string? Device) Store((UOp Value, string Device) root)
    {
        var (node, device) = Done(root.Value);
        if (device is not null && device != root.Device)
        {
            node = UOp.New(Ops.Copy, node.DType, [node], root.Device);
        }

        // Every output so far has a source, and so has every assignment.
        var slot = _inputs.Count + _sources.Count - _assigned.Count;
        _sources.Add(UOp.New(Ops.Store, DType.Void, [UOp.New(Ops.Param, node.DType, [], new ParamArg(slot, root.Value.Shape.MaxElements, root.Device)), node]));
        return (slot, device);
    }
}
