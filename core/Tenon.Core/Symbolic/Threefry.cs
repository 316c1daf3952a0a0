namespace Tenon.Core;

/// <summary>
/// Threefry 2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011; constants of
/// Random123). Counter, key and result are two 32-bit words each, the first in the low half.
/// </summary>
public static class Threefry
{
    /// <summary>The rotations of eight rounds in turn; they repeat.</summary>
    public static ReadOnlySpan<int> Rotations => [13, 15, 26, 6, 17, 29, 16, 24];

    /// <summary>The constant that the third word of the key is made with.</summary>
    public const uint Parity = 0x1BD11BDA;

    /// <summary>The random bits of a counter under a key.</summary>
    public static ulong Apply(ulong counter, ulong key)
    {
        Span<uint> k = [(uint)key, (uint)(key >> 32), 0];
        k[2] = Parity ^ k[0] ^ k[1];
        var (x, y) = ((uint)counter + k[0], (uint)(counter >> 32) + k[1]);
        for (var round = 0; round < 20; round++)
        {
            x += y;
            y = uint.RotateLeft(y, Rotations[round % 8]) ^ x;
            if (round % 4 == 3)
            {
                var group = round / 4 + 1;
                x += k[group % 3];
                y += k[(group + 1) % 3] + (uint)group;
            }
        }

        return x | (ulong)y << 32;
    }
}
