using Tenon.Core;

namespace Tenon;

/// <summary>What is put around a tensor.</summary>
public enum PadMode
{
    /// <summary>Zeros.</summary>
    Constant,

    /// <summary>What lies on the other side of the edge, without the edge: <c>c b | a b c | b a</c>.</summary>
    Reflect,

    /// <summary>The edge: <c>a a | a b c | c c</c>.</summary>
    Replicate,

    /// <summary>What lies at the other end: <c>b c | a b c | a b</c>.</summary>
    Circular,

    /// <summary>What lies on the other side, with the edge: <c>b a | a b c | c b</c>.</summary>
    Symmetric,
}

public sealed partial class Tensor
{
    /// <summary>Adds elements around the tensor that are taken from it: <c>(before, after)</c> for each axis. Negative padding cuts.</summary>
    /// <param name="padding">Elements before and after, for each axis; literal numbers.</param>
    /// <param name="mode">Which elements.</param>
    /// <exception cref="TenonException">There isn't one pair for each axis, or there is nothing to take.</exception>
    public Tensor Pad(ReadOnlySpan<(SymInt Before, SymInt After)> padding, PadMode mode)
    {
        if (mode == PadMode.Constant || padding.Length != Rank)
        {
            return Pad(padding);
        }

        var x = this;
        for (var axis = 0; axis < Rank; axis++)
        {
            var (before, after) = (padding[axis].Before.Value, padding[axis].After.Value);
            var cut = x.Narrow(axis, Math.Max(0, -before), x.Shape.Size(axis) + Math.Min(0, before) + Math.Min(0, after));
            x = cut.Around(axis, Math.Max(0, before), Math.Max(0, after), mode);
        }

        return x.AsValue();
    }

    // An axis can give at most itself; of more there are several rounds, each around what the one before made.
    private Tensor Around(int axis, long before, long after, PadMode mode)
    {
        if (before == 0 && after == 0)
        {
            return this;
        }

        var n = Shapes.Known(Shape, axis, nameof(Pad));
        var most = mode switch { PadMode.Reflect => n - 1, PadMode.Replicate => n > 0 ? long.MaxValue : 0, _ => n };
        if (most < 1)
        {
            throw new TenonException("TEN3162", $"Pad: {before} and {after} elements by {mode} around axis {axis} of shape {Shape}, which has nothing to take them from.");
        }

        var (left, right) = (Math.Min(before, most), Math.Min(after, most));
        var (head, tail) = mode switch
        {
            PadMode.Reflect => (Narrow(axis, 1, left).Flip(axis), Narrow(axis, n - 1 - right, right).Flip(axis)),
            PadMode.Symmetric => (Narrow(axis, 0, left).Flip(axis), Narrow(axis, n - right, right).Flip(axis)),
            PadMode.Circular => (Narrow(axis, n - left, left), Narrow(axis, 0, right)),
            _ => (Narrow(axis, 0, 1).Expand(Shapes.With(Shape, axis, left)), Narrow(axis, n - 1, 1).Expand(Shapes.With(Shape, axis, right))),
        };
        return Cat([head, this, tail], axis).Around(axis, before - left, after - right, mode);
    }
}
