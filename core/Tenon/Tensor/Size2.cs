namespace Tenon;

/// <summary>A height and a width; one number stands for both.</summary>
/// <param name="Height">Of the last axis but one.</param>
/// <param name="Width">Of the last axis.</param>
public readonly record struct Size2(long Height, long Width)
{
    internal Size2 OrOne => this == default ? new Size2(1, 1) : this;

    /// <summary>A square.</summary>
    public static implicit operator Size2(int size) => new(size, size);

    /// <summary>A height and a width.</summary>
    public static implicit operator Size2((int Height, int Width) size) => new(size.Height, size.Width);

    /// <inheritdoc/>
    public override string ToString() => $"[{Height}, {Width}]";
}
