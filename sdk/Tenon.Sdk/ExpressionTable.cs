using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk;

/// <summary>What renderers with one expression for each op have in common.</summary>
internal static class ExpressionTable
{
    /// <summary>The expression of an op.</summary>
    /// <exception cref="BackendException">The renderer has none.</exception>
    public static TExpression Find<TExpression>(IReadOnlyDictionary<Ops, TExpression> table, LinearProgram program, UOp op, object renderer) =>
        table.TryGetValue(op.Op, out var expression)
            ? expression
            : throw new BackendException("TEN4005", $"Kernel {program.Name} has the op {op.Op} ({op.DType}), which {renderer.GetType().Name} doesn't take. The generator's target must not list it.");

    /// <summary>How the sources of an op are written.</summary>
    public static string[] Sources(UOp op, Func<UOp, string> text)
    {
        var sources = new string[op.Src.Length];
        for (var i = 0; i < sources.Length; i++)
        {
            sources[i] = text(op[i]);
        }

        return sources;
    }

    /// <summary>How a node that is already written is used.</summary>
    /// <exception cref="BackendException">The node isn't written yet: the program lists a user before its source.</exception>
    public static string Written(IReadOnlyDictionary<UOp, string> texts, LinearProgram program, UOp op) =>
        texts.TryGetValue(op, out var text)
            ? text
            : throw new BackendException("TEN4005", $"Kernel {program.Name} uses {op} before the place where it is listed.");
}
