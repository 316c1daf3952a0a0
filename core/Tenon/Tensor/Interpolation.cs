namespace Tenon;

/// <summary>What an element of a resampled axis is made of.</summary>
public enum Interpolation
{
    /// <summary>The element at the rounded-down position of its begin.</summary>
    Nearest,

    /// <summary>The element in which its centre lies.</summary>
    NearestExact,

    /// <summary>The two elements around its centre. Over two axes also called bilinear, over three trilinear.</summary>
    Linear,

    /// <summary>The four elements around its centre, by cubic convolution. Over two axes also called bicubic.</summary>
    Cubic,

    /// <summary>The mean of all elements that it covers.</summary>
    Area,
}
