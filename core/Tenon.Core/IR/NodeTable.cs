using System.Diagnostics.CodeAnalysis;

namespace Tenon.Core;

/// <summary>
/// What somebody knows of nodes, one value for each, kept by the node itself for as long as it lives. It is for tables that live as long as the
/// process, or nearly: what is entered goes with the node, not with the table. Where nodes come and go by the thousand, that costs the garbage
/// collector nothing; each entry of a weak table does. Safe from several threads.
/// </summary>
/// <typeparam name="T">What is known.</typeparam>
public sealed class NodeTable<T> where T : class
{
    /// <summary>What is known of a node, if anything is.</summary>
    public bool TryGetValue(UOp node, [NotNullWhen(true)] out T? value)
    {
        value = (T?)Find(node)?.Value;
        return value is not null;
    }

    /// <summary>What is known of a node; made by the function if nothing is. It may be called in vain where two threads ask at once.</summary>
    public T GetOrAdd<TArgument>(UOp node, Func<TArgument, T> make, TArgument argument)
    {
        var note = Find(node);
        return (T)(note ?? node.Note(new NodeNote(this, make(argument)))).Value;
    }

    /// <summary>Says what is known of a node from now on.</summary>
    public void Set(UOp node, T value)
    {
        var note = new NodeNote(this, value);
        if (node.Note(note) is var known && known != note)
        {
            known.Value = value;
        }
    }

    private NodeNote? Find(UOp node)
    {
        for (var note = node.Notes; note is not null; note = note.Next)
        {
            if (note.Table == this)
            {
                return note;
            }
        }

        return null;
    }
}

/// <summary>An entry of a <see cref="NodeTable{T}"/>; those of a node are a list.</summary>
internal sealed class NodeNote(object table, object value)
{
    private volatile object _value = value;

    public object Table { get; } = table;

    public object Value { get => _value; set => _value = value; }

    public NodeNote? Next { get; set; }
}
