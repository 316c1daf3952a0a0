namespace Tenon;

/// <summary>What a Fourier transform is divided by.</summary>
public enum FftNorm
{
    /// <summary>The inverse by n, the forward transform by nothing.</summary>
    Backward,

    /// <summary>The forward transform by n, the inverse by nothing.</summary>
    Forward,

    /// <summary>Both by √n.</summary>
    Ortho,
}
