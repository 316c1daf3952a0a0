using Tenon.Compiler;
using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>
/// Divides the calls of a program into those whose results are the same from run to run, as far as it can be foreseen, and the others: calls that
/// read nothing but constants, and packings of constants that kernels multiply by.
/// </summary>
/// <param name="slots">The storage that the calls use. What is kept is an input of the others; more is added for packings.</param>
/// <param name="constants">Storage that no call writes to, and that is mostly the same from run to run.</param>
/// <param name="maxBytes">Bytes that may be kept.</param>
internal sealed class KeptCalls(List<ScheduleSlot> slots, HashSet<int> constants, long maxBytes)
{
    private readonly List<ScheduledCall> _calls = [];
    private readonly Dictionary<(UOp Kernel, string Device, string Slots), int> _packed = [];
    private long _room = maxBytes;

    /// <summary>What is to be run once, in order.</summary>
    public IReadOnlyList<ScheduledCall> Calls => _calls;

    /// <summary>The slots that a call reads, and those that it writes.</summary>
    public static (int[] Read, int[] Written) AccessesOf(ScheduledCall call)
    {
        if (call.Kernel is null)
        {
            return ([call.Slots[1]], [call.Slots[0]]);
        }

        var order = call.Kernel.TopologicalOrder();
        return (Of(Ops.Load), Of(Ops.Store));

        int[] Of(Ops op) => [.. order.Where(u => u.Op == op && u[0][0].Op == Ops.Param).Select(u => call.Slots[u[0][0].ArgAs<ParamArg>().Slot]).Distinct()];
    }

    /// <summary>Takes the calls that follow from constants.</summary>
    /// <returns>The others, by their numbers.</returns>
    public List<int> Take(IReadOnlyList<ScheduledCall> calls)
    {
        var accesses = calls.Select(AccessesOf).ToArray();
        var writers = accesses.SelectMany(a => a.Written).GroupBy(s => s).ToDictionary(g => g.Key, g => g.Count());
        var rest = new List<int>(calls.Count);
        for (var i = 0; i < calls.Count; i++)
        {
            var (read, written) = accesses[i];
            var bytes = written.Sum(BytesOf);
            if (bytes <= _room && Array.TrueForAll(read, constants.Contains) && Array.TrueForAll(written, s => slots[s].Kind == SlotKind.Temporary && writers[s] == 1)
                && (calls[i].Kernel is not { } kernel || ScheduledCall.VariablesOf(kernel).Count == 0))
            {
                _calls.Add(calls[i]);
                _room -= bytes;
                constants.UnionWith(written);
                Array.ForEach(written, s => slots[s] = slots[s] with { Kind = SlotKind.Input });
            }
            else
            {
                rest.Add(i);
            }
        }

        return rest;
    }

    /// <summary>The calls with kernels that read packed constants, where that pays.</summary>
    /// <param name="calls">The calls that are left.</param>
    /// <param name="pack">Packs a kernel of a device, given the numbers of the parameters that are constant.</param>
    public ScheduledCall[] Pack(IReadOnlyList<ScheduledCall> calls, Func<UOp, string, IReadOnlySet<int>, PackedKernel?> pack)
    {
        var wanted = calls.Select(KeyOf).ToArray();
        var kernels = wanted.Where(w => w is not null).Distinct().ToArray();
        var packed = new PackedKernel?[kernels.Length];
        Parallel.For(0, kernels.Length, i => packed[i] = pack(kernels[i]!.Kernel, kernels[i]!.Device, kernels[i]!.Constants));
        return [.. calls.Select((call, i) => wanted[i] is { } key && packed[Array.IndexOf(kernels, key)] is { } kernel ? Packed(call, kernel) : call)];
    }

    private PackingKey? KeyOf(ScheduledCall call)
    {
        if (call.Kernel is not { } kernel)
        {
            return null;
        }

        int[] numbers = [.. Enumerable.Range(0, call.Slots.Count).Where(p => constants.Contains(call.Slots[p]))];
        return numbers.Length == 0 ? null : new PackingKey(kernel, call.Device, string.Join(' ', numbers)) { Constants = numbers.ToHashSet() };
    }

    private ScheduledCall Packed(ScheduledCall call, PackedKernel packed)
    {
        // Layers that share weights share what is packed of them.
        var keys = packed.Packings.Select(p => (p.Kernel, call.Device, string.Join(' ', p.Slots.Select(s => s < 0 ? -1 : call.Slots[s])))).ToArray();
        var bytes = packed.Packings.Where((_, i) => !_packed.ContainsKey(keys[i])).Sum(p => p.DType.BytesOf(p.Size));
        if (bytes > _room)
        {
            return call;
        }

        _room -= bytes;
        for (var i = 0; i < keys.Length; i++)
        {
            if (_packed.TryAdd(keys[i], slots.Count))
            {
                var packing = packed.Packings[i];
                slots.Add(new ScheduleSlot(SlotKind.Input, packing.DType, packing.Size, call.Device));
                _calls.Add(new ScheduledCall(packing.Kernel, [.. packing.Slots.Select(s => s < 0 ? slots.Count - 1 : call.Slots[s])], call.Device));
            }
        }

        return new ScheduledCall(packed.Kernel, [.. packed.Slots.Select(s => s < 0 ? _packed[keys[-1 - s]] : call.Slots[s])], call.Device);
    }

    private long BytesOf(int slot) => slots[slot].DType.BytesOf(slots[slot].Size);

    private sealed record PackingKey(UOp Kernel, string Device, string Numbers)
    {
        public required IReadOnlySet<int> Constants { get; init; }

        public bool Equals(PackingKey? other) => other is not null && (Kernel, Device, Numbers) == (other.Kernel, other.Device, other.Numbers);

        public override int GetHashCode() => HashCode.Combine(Kernel, Device, Numbers);
    }
}
