using System.Globalization;
using Tenon.Core;

namespace Tenon.Core.Tests;

/// <summary>
/// The expressions of the tables in <c>Data</c>: <c>(op source …)</c>, whole numbers, <c>true</c>, <c>false</c>, and names of
/// variables. <c>div</c> and <c>mod</c> round towards minus infinity, <c>tdiv</c> and <c>tmod</c> towards zero; <c>int</c> is 1 for
/// true and 0 for false.
/// </summary>
internal static class IndexSyntax
{
    private static readonly Dictionary<string, Ops> Names = new()
    {
        ["add"] = Ops.Add, ["sub"] = Ops.Sub, ["mul"] = Ops.Mul, ["div"] = Ops.FloorDiv, ["mod"] = Ops.FloorMod, ["tdiv"] = Ops.IntDiv, ["tmod"] = Ops.IntMod,
        ["max"] = Ops.Max, ["lt"] = Ops.CmpLt, ["eq"] = Ops.CmpEq, ["ne"] = Ops.CmpNe, ["and"] = Ops.And, ["or"] = Ops.Or, ["xor"] = Ops.Xor,
        ["shl"] = Ops.Shl, ["shr"] = Ops.Shr,
    };

    public static UOp Parse(string text, IReadOnlyDictionary<string, long[]> variables)
    {
        var tokens = new Queue<string>(text.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return Read(tokens, variables);
    }

    private static UOp Read(Queue<string> tokens, IReadOnlyDictionary<string, long[]> variables)
    {
        var token = tokens.Dequeue();
        if (token != "(")
        {
            return token is "true" or "false" ? UOp.Const(token == "true")
                : variables.TryGetValue(token, out var bounds) ? UOp.Variable(token, bounds[0], bounds[1])
                : UOp.Index(long.Parse(token, CultureInfo.InvariantCulture));
        }

        var name = tokens.Dequeue();
        var sources = new List<UOp>();
        while (tokens.Peek() != ")")
        {
            sources.Add(Read(tokens, variables));
        }

        tokens.Dequeue();
        return name switch
        {
            "where" => UOp.Where(sources[0], sources[1], sources[2]),
            "int" => sources[0].Cast(DType.Index),
            _ when sources.Count == 2 => UOp.Alu(Names[name], sources[0], sources[1]),
            _ => throw new FormatException($"'{name}' of {sources.Count} sources"),
        };
    }
}
