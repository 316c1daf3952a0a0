namespace Tenon;

/// <summary>
/// The process's stream of random numbers: a key, and a counter that each draw moves on. Number i is Threefry of counter i, so
/// that it does not matter where or in which order the numbers are computed.
/// </summary>
/// <remarks>Salmon et al., Parallel random numbers: as easy as 1, 2, 3; SC 2011.</remarks>
internal static class RandomStream
{
    private static readonly Lock Gate = new();
    private static ulong _key;
    private static ulong _counter;

    [ThreadStatic]
    private static ulong? _own;

    public static void Seed(ulong seed)
    {
        lock (Gate)
        {
            (_key, _counter) = (seed, 0);
        }
    }

    /// <summary>Whether this thread draws from a stream of its own.</summary>
    public static bool IsOwn => _own is not null;

    /// <summary>What this thread draws until the result is disposed comes from a stream of its own, from its beginning.</summary>
    public static IDisposable Own(ulong key)
    {
        _own = key;
        return new Ownership();
    }

    /// <summary>The key and the counter of the first of <paramref name="count"/> numbers that nobody else gets.</summary>
    public static (ulong Key, ulong Counter) Take(long count)
    {
        if (_own is { } key)
        {
            return (key, 0);
        }

        lock (Gate)
        {
            var first = _counter;
            _counter += (ulong)count;
            return (_key, first);
        }
    }

    private sealed class Ownership : IDisposable
    {
        public void Dispose() => _own = null;
    }
}
