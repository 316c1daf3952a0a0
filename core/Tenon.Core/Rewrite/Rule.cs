using System.Runtime.CompilerServices;

namespace Tenon.Core;

/// <summary>
/// A pattern and what takes its place. The lambda returns null if the rule doesn't apply after all. A rule knows where it
/// is written, so that tools can say which one fired.
/// </summary>
public sealed class Rule
{
    private readonly Body _body;

    private Rule(Pat pattern, Body body, string file, int line)
    {
        Pattern = pattern;
        _body = body;
        Location = $"{Path.GetFileName(file)}:{line}";
    }

    private delegate UOp? Body(in Captures c, object? context);

    /// <summary>Where the rule is written: <c>File.cs:line</c>.</summary>
    public string Location { get; }

    internal Pat Pattern { get; }

    /// <summary>A rule over one captured node.</summary>
    public static Rule Of(Pat pattern, Func<UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(pattern, (in Captures c, object? _) => rewrite(c[0]!), file, line);

    /// <summary>A rule over two captured nodes.</summary>
    public static Rule Of(Pat pattern, Func<UOp, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(pattern, (in Captures c, object? _) => rewrite(c[0]!, c[1]!), file, line);

    /// <summary>A rule over three captured nodes.</summary>
    public static Rule Of(Pat pattern, Func<UOp, UOp, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(pattern, (in Captures c, object? _) => rewrite(c[0]!, c[1]!, c[2]!), file, line);

    /// <summary>A rule over four captured nodes.</summary>
    public static Rule Of(Pat pattern, Func<UOp, UOp, UOp, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(pattern, (in Captures c, object? _) => rewrite(c[0]!, c[1]!, c[2]!, c[3]!), file, line);

    /// <summary>A rule over five captured nodes.</summary>
    public static Rule Of(Pat pattern, Func<UOp, UOp, UOp, UOp, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(pattern, (in Captures c, object? _) => rewrite(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!), file, line);

    /// <summary>A rule over one captured node and the context of the rewrite.</summary>
    public static Rule With<TContext>(Pat pattern, Func<TContext, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where TContext : class =>
        new(pattern, (in Captures c, object? x) => rewrite(Context<TContext>(x), c[0]!), file, line);

    /// <summary>A rule over two captured nodes and the context of the rewrite.</summary>
    public static Rule With<TContext>(Pat pattern, Func<TContext, UOp, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where TContext : class =>
        new(pattern, (in Captures c, object? x) => rewrite(Context<TContext>(x), c[0]!, c[1]!), file, line);

    /// <summary>A rule over three captured nodes and the context of the rewrite.</summary>
    public static Rule With<TContext>(Pat pattern, Func<TContext, UOp, UOp, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) where TContext : class =>
        new(pattern, (in Captures c, object? x) => rewrite(Context<TContext>(x), c[0]!, c[1]!, c[2]!), file, line);

    /// <summary>What takes the node's place; null if the rule doesn't apply.</summary>
    public UOp? Apply(UOp node, object? context = null)
    {
        var captures = default(Captures);
        if (!Pattern.Match(node, ref captures))
        {
            return null;
        }

        var result = _body(in captures, context);
        return result == node ? null : result;
    }

    private static TContext Context<TContext>(object? context) where TContext : class =>
        context as TContext ?? throw new InvalidOperationException($"These rules need a context of type {typeof(TContext).Name}; {context?.GetType().Name ?? "none"} was given.");
}
