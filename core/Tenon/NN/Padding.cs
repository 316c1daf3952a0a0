using Tenon.Core;

namespace Tenon.NN;

/// <summary>Adds elements around the last axes.</summary>
public abstract class PaddingModule : Module
{
    private readonly int _axes;
    private readonly Padding _padding;
    private readonly PadMode _mode;
    private readonly double _value;

    private protected PaddingModule(int axes, Padding padding, PadMode mode, double value = 0) =>
        (_axes, _padding, _mode, _value) = (axes, padding, mode, value);

    /// <inheritdoc/>
    /// <exception cref="TenonException">There are fewer axes, or too few elements to take.</exception>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank < _axes)
        {
            throw new TenonException("TEN3254", $"{GetType().Name}: input {x.Shape}. Expected at least {_axes} axes.");
        }

        var sides = _padding.For(new long[_axes], GetType().Name);
        var around = new (SymInt, SymInt)[x.Rank];
        for (var i = 0; i < _axes; i++)
        {
            around[x.Rank - _axes + i] = (sides[i].Before, sides[i].After);
        }

        return _mode == PadMode.Constant ? x.Pad(around, _value) : x.Pad(around, _mode);
    }
}

/// <summary>Puts a number around the last axes of <c>[…, L]</c>.</summary>
/// <param name="padding">How many on each side.</param>
/// <param name="value">The number.</param>
public sealed class ConstantPad1d(Padding padding, double value = 0) : PaddingModule(1, padding, PadMode.Constant, value);

/// <summary>Puts a number around the last axes of <c>[…, H, W]</c>.</summary>
/// <param name="padding">How many on each side.</param>
/// <param name="value">The number.</param>
public sealed class ConstantPad2d(Padding padding, double value = 0) : PaddingModule(2, padding, PadMode.Constant, value);

/// <summary>Puts a number around the last axes of <c>[…, D, H, W]</c>.</summary>
/// <param name="padding">How many on each side.</param>
/// <param name="value">The number.</param>
public sealed class ConstantPad3d(Padding padding, double value = 0) : PaddingModule(3, padding, PadMode.Constant, value);

/// <summary>Puts what lies on the other side of the edge, without the edge, around the last axes of <c>[…, L]</c>.</summary>
/// <param name="padding">How many on each side.</param>
public sealed class ReflectionPad1d(Padding padding) : PaddingModule(1, padding, PadMode.Reflect);

/// <summary>Puts what lies on the other side of the edge, without the edge, around the last axes of <c>[…, H, W]</c>.</summary>
/// <param name="padding">How many on each side.</param>
public sealed class ReflectionPad2d(Padding padding) : PaddingModule(2, padding, PadMode.Reflect);

/// <summary>Puts what lies on the other side of the edge, without the edge, around the last axes of <c>[…, D, H, W]</c>.</summary>
/// <param name="padding">How many on each side.</param>
public sealed class ReflectionPad3d(Padding padding) : PaddingModule(3, padding, PadMode.Reflect);

/// <summary>Puts the edge, around the last axes of <c>[…, L]</c>.</summary>
/// <param name="padding">How many on each side.</param>
public sealed class ReplicationPad1d(Padding padding) : PaddingModule(1, padding, PadMode.Replicate);

/// <summary>Puts the edge, around the last axes of <c>[…, H, W]</c>.</summary>
/// <param name="padding">How many on each side.</param>
public sealed class ReplicationPad2d(Padding padding) : PaddingModule(2, padding, PadMode.Replicate);

/// <summary>Puts the edge, around the last axes of <c>[…, D, H, W]</c>.</summary>
/// <param name="padding">How many on each side.</param>
public sealed class ReplicationPad3d(Padding padding) : PaddingModule(3, padding, PadMode.Replicate);

/// <summary>Puts what lies at the other end, around the last axes of <c>[…, L]</c>.</summary>
/// <param name="padding">How many on each side.</param>
public sealed class CircularPad1d(Padding padding) : PaddingModule(1, padding, PadMode.Circular);

/// <summary>Puts what lies at the other end, around the last axes of <c>[…, H, W]</c>.</summary>
/// <param name="padding">How many on each side.</param>
public sealed class CircularPad2d(Padding padding) : PaddingModule(2, padding, PadMode.Circular);

/// <summary>Puts what lies at the other end, around the last axes of <c>[…, D, H, W]</c>.</summary>
/// <param name="padding">How many on each side.</param>
public sealed class CircularPad3d(Padding padding) : PaddingModule(3, padding, PadMode.Circular);
