namespace Tenon;

/// <summary>Whether operations record that their results require gradients; a property of the running thread of control.</summary>
internal static class GradientMode
{
    private static readonly AsyncLocal<bool> Disabled = new();

    public static bool IsEnabled => !Disabled.Value;

    public static IDisposable Disable() => new Scope(Disabled.Value);

    private sealed class Scope : IDisposable
    {
        private readonly bool _before;

        public Scope(bool before)
        {
            _before = before;
            Disabled.Value = true;
        }

        public void Dispose() => Disabled.Value = _before;
    }
}
