namespace Tenon;

/// <summary>How <see cref="Tensor.Resize"/> samples; each has the meaning, and the default, of the attribute of ONNX's Resize.</summary>
public sealed record ResizeOptions
{
    /// <summary>Nearest, linear or cubic.</summary>
    public Interpolation Mode { get; init; } = Interpolation.Nearest;

    /// <summary>Where in the input an element of the result lies.</summary>
    public ResizeCoordinates Coordinates { get; init; } = ResizeCoordinates.HalfPixel;

    /// <summary>Which element is the nearest.</summary>
    public ResizeRounding Rounding { get; init; } = ResizeRounding.PreferFloor;

    /// <summary>The coefficient of cubic convolution.</summary>
    public double CubicCoefficient { get; init; } = -0.75;

    /// <summary>Whether what lies outside the input has no weight; otherwise it is as the nearest element inside.</summary>
    public bool ExcludeOutside { get; init; }

    /// <summary>The value outside the input, for <see cref="ResizeCoordinates.CropAndResize"/>.</summary>
    public double Extrapolation { get; init; }

    /// <summary>Whether axes that shrink are smoothed before.</summary>
    public bool Antialias { get; init; }

    /// <summary>What sizes mean.</summary>
    public ResizeAspect Aspect { get; init; } = ResizeAspect.Stretch;
}

/// <summary>Where in the input element x of a resized axis lies.</summary>
public enum ResizeCoordinates
{
    /// <summary>(x + ½) / scale - ½.</summary>
    HalfPixel,

    /// <summary>As <see cref="HalfPixel"/>, with the same margin on both sides where a size was rounded.</summary>
    HalfPixelSymmetric,

    /// <summary>As <see cref="HalfPixel"/>, but 0 if the axis has one element.</summary>
    PyTorchHalfPixel,

    /// <summary>x · (inputs - 1) / (outputs - 1).</summary>
    AlignCorners,

    /// <summary>x / scale.</summary>
    Asymmetric,

    /// <summary>Within a region of the input.</summary>
    CropAndResize,
}

/// <summary>Which element is the nearest.</summary>
public enum ResizeRounding
{
    /// <summary>The nearest; of two the lower.</summary>
    PreferFloor,

    /// <summary>The nearest; of two the upper.</summary>
    PreferCeiling,

    /// <summary>The lower.</summary>
    Floor,

    /// <summary>The upper.</summary>
    Ceiling,
}

/// <summary>What the sizes that are given to <see cref="Tensor.Resize"/> mean.</summary>
public enum ResizeAspect
{
    /// <summary>The result has these sizes.</summary>
    Stretch,

    /// <summary>The axes grow by one factor, so that no size is larger.</summary>
    NotLarger,

    /// <summary>The axes grow by one factor, so that no size is smaller.</summary>
    NotSmaller,
}
