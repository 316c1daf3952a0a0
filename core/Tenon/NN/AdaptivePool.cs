namespace Tenon.NN;

/// <summary>The means of parts of equal size, as nearly as can be: <c>[…, L]</c> → <c>[…, L']</c> of a given size.</summary>
/// <param name="size">The sizes of the result.</param>
public sealed class AdaptiveAvgPool1d(Sizes size) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.AdaptiveAvgPool1d(size);
}

/// <summary>The greatest elements of parts of equal size, as nearly as can be: <c>[…, L]</c> → <c>[…, L']</c> of a given size.</summary>
/// <param name="size">The sizes of the result.</param>
public sealed class AdaptiveMaxPool1d(Sizes size) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.AdaptiveMaxPool1d(size);
}

/// <summary>The means of parts of equal size, as nearly as can be: <c>[…, H, W]</c> → <c>[…, H', W']</c> of a given size.</summary>
/// <param name="size">The sizes of the result.</param>
public sealed class AdaptiveAvgPool2d(Sizes size) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.AdaptiveAvgPool2d(size);
}

/// <summary>The greatest elements of parts of equal size, as nearly as can be: <c>[…, H, W]</c> → <c>[…, H', W']</c> of a given size.</summary>
/// <param name="size">The sizes of the result.</param>
public sealed class AdaptiveMaxPool2d(Sizes size) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.AdaptiveMaxPool2d(size);
}

/// <summary>The means of parts of equal size, as nearly as can be: <c>[…, D, H, W]</c> → <c>[…, D', H', W']</c> of a given size.</summary>
/// <param name="size">The sizes of the result.</param>
public sealed class AdaptiveAvgPool3d(Sizes size) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.AdaptiveAvgPool3d(size);
}

/// <summary>The greatest elements of parts of equal size, as nearly as can be: <c>[…, D, H, W]</c> → <c>[…, D', H', W']</c> of a given size.</summary>
/// <param name="size">The sizes of the result.</param>
public sealed class AdaptiveMaxPool3d(Sizes size) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.AdaptiveMaxPool3d(size);
}
