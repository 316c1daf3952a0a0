using System.Globalization;
using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Whether a value got storage, and why; docs/fusion.md says what the numbers are.</summary>
/// <param name="Node">The value.</param>
/// <param name="IsStored">Whether it is stored; otherwise it is computed where it is used.</param>
/// <param name="Uses">At how many different indices, or in how many kernels, it is used.</param>
/// <param name="Cost">What was weighed, if anything had to be.</param>
/// <param name="Reason">Why.</param>
public sealed record FusionDecision(UOp Node, bool IsStored, int Uses, FusionCost? Cost, string Reason)
{
    /// <summary>One line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsStored ? "store " : "inline")} {Node.Op,-10} {Node.DType,-8} {Node.Shape,-20} {Uses} uses{(Cost is { } c ? $", {c.Kernels} kernels, {c.Evaluations:0} evaluations: again {c.Again:0}, once {c.Once:0}" : "")}: {Reason}");
}

/// <summary>What a value costs if it is computed again at each use, against once.</summary>
/// <param name="Kernels">Kernels that need it.</param>
/// <param name="Evaluations">How often it would be computed.</param>
/// <param name="Again">Computing it at each use.</param>
/// <param name="Once">Computing, storing and loading it.</param>
public readonly record struct FusionCost(int Kernels, double Evaluations, double Again, double Once);
