using System.Text.Json;
using Tenon.Core;
using Tenon.Tests.Shared;

namespace Tenon.Core.Tests;

/// <summary>
/// Known cases of index arithmetic, as data: what an expression can become, how large it can get, what a gate says of it. A row
/// with a <c>gap</c> is one that we don't reach yet; it fails when we do.
/// </summary>
public class CaseTableTests
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    [TestCase("simplify.json", 300)]
    [TestCase("bounds.json", 40)]
    [TestCase("decide.json", 15)]
    [TestCase("gates.json", 50)]
    public void Every_row_holds(string file, int least)
    {
        var rows = JsonSerializer.Deserialize<Row[]>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", file)), Options)!;
        var wrong = new List<string>();
        for (var i = 0; i < rows.Length; i++)
        {
            var gap = file switch { "simplify.json" => Simplify(rows[i]), "bounds.json" => Bounds(rows[i]), "decide.json" => Decide(rows[i]), _ => Gate(rows[i]) };
            if (gap != rows[i].Gap)
            {
                wrong.Add($"{file} line {i + 2}: {rows[i].Expression ?? rows[i].Index}: the gap is '{gap}', not '{rows[i].Gap}'");
            }
        }

        Assert.That(rows, Has.Length.AtLeast(least));
        Assert.That(wrong, Is.Empty, () => string.Join("\n", wrong));
        TestContext.Out.WriteLine($"{file}: {rows.Length} rows, {rows.Count(r => r.Gap is not null)} gaps");
    }

    private static string? Simplify(Row row)
    {
        var (from, expected) = (row.Parse(row.Expression!), row.Parse(row.Simplified!));
        var actual = Simplifier.Simplify(from);
        RequireSame(from, null, expected, actual);
        return Wider(actual, row) ? "interval" : Size(actual) > Size(expected) ? "size" : null;
    }

    private static string? Bounds(Row row)
    {
        var from = row.Parse(row.Expression!);
        RequireSame(from, null, from);
        return Wider(from, row) ? "interval" : null;
    }

    private static string? Decide(Row row)
    {
        var from = row.Parse(row.Expression!);
        var actual = Simplifier.Simplify(from);
        RequireSame(from, null, actual);
        return row.Value == "unknown" || actual == UOp.Const(row.Value == "true") ? null : "undecided";
    }

    // What the gate says of the index is what it says of the simpler one.
    private static string? Gate(Row row)
    {
        var (valid, index, expected) = (Simplifier.Simplify(row.Parse(row.Valid!)), Simplifier.Simplify(row.Parse(row.Index!)), Simplifier.Simplify(row.Parse(row.Simplified!)));
        RequireSame(index, valid, expected);
        var (ours, best) = (new Facts(valid).Bounds(index), new Facts(valid).Bounds(expected));
        if (row.SimplifiedValid is { } simpler && Size(valid) > Size(row.Parse(simpler)))
        {
            return "gate";
        }

        return best.Min <= best.Max && (ours.Min < best.Min || ours.Max > best.Max) ? "interval" : null;
    }

    private static bool Wider(UOp u, Row row) => u.Min < row.Min || u.Max > row.Max;

    private static int Size(UOp u) => u.TopologicalOrder().Count(n => n.Op != Ops.Const);

    // At random points and in the corners of the domain, where the condition holds.
    private static void RequireSame(UOp from, UOp? condition, params UOp[] others)
    {
        UOp[] all = [from, .. others, .. condition is null ? [] : (UOp[])[condition]];
        var variables = UOp.Sink(all).TopologicalOrder().FindAll(u => u.Op == Ops.Variable);
        var random = new Random(1);
        for (var n = 0; n < 200; n++)
        {
            var point = variables.ToDictionary(
                v => v,
                v => (Scalar)(n < 64 ? (random.Next(2) == 0 ? v.Min : v.Max) : random.NextInt64(v.Min, v.Max + 1)),
                (IEqualityComparer<UOp>)ReferenceEqualityComparer.Instance);
            if (condition is not null && !ScalarExpressions.Evaluate(condition, point).AsBool)
            {
                continue;
            }

            var expected = ScalarExpressions.Evaluate(from, point).AsLong;
            foreach (var other in others)
            {
                var actual = ScalarExpressions.Evaluate(other, point).AsLong;
                Assert.That(actual == expected && actual >= other.Min && actual <= other.Max, Is.True, () => $"{from}\n→ {other} in [{other.Min}, {other.Max}]\nat {string.Join(", ", point)}: {expected} became {actual}");
            }
        }
    }

    private sealed record Row(
        Dictionary<string, long[]> Variables, string? Expression, string? Index, string? Valid, string? Simplified, string? SimplifiedValid, long Min, long Max, string? Value, string? Gap)
    {
        public UOp Parse(string text) => IndexSyntax.Parse(text, Variables);
    }
}
