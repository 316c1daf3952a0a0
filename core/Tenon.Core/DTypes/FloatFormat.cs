namespace Tenon;

/// <summary>Which codes of a <see cref="FloatFormat"/> are not plain numbers.</summary>
public enum FloatSpecials : byte
{
    /// <summary>None: every code is a number.</summary>
    None,

    /// <summary>The greatest exponent means infinity (fraction 0) and NaN.</summary>
    Ieee,

    /// <summary>The code of all ones is NaN; there is no infinity.</summary>
    NaNOnly,

    /// <summary>What would be -0 is NaN; there is no infinity.</summary>
    OneZeroOneNaN,

    /// <summary>There is no sign and no zero: code c is 2 to the power c - bias, and the code of all ones is NaN.</summary>
    PowersOfTwo,
}

/// <summary>How the bits of a float of at most 16 bits make a number: a sign, an exponent and a fraction, as IEEE 754 has them.</summary>
/// <param name="ExponentBits">Bits of the exponent.</param>
/// <param name="FractionBits">Bits of the fraction.</param>
/// <param name="Bias">What is subtracted from the exponent.</param>
/// <param name="Specials">Which codes are not plain numbers.</param>
/// <remarks>OCP's 8-bit Floating Point Specification and Microscaling Formats Specification; the <c>fnuz</c> kinds: arXiv:2206.02915.</remarks>
public sealed record FloatFormat(int ExponentBits, int FractionBits, int Bias, FloatSpecials Specials)
{
    /// <summary>Bits of a code.</summary>
    public int Bits => ExponentBits + FractionBits + (HasSign ? 1 : 0);

    /// <summary>Whether there are negative numbers.</summary>
    public bool HasSign => Specials != FloatSpecials.PowersOfTwo;

    /// <summary>The sign in a code; 0 if there is none.</summary>
    public uint SignMask => HasSign ? 1u << (ExponentBits + FractionBits) : 0;

    /// <summary>The code of the greatest number.</summary>
    public uint MaxCode => (1u << (ExponentBits + FractionBits)) - Specials switch
    {
        FloatSpecials.Ieee => (1u << FractionBits) + 1,
        FloatSpecials.NaNOnly or FloatSpecials.PowersOfTwo => 2,
        _ => 1u,
    };

    /// <summary>The code of NaN; -0 where there is none.</summary>
    public uint NaNCode => Specials switch
    {
        FloatSpecials.Ieee => MaxCode + 1 + (1u << (FractionBits - 1)),
        FloatSpecials.NaNOnly or FloatSpecials.PowersOfTwo => MaxCode + 1,
        _ => SignMask,
    };

    /// <summary>The code, without sign, of what is beyond the greatest number: infinity if there is one, else NaN, else the greatest number.</summary>
    public uint OverflowCode => Specials switch
    {
        FloatSpecials.None => MaxCode,
        FloatSpecials.OneZeroOneNaN => NaNCode,
        _ => MaxCode + 1,
    };

    /// <summary>The greatest number.</summary>
    public float MaxValue => Decode(MaxCode);

    /// <summary>The number of a code.</summary>
    public float Decode(uint code)
    {
        var magnitude = (int)(code & ~SignMask);
        if (Specials == FloatSpecials.PowersOfTwo)
        {
            return code == NaNCode ? float.NaN : MathF.ScaleB(1, magnitude - Bias);
        }

        if (magnitude > MaxCode || (code == NaNCode && Specials == FloatSpecials.OneZeroOneNaN))
        {
            return Specials != FloatSpecials.Ieee || magnitude > OverflowCode ? float.NaN
                : (code & SignMask) == 0 ? float.PositiveInfinity : float.NegativeInfinity;
        }

        var (exponent, fraction) = (magnitude >> FractionBits, magnitude & ((1 << FractionBits) - 1));
        var value = exponent == 0
            ? MathF.ScaleB(fraction, 1 - Bias - FractionBits)
            : MathF.ScaleB(fraction + (1 << FractionBits), exponent - Bias - FractionBits);
        return (code & SignMask) == 0 ? value : -value;
    }

    /// <summary>
    /// The code of the nearest number, ties to the even code; beyond the greatest number <see cref="OverflowCode"/>. Powers of
    /// two: ties go up, numbers below the least become the least, negative ones NaN.
    /// </summary>
    public uint Encode(float value)
    {
        if (float.IsNaN(value))
        {
            return NaNCode;
        }

        var bits = BitConverter.SingleToUInt32Bits(value) & 0x7fffffff;
        if (Specials == FloatSpecials.PowersOfTwo)
        {
            return value < 0 ? NaNCode : (bits + (bits >> 23 == 0 ? 0x3fffffu : 0x400000u)) >> 23;
        }

        var code = bits < (uint)(128 - Bias) << 23
            ? (uint)MathF.Round(MathF.ScaleB(MathF.Abs(value), Bias + FractionBits - 1), MidpointRounding.ToEven)
            : RoundNormal(bits);
        var sign = float.IsNegative(value) ? SignMask : 0;
        return code > MaxCode ? OverflowCode | (Specials == FloatSpecials.OneZeroOneNaN ? 0 : sign)
            : code == 0 && Specials == FloatSpecials.OneZeroOneNaN ? 0
            : code | sign;
    }

    private uint RoundNormal(uint bits)
    {
        var shift = 23 - FractionBits;
        var rebased = bits - ((uint)(127 - Bias) << 23);
        return (rebased + (1u << (shift - 1)) - 1 + (rebased >> shift & 1)) >> shift;
    }
}
