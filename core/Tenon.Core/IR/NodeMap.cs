using System.Diagnostics.CodeAnalysis;

namespace Tenon.Core;

/// <summary>Values by node; see <see cref="NodeSet"/>.</summary>
/// <typeparam name="TValue">What is kept for each node.</typeparam>
public sealed class NodeMap<TValue>
{
    private readonly NodeSet _keys = new();
    private TValue[] _values = [];

    /// <summary>How many nodes have a value.</summary>
    public int Count => _keys.Count;

    /// <summary>The nodes that have a value, in the order in which they got one.</summary>
    public ReadOnlySpan<UOp> Keys => _keys.Nodes;

    /// <summary>The value of a node.</summary>
    /// <exception cref="KeyNotFoundException">The node has none.</exception>
    public TValue this[UOp node]
    {
        get => _keys.IndexOf(node) is >= 0 and var i ? _values[i] : throw new KeyNotFoundException($"Nothing is known of {node}.");
        set
        {
            if (_keys.IndexOf(node) is >= 0 and var i)
            {
                _values[i] = value;
            }
            else
            {
                Add(node, value);
            }
        }
    }

    /// <summary>Whether the node has a value.</summary>
    public bool ContainsKey(UOp node) => _keys.Contains(node);

    /// <summary>The value of a node, if it has one.</summary>
    public bool TryGetValue(UOp node, [MaybeNullWhen(false)] out TValue value)
    {
        var i = _keys.IndexOf(node);
        value = i >= 0 ? _values[i] : default;
        return i >= 0;
    }

    /// <summary>The value of a node; the default if it has none.</summary>
    public TValue? GetValueOrDefault(UOp node) => _keys.IndexOf(node) is >= 0 and var i ? _values[i] : default;

    /// <summary>Gives the node a value unless it has one; whether it did.</summary>
    public bool TryAdd(UOp node, TValue value)
    {
        if (_keys.Contains(node))
        {
            return false;
        }

        Add(node, value);
        return true;
    }

    private void Add(UOp node, TValue value)
    {
        if (_keys.Count == _values.Length)
        {
            Array.Resize(ref _values, Math.Max(8, 2 * _values.Length));
        }

        _values[_keys.Count] = value;
        _keys.Add(node);
    }
}
