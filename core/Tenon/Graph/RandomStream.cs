using System.Numerics;

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

    public static void Seed(ulong seed)
    {
        lock (Gate)
        {
            (_key, _counter) = (seed, 0);
        }
    }

    /// <summary>The key and the counter of the first of <paramref name="count"/> numbers that nobody else gets.</summary>
    public static (ulong Key, ulong Counter) Take(long count)
    {
        lock (Gate)
        {
            var first = _counter;
            _counter += (ulong)count;
            return (_key, first);
        }
    }

    /// <summary>Threefry 2x32 with 20 rounds, on the host.</summary>
    public static ulong Bits(ulong counter, ulong key)
    {
        ReadOnlySpan<int> rotations = [13, 15, 26, 6, 17, 29, 16, 24];
        ReadOnlySpan<uint> keys = [(uint)key, (uint)(key >> 32), (uint)key ^ (uint)(key >> 32) ^ 0x1BD11BDA];
        var (x0, x1) = ((uint)counter + keys[0], (uint)(counter >> 32) + keys[1]);
        for (var round = 0; round < 20; round++)
        {
            x0 += x1;
            x1 = BitOperations.RotateLeft(x1, rotations[round % 8]) ^ x0;
            if (round % 4 == 3)
            {
                var group = round / 4 + 1;
                x0 += keys[group % 3];
                x1 += keys[(group + 1) % 3] + (uint)group;
            }
        }

        return x0 | (ulong)x1 << 32;
    }
}
