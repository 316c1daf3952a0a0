using Tenon.Core;
using Tenon.Tests.Shared;

namespace Tenon.Core.Tests;

/// <summary>No rule changes a result, whatever the dtype and the values.</summary>
public class ScalarRuleTests
{
    /// <summary>Bit for bit (any NaN is alike), and integers lie in the interval of their node.</summary>
    [TestCase(1, 30_000)]
    public void Simplified_expressions_have_the_same_bits(int seed, int count)
    {
        var random = new Random(seed);
        var make = new ScalarExpressions(random);
        count *= LongRun.Factor;
        for (var n = 0; n < count; n++)
        {
            var expression = make.Make(make.AnyDType(), 1 + random.Next(4));
            for (var k = 0; k < 12; k++)
            {
                var inputs = make.Assign(expression);
                if (Difference(expression, inputs) is not null)
                {
                    // Sources come first, so that this is the smallest part that is wrong.
                    Assert.Fail(expression.TopologicalOrder().Select(u => Difference(u, inputs)).First(d => d is not null)!);
                }
            }
        }

        LongRun.Report("expressions", count, "every dtype");
    }

    private static string? Difference(UOp expression, Dictionary<UOp, Scalar> inputs)
    {
        var simplified = Simplifier.Simplify(expression);
        var (expected, actual) = (ScalarExpressions.Evaluate(expression, inputs), ScalarExpressions.Evaluate(simplified, inputs));
        return Same(expected, actual) && IsInside(expression, expected) && IsInside(simplified, actual) ? null
            : $"{expression} of {expression.DType}\n→ {simplified}\nat {string.Join(", ", inputs.Select(i => $"{i.Key} {i.Key.DType} = {i.Value}"))}:\n{expected} became {actual}; "
                + $"intervals [{expression.Min}, {expression.Max}] and [{simplified.Min}, {simplified.Max}]";
    }

    private static bool Same(Scalar a, Scalar b) => a == b || (double.IsNaN(a.AsDouble) && double.IsNaN(b.AsDouble));

    // Of uint64 an interval says something only of the lower half.
    private static bool IsInside(UOp u, Scalar value) =>
        u.DType.IsFloat || (u.Min == long.MinValue && u.Max == long.MaxValue)
        || (value.AsLong >= u.Min && value.AsLong <= u.Max && !(value.Kind == DTypeKind.UInt && value.RawBits < 0));
}
