namespace Tenon.State;

/// <summary>How the elements of a GGUF tensor are stored: the numbers of <c>ggml.h</c>'s <c>ggml_type</c>.</summary>
public enum GgmlType
{
    /// <summary>float32.</summary>
    F32 = 0,

    /// <summary>float16.</summary>
    F16 = 1,

    /// <summary>32 × 4 bits and a scale.</summary>
    Q4_0 = 2,

    /// <summary>32 × 4 bits, a scale and a minimum.</summary>
    Q4_1 = 3,

    /// <summary>32 × 5 bits and a scale.</summary>
    Q5_0 = 6,

    /// <summary>32 × 5 bits, a scale and a minimum.</summary>
    Q5_1 = 7,

    /// <summary>32 × 8 bits and a scale.</summary>
    Q8_0 = 8,

    /// <summary>32 × 8 bits, a scale and their sum.</summary>
    Q8_1 = 9,

    /// <summary>256 × 2 bits; a scale and a minimum of 4 bits for each 16.</summary>
    Q2_K = 10,

    /// <summary>256 × 3 bits; a scale of 6 bits for each 16.</summary>
    Q3_K = 11,

    /// <summary>256 × 4 bits; a scale and a minimum of 6 bits for each 32.</summary>
    Q4_K = 12,

    /// <summary>256 × 5 bits; a scale and a minimum of 6 bits for each 32.</summary>
    Q5_K = 13,

    /// <summary>256 × 6 bits; a scale of 8 bits for each 16.</summary>
    Q6_K = 14,

    /// <summary>256 × 8 bits, a float32 scale and sums.</summary>
    Q8_K = 15,

    /// <summary>Rows of 8 from a grid of 256, 2.06 bits an element.</summary>
    IQ2_XXS = 16,

    /// <summary>Rows of 8 from a grid of 512, 2.31 bits an element.</summary>
    IQ2_XS = 17,

    /// <summary>Rows of 4 from a grid of 256, 3.06 bits an element.</summary>
    IQ3_XXS = 18,

    /// <summary>Rows of 8 from a grid of 2048, 1.56 bits an element.</summary>
    IQ1_S = 19,

    /// <summary>32 × 4 bits that choose from 16 values.</summary>
    IQ4_NL = 20,

    /// <summary>Rows of 4 from a grid of 512, 3.44 bits an element.</summary>
    IQ3_S = 21,

    /// <summary>Rows of 8 from a grid of 1024, 2.56 bits an element.</summary>
    IQ2_S = 22,

    /// <summary>256 × 4 bits that choose from 16 values; a scale of 6 bits for each 32.</summary>
    IQ4_XS = 23,

    /// <summary>int8.</summary>
    I8 = 24,

    /// <summary>int16.</summary>
    I16 = 25,

    /// <summary>int32.</summary>
    I32 = 26,

    /// <summary>int64.</summary>
    I64 = 27,

    /// <summary>float64.</summary>
    F64 = 28,

    /// <summary>Rows of 8 from a grid of 2048, 1.75 bits an element.</summary>
    IQ1_M = 29,

    /// <summary>bfloat16.</summary>
    BF16 = 30,

    /// <summary>256 × -1, 0 or 1, five to a byte.</summary>
    TQ1_0 = 34,

    /// <summary>256 × -1, 0 or 1, four to a byte.</summary>
    TQ2_0 = 35,

    /// <summary>32 × float4e2m1 and an exponent (OCP microscaling).</summary>
    MXFP4 = 39,

    /// <summary>64 × float4e2m1 and a float8e4m3 scale for each 16.</summary>
    NVFP4 = 40,

    /// <summary>128 × one bit, a scale's sign.</summary>
    Q1_0 = 41,

    /// <summary>64 × 2 bits and a scale.</summary>
    Q2_0 = 42,
}
