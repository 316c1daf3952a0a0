namespace Tenon.Runtime;

/// <summary>
/// Counts those who are between finding out where memory is and having queued their work on it. Meanwhile no memory may be taken away that
/// others know of.
/// </summary>
internal sealed class MemoryUsers
{
    private const int Alone = -1;
    private int _count;

    /// <summary>Is a user until the result is disposed.</summary>
    public Use Enter()
    {
        var spin = default(SpinWait);
        while (true)
        {
            var count = Volatile.Read(ref _count);
            if (count != Alone && Interlocked.CompareExchange(ref _count, count + 1, count) == count)
            {
                return new Use(this);
            }

            spin.SpinOnce();
        }
    }

    /// <summary>Lets a user, which knows of no memory but that of its own storage, release some of it if there is no other user.</summary>
    /// <param name="storage">What is released.</param>
    /// <param name="restore">What brings its content back.</param>
    /// <returns>Whether it was.</returns>
    public bool TryRelease(Storage storage, Action<Core.Backend.BufferView> restore)
    {
        if (Interlocked.CompareExchange(ref _count, Alone, 1) != 1)
        {
            return false;
        }

        try
        {
            storage.Release(restore);
            return true;
        }
        finally
        {
            Volatile.Write(ref _count, 1);
        }
    }

    /// <summary>Ends a use.</summary>
    public readonly struct Use(MemoryUsers users) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref users._count);
    }
}
