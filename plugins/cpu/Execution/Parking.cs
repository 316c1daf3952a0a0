namespace Tenon.Plugins.Cpu;

/// <summary>Waits for a condition that another thread makes true: spins for some microseconds, then sleeps.</summary>
internal sealed class Parking : IDisposable
{
    // About 30 microseconds in all: the time that a sleeping thread takes to wake.
    private const int Spins = 40;

    private readonly SemaphoreSlim _wakeUp = new(0);
    private int _sleeping;

    /// <summary>Returns when the condition holds. <see cref="Wake"/> must be called after it is made true.</summary>
    public void WaitUntil(Func<bool> condition)
    {
        for (var i = 0; i < Spins; i++)
        {
            if (condition())
            {
                return;
            }

            Thread.SpinWait(20);
        }

        while (true)
        {
            // Whoever makes the condition true after this line sees that somebody sleeps.
            Interlocked.Increment(ref _sleeping);
            if (condition())
            {
                // A wake-up may come all the same; it is then used up by the next sleep.
                return;
            }

            _wakeUp.Wait();
            if (condition())
            {
                return;
            }
        }
    }

    /// <summary>Wakes those who sleep.</summary>
    public void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeping) > 0 && Interlocked.Exchange(ref _sleeping, 0) is > 0 and var count)
        {
            _wakeUp.Release(count);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _wakeUp.Dispose();
}
