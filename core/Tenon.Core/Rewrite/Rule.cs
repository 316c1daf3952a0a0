using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Tenon.Core;

/// <summary>
/// A pattern and what takes its place. The lambda returns null if the rule doesn't apply after all. A rule knows where it
/// is written, so that tools can say which one fired.
/// </summary>
public sealed class Rule
{
    private readonly Body _body;

    private readonly string _patternText;
    private readonly string _bodyText;

    private Rule(Pat pattern, Body body, string location, string patternText, string bodyText) =>
        (Pattern, _body, Location, _patternText, _bodyText) = (pattern, body, location, patternText, bodyText);

    private delegate UOp? Body(in Captures c, object? context);

    /// <summary>Where the rule is written: <c>File.cs:line</c>.</summary>
    public string Location { get; }

    /// <summary>How the rule is written, as <c>pattern → what takes its place</c>.</summary>
    public string Text => $"{Clean(_patternText)} → {Clean(_bodyText)}";

    internal Pat Pattern { get; }

    /// <summary>The same rule; each time it is tried on a node, the listener of <see cref="Tracing"/> is told.</summary>
    internal Rule Observed => new(Pat.Op(Pattern.Ops, 0), (in Captures c, object? context) => Tracing.Apply(this, c[0]!, context), Location, _patternText, _bodyText);

    /// <summary>A rule over one captured node.</summary>
    public static Rule Of(Pat pattern, Func<UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0,
        [CallerArgumentExpression(nameof(pattern))] string from = "", [CallerArgumentExpression(nameof(rewrite))] string to = "") =>
        new(pattern, (in Captures c, object? _) => rewrite(c[0]!), LocationOf(file, line), from, to);

    /// <summary>A rule over two captured nodes.</summary>
    public static Rule Of(Pat pattern, Func<UOp, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0,
        [CallerArgumentExpression(nameof(pattern))] string from = "", [CallerArgumentExpression(nameof(rewrite))] string to = "") =>
        new(pattern, (in Captures c, object? _) => rewrite(c[0]!, c[1]!), LocationOf(file, line), from, to);

    /// <summary>A rule over three captured nodes.</summary>
    public static Rule Of(Pat pattern, Func<UOp, UOp, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0,
        [CallerArgumentExpression(nameof(pattern))] string from = "", [CallerArgumentExpression(nameof(rewrite))] string to = "") =>
        new(pattern, (in Captures c, object? _) => rewrite(c[0]!, c[1]!, c[2]!), LocationOf(file, line), from, to);

    /// <summary>A rule over four captured nodes.</summary>
    public static Rule Of(Pat pattern, Func<UOp, UOp, UOp, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0,
        [CallerArgumentExpression(nameof(pattern))] string from = "", [CallerArgumentExpression(nameof(rewrite))] string to = "") =>
        new(pattern, (in Captures c, object? _) => rewrite(c[0]!, c[1]!, c[2]!, c[3]!), LocationOf(file, line), from, to);

    /// <summary>A rule over five captured nodes.</summary>
    public static Rule Of(Pat pattern, Func<UOp, UOp, UOp, UOp, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0,
        [CallerArgumentExpression(nameof(pattern))] string from = "", [CallerArgumentExpression(nameof(rewrite))] string to = "") =>
        new(pattern, (in Captures c, object? _) => rewrite(c[0]!, c[1]!, c[2]!, c[3]!, c[4]!), LocationOf(file, line), from, to);

    /// <summary>A rule over one captured node and the context of the rewrite.</summary>
    public static Rule With<TContext>(Pat pattern, Func<TContext, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0,
        [CallerArgumentExpression(nameof(pattern))] string from = "", [CallerArgumentExpression(nameof(rewrite))] string to = "") where TContext : class =>
        new(pattern, (in Captures c, object? x) => rewrite(Context<TContext>(x), c[0]!), LocationOf(file, line), from, to);

    /// <summary>A rule over two captured nodes and the context of the rewrite.</summary>
    public static Rule With<TContext>(Pat pattern, Func<TContext, UOp, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0,
        [CallerArgumentExpression(nameof(pattern))] string from = "", [CallerArgumentExpression(nameof(rewrite))] string to = "") where TContext : class =>
        new(pattern, (in Captures c, object? x) => rewrite(Context<TContext>(x), c[0]!, c[1]!), LocationOf(file, line), from, to);

    /// <summary>A rule over three captured nodes and the context of the rewrite.</summary>
    public static Rule With<TContext>(Pat pattern, Func<TContext, UOp, UOp, UOp, UOp?> rewrite, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0,
        [CallerArgumentExpression(nameof(pattern))] string from = "", [CallerArgumentExpression(nameof(rewrite))] string to = "") where TContext : class =>
        new(pattern, (in Captures c, object? x) => rewrite(Context<TContext>(x), c[0]!, c[1]!, c[2]!), LocationOf(file, line), from, to);

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

    private static string LocationOf(string file, int line) => $"{Path.GetFileName(file)}:{line}";

    // On one line, without what every rule has.
    private static string Clean(string source)
    {
        var text = Regex.Replace(source, @"\s+", " ");
        text = Regex.Replace(text, @"^static (\w+|\([^)]*\)) => ", "");
        return Regex.Replace(Regex.Replace(text, @"(UOp\.Alu|Pat\.Op)\(Ops\.(\w+), ", "$2("), @"\b(Pat|Ops|UOp)\.", "");
    }

    private static TContext Context<TContext>(object? context) where TContext : class =>
        context as TContext ?? throw new InvalidOperationException($"These rules need a context of type {typeof(TContext).Name}; {context?.GetType().Name ?? "none"} was given.");
}
