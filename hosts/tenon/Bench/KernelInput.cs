namespace Tenon.Cli.Bench;

/// <summary>An input of a kernel that is timed.</summary>
/// <param name="Shape">Its shape.</param>
internal sealed record KernelInput(params long[] Shape)
{
    /// <summary>Null for fractions from -0.5 to 0.5 in float32; otherwise integers from 0 to one less than this.</summary>
    public long? Below { get; init; }

    /// <summary>The type of integers.</summary>
    public DType Integers { get; init; } = DType.Int64;

    /// <summary>How many of its elements a kernel reads, if not all.</summary>
    public long? Read { get; init; }

    /// <summary>The bytes of it that a kernel reads.</summary>
    public long Bytes => (Read ?? Elements) * (Below is null ? sizeof(float) : Integers.Bytes);

    private long Elements => Shape.Aggregate(1L, (n, d) => n * d);

    /// <summary>Makes it, of numbers that depend on nothing but its place among the inputs: others can make the same.</summary>
    public Tensor Create(int place)
    {
        if (Below is { } below)
        {
            var numbers = new long[Elements];
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = Bits(i, place) % below;
            }

            return Tensor.From<long>(numbers, Shape).Cast(Integers).Realize();
        }

        var values = new float[Elements];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Fraction(i, place);
        }

        return Tensor.From<float>(values, Shape).Realize();
    }

    /// <summary>A number from -0.5 to 0.5 that 24 bits hold.</summary>
    public static float Fraction(long i, int place) => ((int)(Bits(i, place) >> 8) - (1 << 23)) / (float)(1 << 24);

    // Any function that mixes well would do; this one is short in numpy too.
    private static uint Bits(long i, int place)
    {
        var x = (uint)(i + 1) * 2654435761u + (uint)place * 40503u;
        x = (x ^ x >> 15) * 0x2c1b3c6du;
        x = (x ^ x >> 12) * 0x297a2d39u;
        return x ^ x >> 15;
    }
}
