using System.Text;

namespace Tenon.Core;

public sealed partial class UOp
{
    /// <summary>
    /// Every node that this one is made from, and this one last: sources before their users. The order depends only on the
    /// content. Nodes for which <paramref name="enter"/> is false are listed, but not their sources.
    /// </summary>
    public List<UOp> TopologicalOrder(Func<UOp, bool>? enter = null)
    {
        var order = new List<UOp>();
        var seen = new NodeSet();
        var stack = new Stack<UOp?>();
        stack.Push(this);
        while (stack.TryPop(out var node))
        {
            // Below a null is a node whose sources are done.
            if (node is null)
            {
                order.Add(stack.Pop()!);
            }
            else if (seen.Add(node))
            {
                stack.Push(node);
                stack.Push(null);
                if (enter is null || enter(node))
                {
                    for (var i = node._src.Length - 1; i >= 0; i--)
                    {
                        if (!seen.Contains(node._src[i]))
                        {
                            stack.Push(node._src[i]);
                        }
                    }
                }
            }
        }

        return order;
    }

    /// <summary>This graph with some nodes replaced. Replacements are not searched again.</summary>
    public UOp Substitute(NodeMap<UOp> replacements)
    {
        if (replacements.Count == 0)
        {
            return this;
        }

        var done = new NodeMap<UOp>();
        foreach (var node in TopologicalOrder(n => !replacements.ContainsKey(n)))
        {
            done[node] = replacements.TryGetValue(node, out var other) ? other : node.MapSources(done);
        }

        return done[this];
    }

    /// <summary>One line: op, type and argument, with sources as their ops.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text, this, 4);
        return text.ToString();

        static void Append(StringBuilder text, UOp u, int depth)
        {
            if (u.Op == Ops.Const)
            {
                text.Append(u.Arg);
                return;
            }

            text.Append(u.Op);
            if (u.Arg is not null)
            {
                text.Append('<').Append(u.Op switch
                {
                    Ops.Variable => ((VariableArg)u.Arg).Name,
                    Ops.Range => $"{((RangeArg)u.Arg).Id}{((RangeArg)u.Arg).Kind.ToString()[0]}",
                    _ => u.Arg,
                }).Append('>');
            }

            if (u.Src.Length > 0)
            {
                text.Append('(');
                for (var i = 0; i < u.Src.Length; i++)
                {
                    text.Append(i == 0 ? "" : ", ");
                    if (depth == 0)
                    {
                        text.Append('…');
                    }
                    else
                    {
                        Append(text, u[i], depth - 1);
                    }
                }

                text.Append(')');
            }
        }
    }

    /// <summary>Every node on a line of its own, numbered, sources by number: the whole graph for people.</summary>
    public string Dump() => Dump(TopologicalOrder());

    /// <summary>A list of nodes, one to a line, numbered, sources by number; loops are indented.</summary>
    public static string Dump(IReadOnlyList<UOp> nodes)
    {
        var number = new Dictionary<UOp, int>(ReferenceEqualityComparer.Instance);
        var text = new StringBuilder();
        var indent = 0;
        foreach (var n in nodes)
        {
            number.TryAdd(n, number.Count);
            indent -= n.Op == Ops.End && n[0].Op == Ops.Range ? 2 : 0;
            text.Append($"{number[n],4} {new string(' ', Math.Max(0, indent))}{n.Op,-12} {n.DType,-10} ")
                .AppendJoin(' ', n._src.Select(s => s.Op == Ops.Const ? s.Arg!.ToString() : number.TryGetValue(s, out var i) ? $"%{i}" : "?"))
                .AppendLine(n.Arg is null ? "" : $"  {n.Arg}");
            indent += n.Op == Ops.Range && nodes.Count > 0 && nodes[^1].Op != Ops.Sink ? 2 : 0;
        }

        return text.ToString();
    }

    /// <summary>This node with each source replaced by what the map has for it, if anything.</summary>
    public UOp MapSources(NodeMap<UOp> map) => MapSources(map, DType, Arg);

    /// <summary>This node with each source replaced by what the map has for it, if anything, and with another type and argument.</summary>
    public UOp MapSources(NodeMap<UOp> map, DType dtype, object? arg)
    {
        var src = _src;
        for (var i = 0; i < src.Length; i++)
        {
            if (map.TryGetValue(src[i], out var mapped) && mapped != src[i])
            {
                src = src == _src ? (UOp[])src.Clone() : src;
                src[i] = mapped;
            }
        }

        return src == _src && dtype == DType && ReferenceEquals(arg, Arg) ? this : New(Op, dtype, src, arg);
    }
}
