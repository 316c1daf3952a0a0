namespace Tenon.Plugins.Cpu;

/// <summary>Waits for a condition that another thread makes true: spins for some microseconds, then sleeps.</summary>
internal sealed class Parking
{
    // About 50 microseconds in all: the time that a sleeping thread takes to wake. The first two react at once.
    private const int Spins = 200;
    private const int ShortSpins = 50;

    // After those, who needs the processor that somebody spins on gets it.
    private const int SpinsPerYield = 4;

    private readonly object _gate = new();
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

            if (i < ShortSpins)
            {
                Thread.SpinWait(1);
            }
            else if (i % SpinsPerYield == 0)
            {
                Thread.Yield();
            }
            else
            {
                Thread.SpinWait(8);
            }
        }

        lock (_gate)
        {
            // Whoever makes the condition true after this line sees that somebody sleeps.
            Interlocked.Increment(ref _sleeping);
            while (!condition())
            {
                Monitor.Wait(_gate);
            }

            Interlocked.Decrement(ref _sleeping);
        }
    }

    /// <summary>Wakes all who sleep, so that each looks at its own condition.</summary>
    public void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeping) > 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }
}
