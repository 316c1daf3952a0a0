using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    // Stands for the logarithm of 0 where infinities would make NaN of gradients.
    private const double Impossible = -1e30;

    /// <summary>
    /// Connectionist temporal classification: the negative logarithm of the probability of all ways in which a network's
    /// outputs read as a target. This tensor holds logarithms of probabilities, <c>[T, N, C]</c> or <c>[T, C]</c>.
    /// </summary>
    /// <param name="targets">The classes of the targets: <c>[N, S]</c>, or all of them after each other in <c>[Σ lengths]</c>; <c>[S]</c> for <c>[T, C]</c>.</param>
    /// <param name="inputLengths">How many of the T steps count, integers <c>[N]</c>.</param>
    /// <param name="targetLengths">How many classes of each target count, integers <c>[N]</c>. Read at once if the targets lie after each other.</param>
    /// <param name="blank">The class that stands for nothing.</param>
    /// <param name="zeroInfinity">Whether a target that is longer than its input counts as 0, rather than infinity.</param>
    /// <param name="reduction">What becomes of the losses <c>[N]</c>; for the mean each is divided by its target's length first.</param>
    /// <remarks>Graves et al., ICML 2006: the forward recursion, in logarithms, a step of T at a time.</remarks>
    /// <exception cref="TenonException">Shapes don't fit.</exception>
    public Tensor CtcLoss(
        Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank = 0, bool zeroInfinity = false, Reduction reduction = Reduction.Mean)
    {
        if (Rank == 2)
        {
            var one = Unsqueeze(1).CtcLoss(targets.Reshape(1, -1), inputLengths.Reshape(1), targetLengths.Reshape(1), blank, zeroInfinity, reduction);
            return one.Squeeze();
        }

        if (Rank != 3 || targets.Rank is < 1 or > 2 || (targets.Rank == 2 && targets.Size(0) != Size(1))
            || inputLengths.Count != Size(1) || targetLengths.Count != Size(1) || blank < 0 || blank >= Size(2))
        {
            throw new TenonException(
                "TEN3036",
                $"CtcLoss: scores {Shape}, targets {targets.Shape}, input lengths {inputLengths.Shape}, target lengths {targetLengths.Shape}, blank {blank}. Expected [T, N, C], [N, S] or [sum of lengths], [N], [N], and a class below C.");
        }

        targets = targets.Rank == 2 ? targets : OneRowEach(targets, targetLengths);
        var (labels, mayJump) = WithBlanks(targets, blank);
        var (steps, batch, states) = (Size(0), Size(1), labels.Size(1));
        var scores = ToFloat().Maximum(Impossible).Gather(2, labels.Unsqueeze(0).Expand(steps, batch, states)).Contiguous();
        var alpha = Where(Arange(states) < 2, scores[0], Impossible);
        for (var t = 1; t < steps; t++)
        {
            var next = LogOfSum(alpha, Delayed(alpha, 1), Where(mayJump, Delayed(alpha, 2), Impossible)) + scores[t];
            alpha = Where(inputLengths.Reshape(-1, 1) > t, next, alpha).Contiguous();
        }

        var last = targetLengths.Reshape(-1, 1) * 2;
        var end = alpha.Gather(1, last.Cast(DType.Int32));
        var before = Where(last > 0, alpha.Gather(1, (last - 1).Cast(DType.Int32)), Impossible);
        var loss = -LogOfSum(end, before, end.FullLike(Impossible)).Reshape(batch);
        var nothing = Where(targetLengths.Reshape(-1).Eq(0), 0, loss.FullLike(-Impossible));
        loss = Where(inputLengths.Reshape(-1).Eq(0), nothing, loss);
        loss = Where(loss > -Impossible / 2, zeroInfinity ? 0 : double.PositiveInfinity, loss);
        return Reduced(reduction == Reduction.Mean ? loss / targetLengths.Reshape(-1).Maximum(1) : loss, reduction);
    }

    private static Tensor OneRowEach(Tensor targets, Tensor lengths)
    {
        var counts = lengths.Reshape(-1).Cast(DType.Int32);
        var longest = counts.ToArray<int>().Max();
        var at = (counts.CumSum(0) - counts).Reshape(-1, 1) + Arange(longest);
        return targets.IndexSelect(0, at.Flatten()).Reshape(-1, longest);
    }

    // A blank before, between and after the classes; and from where one may come without the blank before: from another class.
    private static (Tensor Labels, Tensor MayJump) WithBlanks(Tensor targets, int blank)
    {
        var n = targets.Size(0);
        var pairs = Stack([targets.FullLike(blank), targets], -1).Reshape(n, -1);
        var labels = Cat([pairs, Full([n, 1], blank, targets.DType)], 1);
        var before = labels.Pad([(0, 0), (2, 0)], blank).Shrink((0, n), (0, labels.Size(1)));
        return (labels, labels.Ne(blank) & labels.Ne(before) & (Arange(labels.Size(1)) >= 2));
    }

    private static Tensor Delayed(Tensor alpha, int states) =>
        alpha.Pad([(0, 0), (states, 0)], Impossible).Shrink((0, alpha.Size(0)), (0, alpha.Size(1)));

    private static Tensor LogOfSum(Tensor a, Tensor b, Tensor c)
    {
        var max = a.Maximum(b).Maximum(c).Detach();
        return ((a - max).Exp() + (b - max).Exp() + (c - max).Exp()).Log() + max;
    }
}
