using Tenon.Core;

namespace Tenon;

/// <summary>The functions of FIPS 202 that are made of the permutation Keccak.</summary>
public enum KeccakHash
{
    /// <summary>SHA3-224.</summary>
    Sha3Bits224,

    /// <summary>SHA3-256.</summary>
    Sha3Bits256,

    /// <summary>SHA3-384.</summary>
    Sha3Bits384,

    /// <summary>SHA3-512.</summary>
    Sha3Bits512,

    /// <summary>SHAKE128, of any length.</summary>
    Shake128,

    /// <summary>SHAKE256, of any length.</summary>
    Shake256,
}

/// <content>Hashes as tensor programs: many messages at once, and on any device.</content>
public sealed partial class Tensor
{
    private const int Leaf = 4096;
    private const int Chunk1MiB = 1 << 20;

    /// <summary>The hash of each message of bytes: uint8 <c>[…, N]</c> → uint8 <c>[…, length]</c>.</summary>
    /// <param name="hash">Which function.</param>
    /// <param name="length">The bytes of the result; those of the function by default, 16 for SHAKE128 and 32 for SHAKE256.</param>
    /// <exception cref="TenonException">The elements are not bytes, or the function gives another length.</exception>
    public Tensor Keccak(KeccakHash hash = KeccakHash.Sha3Bits256, int? length = null)
    {
        var (capacity, size) = hash switch
        {
            KeccakHash.Sha3Bits224 => (56, 28),
            KeccakHash.Sha3Bits256 => (64, 32),
            KeccakHash.Sha3Bits384 => (96, 48),
            KeccakHash.Sha3Bits512 => (128, 64),
            KeccakHash.Shake128 => (32, 16),
            _ => (64, 32),
        };
        var isOpen = hash is KeccakHash.Shake128 or KeccakHash.Shake256;
        if (DType != DType.UInt8 || Rank == 0 || (length is { } wanted && (wanted < 1 || (!isOpen && wanted != size))))
        {
            throw new TenonException("TEN3167", $"Keccak: {hash} of {DType} {Shape} in {length ?? size} bytes. Expected messages of uint8 on the last axis, and {(isOpen ? "1 byte or more" : $"{size} bytes")}.");
        }

        // The message, a suffix, zeros, and a last bit, to a multiple of the rate.
        var n = Shapes.Known(Shape, Rank - 1, nameof(Keccak));
        var rate = 200 - capacity;
        var blocks = n / rate + 1;
        var suffix = new byte[blocks * rate];
        suffix[n] = isOpen ? (byte)0x1f : (byte)0x06;
        suffix[^1] |= 0x80;
        var outer = Shape.ToSizes()[..^1];
        var message = Reshape(Shapes.Product(outer), n);
        var lanes = Words(message.PadLast(0, suffix.Length - n) ^ From<byte>(suffix, _device)).Reshape(message.Shape.Size(0), blocks, rate / 8);

        var rounds = Array.ConvertAll(RoundConstants(), c => From<ulong>([c, .. new ulong[24]], _device));
        var state = Zeros([message.Shape.Size(0), 25], DType.UInt64);
        for (var i = 0; i < blocks; i++)
        {
            state = Permuted(state ^ lanes[.., i].PadLast(0, 25 - rate / 8), rounds);
        }

        var bytes = new List<Tensor> { Bytes(state)[.., ..rate] };
        for (var got = rate; got < (length ?? size); got += rate)
        {
            state = Permuted(state, rounds);
            bytes.Add(Bytes(state)[.., ..rate]);
        }

        return Cat([.. bytes], 1)[.., ..(length ?? size)].Reshape([.. outer, length ?? size]).AsValue();
    }

    /// <summary>16 bytes that stand for the content: a tree of SHAKE128 over the bytes in pieces of 4 KiB, 256 of them to a node.</summary>
    /// <remarks>The content is filled with zeros to a multiple of 1 MiB, as is each level of the tree.</remarks>
    public Tensor Hash()
    {
        var data = Bytes(Flatten());
        do
        {
            var n = Shapes.Known(data.Shape, 0, nameof(Hash));
            var chunks = Math.Max(1, (n + Chunk1MiB - 1) / Chunk1MiB);
            var leaves = data.PadLast(0, chunks * Chunk1MiB - n).Reshape(chunks * (Chunk1MiB / Leaf), Leaf).Keccak(KeccakHash.Shake128);
            data = leaves.Reshape(chunks, Leaf).Keccak(KeccakHash.Shake128).Flatten();
        }
        while (data.Shape.Size(0).Value > 16);
        return data;
    }

    /// <summary>64 random bits for each counter: Threefry-2x32 with 20 rounds, by a key.</summary>
    /// <param name="key">uint64; broadcasts with this.</param>
    /// <remarks>Salmon et al., Parallel random numbers: as easy as 1, 2, 3; SC 2011.</remarks>
    public Tensor Threefry(Tensor key)
    {
        var shape = Shapes.Broadcast(Shape, key.Shape, nameof(Threefry));
        var (counters, keys) = (Cast(DType.UInt64).Expand(shape), key.Cast(DType.UInt64).Expand(shape));
        return Result(UOp.Alu(Ops.Threefry, counters.Node, keys.Node), nameof(Threefry), this, key);
    }

    // Keccak-f[1600], FIPS 202, section 3.2: states [B, 25], lane x + 5y.
    private static Tensor Permuted(Tensor state, Tensor[] roundConstants)
    {
        var (offsets, sources) = (new ulong[25], new int[25]);
        for (int t = 0, x = 1, y = 0; t < 24; t++)
        {
            offsets[x + 5 * y] = (ulong)((t + 1) * (t + 2) / 2 % 64);
            (x, y) = (y, (2 * x + 3 * y) % 5);
        }

        for (var i = 0; i < 25; i++)
        {
            var (x, y) = (i % 5, i / 5);
            sources[y + 5 * ((2 * x + 3 * y) % 5)] = i;
        }

        var (left, order) = (From<ulong>(offsets, state._device), From<int>(sources, state._device));
        var right = From<ulong>([.. offsets.Select(static o => (64 - o) % 64)], state._device);
        foreach (var constant in roundConstants)
        {
            var rows = Enumerable.Range(0, 5).Select(y => state[.., (5 * y)..(5 * y + 5)]).ToArray();
            var parity = rows.Aggregate(static (a, b) => a ^ b);
            var next = parity.Roll(-1, 1);
            var theta = state ^ (parity.Roll(1, 1) ^ (next << 1) ^ (next >> 63)).Repeat(1, 5);
            var turned = (Binary(Ops.Shl, theta, left, "<<") | (Binary(Ops.Shr, theta, right, ">>") & Where(left.Eq(0), 0, ~left.ZerosLike()))).IndexSelect(1, order);
            var square = turned.Reshape(-1, 5, 5);
            state = ((square ^ (~square.Roll(-1, 2) & square.Roll(-2, 2))).Reshape(-1, 25) ^ constant).Contiguous();
        }

        return state.Realize();
    }

    // By the linear feedback shift register of FIPS 202, section 3.2.5.
    private static ulong[] RoundConstants()
    {
        var constants = new ulong[24];
        var register = 1;
        for (var round = 0; round < 24; round++)
        {
            for (var j = 0; j <= 6; j++)
            {
                constants[round] |= (register & 1) == 0 ? 0 : 1UL << ((1 << j) - 1);
                register = (register << 1) ^ ((register >> 7) * 0x171);
            }
        }

        return constants;
    }

    // uint8 [B, 8 N] → uint64 [B, N], the least byte first.
    private static Tensor Words(Tensor bytes)
    {
        var parts = bytes.Reshape(bytes.Shape.Size(0), -1, 8).Cast(DType.UInt64);
        return (parts * From<ulong>([.. Enumerable.Range(0, 8).Select(static i => 1UL << (8 * i))], bytes._device)).Sum(-1);
    }

    // The bytes of the elements of the last axis, the least first.
    private static Tensor Bytes(Tensor x)
    {
        var word = x.DType.IsBool ? x.Cast(DType.UInt8) : x.DType.IsFloat ? x.Bitcast(x.DType.Bits switch { 64 => DType.UInt64, 32 => DType.UInt32, 16 => DType.UInt16, _ => DType.UInt8 }) : x;
        var bytes = word.DType.Bytes;
        var shifts = Arange(bytes).Cast(word.DType) * 8;
        var parts = bytes == 1 ? word.Unsqueeze(-1) : Binary(Ops.Shr, word.Unsqueeze(-1), shifts, ">>") & 0xff;
        return parts.Cast(DType.UInt8).Reshape([.. x.Shape.ToSizes()[..^1], x.Shape.Size(^1) * bytes]);
    }
}
