using System.Runtime.InteropServices;

namespace Tenon.Plugins.Cpu;

/// <summary>
/// The work items of a kernel, a contiguous share for each thread, so that a thread finds in its caches what it left there in the
/// kernel before. A thread takes its share in pieces, each half of what is left; when it is done, it takes from others in the same way.
/// </summary>
internal sealed class WorkShares
{
    private Share[] _shares = [];
    private int _count;
    private long _least;

    /// <summary>Divides the items [0, size) among as many threads; no piece is smaller than the least but a last one.</summary>
    public void Divide(long size, int threads, long least)
    {
        if (_shares.Length < threads)
        {
            _shares = new Share[threads];
        }

        (_count, _least) = (threads, least);
        for (var i = 0; i < threads; i++)
        {
            _shares[i].End = Bound(size, threads, i + 1);
            Volatile.Write(ref _shares[i].Next, Bound(size, threads, i));
        }
    }

    /// <summary>Takes a piece: of the thread's own share, or else of the next thread's that has any left.</summary>
    public bool TryTake(int thread, out long begin, out long end)
    {
        for (var i = 0; i < _count; i++)
        {
            var other = thread + i;
            if (TryTake(ref _shares[other < _count ? other : other - _count], out begin, out end))
            {
                return true;
            }
        }

        (begin, end) = (0, 0);
        return false;
    }

    /// <summary>Leaves nothing to take.</summary>
    public void Clear()
    {
        for (var i = 0; i < _count; i++)
        {
            Volatile.Write(ref _shares[i].Next, long.MaxValue);
        }
    }

    private bool TryTake(ref Share share, out long begin, out long end)
    {
        while (true)
        {
            begin = Volatile.Read(ref share.Next);
            var left = share.End - begin;
            if (left <= 0)
            {
                end = begin;
                return false;
            }

            end = begin + Math.Min(left, Math.Max(_least, left / 2));
            if (Interlocked.CompareExchange(ref share.Next, end, begin) == begin)
            {
                return true;
            }
        }
    }

    // size * i / threads, without the product.
    private static long Bound(long size, int threads, int i) => size / threads * i + size % threads * i / threads;

    // Two cache lines: processors fetch them in pairs.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Share
    {
        [FieldOffset(0)]
        public long Next;

        [FieldOffset(8)]
        public long End;
    }
}
