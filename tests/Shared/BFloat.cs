namespace Tenon.Tests.Shared;

/// <summary>A bfloat16, which .NET lacks.</summary>
internal readonly record struct BFloat(ushort Bits)
{
    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)Bits << 16);

    public static BFloat From(float value) => new((ushort)(BitConverter.SingleToUInt32Bits(Scalar.RoundToBFloat16(value)) >> 16));
}
