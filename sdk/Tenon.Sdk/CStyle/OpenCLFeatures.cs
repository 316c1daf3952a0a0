namespace Tenon.Sdk.CStyle;

/// <summary>How lanes of a subgroup exchange values in OpenCL C.</summary>
public enum OpenCLShuffle
{
    /// <summary>They can't.</summary>
    None,

    /// <summary>By <c>cl_khr_subgroup_shuffle</c>.</summary>
    Khronos,

    /// <summary>By <c>cl_intel_subgroups</c>.</summary>
    Intel,
}

/// <summary>What an OpenCL device reads buffers as.</summary>
public enum OpenCLImages
{
    /// <summary>Buffers only.</summary>
    None,

    /// <summary><c>image1d_buffer_t</c>: one row of texels, none outside of it.</summary>
    Lines,

    /// <summary><c>image2d_t</c>, which gives zeros outside of it: <c>cl_khr_image2d_from_buffer</c>, or memory of its own.</summary>
    Planes,
}

/// <summary>What an OpenCL device offers beyond OpenCL 1.2.</summary>
public sealed record OpenCLFeatures
{
    /// <summary><c>cl_khr_fp64</c>, or <c>CL_DEVICE_DOUBLE_FP_CONFIG</c> is not 0: float64 can be computed with.</summary>
    public bool HasDouble { get; init; }

    /// <summary><c>cl_khr_fp16</c>: float16 can be computed with. Without it, it is loaded, stored and converted.</summary>
    public bool HasHalf { get; init; }

    /// <summary>
    /// <c>CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT</c>: programs are built with <c>-cl-fp32-correctly-rounded-divide-sqrt</c>. Without it, float32
    /// is divided in float64, or if there is none, as precisely as the device does.
    /// </summary>
    public bool HasExactDivision { get; init; }

    /// <summary><c>CL_FP_FMA</c> and <c>FP_FAST_FMAF</c>: a product and a sum are one instruction.</summary>
    public bool HasMulAcc { get; init; }

    /// <summary>How lanes exchange values, on devices that always have the same number of lanes in a subgroup.</summary>
    public OpenCLShuffle Shuffle { get; init; }

    /// <summary>What kernels may read buffers as.</summary>
    public OpenCLImages Images { get; init; }

    /// <summary>Bytes of the vectors that loops are written with: 16 is right for most. OpenCL has none of more than 16 lanes.</summary>
    public int VectorBytes { get; init; } = 16;

    /// <summary>How many such vectors a lane may hold; tiles are sized by it.</summary>
    public int VectorRegisters { get; init; } = 16;

    /// <summary>Device, driver and version: what compiled kernels depend on.</summary>
    public required string Fingerprint { get; init; }
}
