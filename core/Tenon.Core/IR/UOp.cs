namespace Tenon.Core;

/// <summary>
/// A node of the graph: an op, the type of its value, its sources and an argument. Nodes are immutable and hash-consed: the
/// same content is the same object, so equality is reference equality. What follows from the sources (shape, interval,
/// ranges) is computed once, when the node is made. Nodes that nobody holds are collected.
/// </summary>
public sealed partial class UOp
{
    private readonly UOp[] _src;
    private int _marks;
    private NodeNote? _notes;

    internal UOp(Ops op, DType dtype, UOp[] src, object? arg, int hash)
    {
        Op = op;
        DType = dtype;
        _src = src;
        Arg = arg;
        Hash = hash;
        Shape = DeriveShape(this);
        (Min, Max) = Interval.Of(this);
        _ranges = DeriveRanges(this);
    }

    /// <summary>What the node does.</summary>
    public Ops Op { get; }

    /// <summary>The type of its value; of an address, the type of what is there.</summary>
    public DType DType { get; }

    /// <summary>Its sources.</summary>
    public ReadOnlySpan<UOp> Src => _src;

    /// <summary>Its argument; which type each op has is said at <see cref="Ops"/>.</summary>
    public object? Arg { get; }

    /// <summary>A hash of the content, equal in this process for equal content.</summary>
    internal int Hash { get; }

    /// <summary>Whether the rules of a matcher are known to change nothing here; see <see cref="PatternMatcher.Mark"/>.</summary>
    internal bool IsNormalUnder(int mark) => (_marks & mark) != 0;

    /// <summary>Remembers which rules change nothing here. Of two threads that do at once, one may be forgotten: no harm.</summary>
    internal void MarkNormal(int marks)
    {
        if ((_marks & marks) != marks)
        {
            _marks |= marks;
        }
    }

    /// <summary>What tables know of the node.</summary>
    internal NodeNote? Notes => Volatile.Read(ref _notes);

    /// <summary>Adds a note, unless there is one of that table.</summary>
    /// <returns>The note of that table.</returns>
    internal NodeNote Note(NodeNote note)
    {
        while (true)
        {
            var first = Notes;
            for (var known = first; known is not null; known = known.Next)
            {
                if (known.Table == note.Table)
                {
                    return known;
                }
            }

            note.Next = first;
            if (Interlocked.CompareExchange(ref _notes, note, first) == first)
            {
                return note;
            }
        }
    }

    /// <summary>The i-th source.</summary>
    public UOp this[int i] => _src[i];

    /// <summary>How many live nodes there are in the process; for tests and reports.</summary>
    public static int CountLive() => UOpTable.CountLive();

    /// <summary>The node of this content: the existing one, or a new one.</summary>
    public static UOp New(Ops op, DType dtype, ReadOnlySpan<UOp> src, object? arg = null) => UOpTable.Intern(op, dtype, src, arg);

    /// <summary>A new node without sources, whose argument no other has: it need not be looked for.</summary>
    public static UOp Unique(Ops op, DType dtype, object arg) => new(op, dtype, [], arg, UOpTable.Hash(op, dtype, [], arg));

    /// <summary>This node with other sources.</summary>
    public UOp WithSources(ReadOnlySpan<UOp> src) => SameNodes(src, _src) ? this : New(Op, DType, src, Arg);

    /// <summary>Whether two lists are the same nodes in the same order.</summary>
    internal static bool SameNodes(ReadOnlySpan<UOp> a, ReadOnlySpan<UOp> b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        for (var i = 0; i < a.Length; i++)
        {
            if (!ReferenceEquals(a[i], b[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The argument as <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException">The argument is of another type.</exception>
    public T ArgAs<T>() => Arg is T t ? t : throw new InvalidOperationException($"{Op} has an argument of type {Arg?.GetType().Name ?? "null"}, not {typeof(T).Name}.");

    /// <summary>Whether the node is a literal, and its value.</summary>
    public bool IsConst(out Scalar value)
    {
        value = Op == Ops.Const ? (Scalar)Arg! : default;
        return Op == Ops.Const;
    }

    /// <summary>Whether the node is a literal integer (or truth value) equal to <paramref name="value"/>.</summary>
    public bool IsInteger(long value) => Op == Ops.Const && !DType.IsFloat && ((Scalar)Arg!).AsLong == value;
}
