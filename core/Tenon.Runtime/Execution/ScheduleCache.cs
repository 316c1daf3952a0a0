using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>
/// The schedules used last, by graph. A graph is hash-consed and names no storage, so that the same computation on other data
/// is the same object.
/// </summary>
internal sealed class ScheduleCache(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UOp, LinkedListNode<(UOp Graph, ExecutableSchedule Schedule)>> _byGraph = new(ReferenceEqualityComparer.Instance);
    private readonly LinkedList<(UOp Graph, ExecutableSchedule Schedule)> _byUse = [];

    public ExecutableSchedule? Find(UOp graph)
    {
        lock (_lock)
        {
            if (!_byGraph.TryGetValue(graph, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Schedule;
        }
    }

    public void Add(UOp graph, ExecutableSchedule schedule)
    {
        lock (_lock)
        {
            if (_byGraph.Remove(graph, out var old))
            {
                _byUse.Remove(old);
            }

            _byGraph[graph] = _byUse.AddFirst((graph, schedule));
            if (_byUse.Count > capacity)
            {
                _byGraph.Remove(_byUse.Last!.Value.Graph);
                _byUse.RemoveLast();
            }
        }
    }
}
