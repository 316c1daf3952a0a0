namespace Tenon.Core.Backend;

/// <summary>
/// How many threads of this process compute at this moment, over all plugins, devices and runtimes: who shares its work among
/// threads asks here how many it may use, so that together they are as many as there are processors.
/// </summary>
public static class HostThreads
{
    // The callers in the low half, the threads of all in the high half: both change at once.
    private static long _state;

    /// <summary>Threads that compute.</summary>
    public static int Busy => (int)(Volatile.Read(ref _state) >> 32);

    /// <summary>
    /// Takes threads, the caller's own among them: at least that one, at most its share of the processors, and no more than are
    /// idle. <see cref="Leave"/> must follow, soon: a kernel at a time.
    /// </summary>
    /// <param name="wanted">How many it has work for.</param>
    /// <param name="processors">How many all may use together.</param>
    public static int Enter(int wanted, int processors)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            var share = processors / ((int)state + 1);
            var taken = Math.Max(1, Math.Min(Math.Min(wanted, share), processors - (int)(state >> 32)));
            if (Interlocked.CompareExchange(ref _state, state + Of(taken), state) == state)
            {
                return taken;
            }
        }
    }

    /// <summary>Gives back what <see cref="Enter"/> took.</summary>
    public static void Leave(int threads) => Interlocked.Add(ref _state, -Of(threads));

    private static long Of(int threads) => ((long)threads << 32) + 1;
}
