using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>The storage of a schedule while it is made: what the graph names, then what the scheduler adds.</summary>
internal sealed class SlotTable
{
    private readonly List<ScheduleSlot> _slots = [];

    public SlotTable(IEnumerable<UOp> order)
    {
        foreach (var u in order)
        {
            if (u.Op == Ops.Param)
            {
                var arg = u.ArgAs<ParamArg>();
                while (_slots.Count <= arg.Slot)
                {
                    _slots.Add(new ScheduleSlot(SlotKind.Input, DType.Void, 0, ""));
                }

                _slots[arg.Slot] = new ScheduleSlot(SlotKind.Input, u.DType, arg.Size, arg.Device ?? throw new InvalidOperationException($"Parameter {arg.Slot} has no device."));
            }
        }
    }

    public IReadOnlyList<ScheduleSlot> Slots => _slots;

    public ScheduleSlot this[int slot] => _slots[slot];

    public string DeviceOf(int slot) => _slots[slot].Device;

    public int SlotOf(UOp view)
    {
        while (view.Op is Ops.Reshape or Ops.After)
        {
            view = view[0];
        }

        return view.Op == Ops.Param
            ? view.ArgAs<ParamArg>().Slot
            : throw new TenonException("TEN3021", $"An assignment changes the state of storage; this is {view.Op} of shape {view.Shape}. Name the whole storage as the state, and what is written as a view of it.");
    }

    /// <summary>Where an element of a slot is, in a kernel.</summary>
    public UOp Address(int slot, UOp offset)
    {
        var param = UOp.New(Ops.Param, _slots[slot].DType, [], new ParamArg(slot, _slots[slot].Size));
        return UOp.New(Ops.Index, param.DType, [param, offset]);
    }

    public int AddTemporary(DType dtype, long size, string device)
    {
        _slots.Add(new ScheduleSlot(SlotKind.Temporary, dtype, size, device));
        return _slots.Count - 1;
    }

    public void MarkOutput(int slot) => _slots[slot] = _slots[slot] with { Kind = SlotKind.Output };
}
