using System.Buffers;
using Tenon.Compiler;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Calls of a schedule that follow each other on one device, as one list that the device keeps.</summary>
internal sealed class LaunchSegment
{
    private readonly LaunchGraph _graph;

    // A slot, or -1 - the number of an arena.
    private readonly int[] _buffers;
    private readonly int[] _variables;

    private LaunchSegment(int last, LaunchGraph graph, int[] buffers, int[] variables) => (Last, _graph, _buffers, _variables) = (last, graph, buffers, variables);

    /// <summary>The call after the last.</summary>
    public int Last { get; }

    /// <summary>The calls from one on that can be one list.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="first">The first call, which is a kernel's.</param>
    /// <param name="last">The call after the last.</param>
    /// <param name="programs">The programs by call.</param>
    /// <param name="callVariables">For each call the variables of its kernel, among all.</param>
    /// <param name="arenaOf">The arena of a temporary.</param>
    /// <param name="device">What keeps the list.</param>
    public static LaunchSegment Create(Schedule schedule, int first, int last, KernelProgram?[] programs, int[][] callVariables, Func<int, int> arenaOf, ILaunchGraphs device)
    {
        var (buffers, variables) = (new OrderedDictionary<int, int>(), new OrderedDictionary<int, int>());
        var launches = new List<GraphLaunch>(last - first);
        for (var i = first; i < last; i++)
        {
            var operands = new GraphOperand[schedule.Calls[i].Slots.Count];
            for (var j = 0; j < operands.Length; j++)
            {
                var slot = schedule.Slots[schedule.Calls[i].Slots[j]];
                var isTemporary = slot.Kind == SlotKind.Temporary;
                var buffer = Number(buffers, isTemporary ? -1 - arenaOf(schedule.Calls[i].Slots[j]) : schedule.Calls[i].Slots[j]);
                operands[j] = new GraphOperand(buffer, isTemporary ? slot.ArenaOffset : 0, slot.DType.BytesOf(slot.Size));
            }

            launches.Add(new GraphLaunch(programs[i]!, operands, Array.ConvertAll(callVariables[i], v => Number(variables, v))));
        }

        return new LaunchSegment(last, device.CreateGraph(launches, buffers.Count, variables.Count), [.. buffers.Keys], [.. variables.Keys]);
    }

    /// <summary>Queues the calls.</summary>
    public void Run(Storage?[] slots, DeviceBuffer?[] arenas, ReadOnlySpan<long> variables)
    {
        var views = ArrayPool<BufferView>.Shared.Rent(_buffers.Length);
        Span<long> values = stackalloc long[_variables.Length];
        for (var i = 0; i < _buffers.Length; i++)
        {
            var arena = _buffers[i] < 0 ? arenas[-1 - _buffers[i]] : null;
            views[i] = arena is null ? slots[_buffers[i]]!.View : new BufferView(arena, 0, arena.Bytes);
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] = variables[_variables[i]];
        }

        try
        {
            _graph.Run(views.AsSpan(0, _buffers.Length), values);
        }
        finally
        {
            ArrayPool<BufferView>.Shared.Return(views, clearArray: true);
        }
    }

    private static int Number(OrderedDictionary<int, int> numbers, int value)
    {
        numbers.TryAdd(value, numbers.Count);
        return numbers[value];
    }
}
