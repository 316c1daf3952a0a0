namespace Tenon.Compiler;

/// <summary>Whether the running thread of control asks for fast maths; see <see cref="Core.FastMathRules"/>.</summary>
public static class FastMath
{
    private static readonly AsyncLocal<bool?> Asked = new();

    /// <summary>What was asked for; null if nothing was, so that the runtime's setting holds.</summary>
    public static bool? Requested => Asked.Value;

    /// <summary>Asks for fast or strict maths until what is returned is disposed.</summary>
    public static IDisposable Request(bool enabled) => new Scope(enabled);

    private sealed class Scope : IDisposable
    {
        private readonly bool? _before = Asked.Value;

        public Scope(bool enabled) => Asked.Value = enabled;

        public void Dispose() => Asked.Value = _before;
    }
}
