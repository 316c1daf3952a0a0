using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>
    /// Transposed convolution over any number of axes: <c>[N, C, i…]</c> → <c>[N, O, o…]</c>; N may be absent. It is the gradient of
    /// <see cref="Conv(Tensor, Tensor, Sizes, Padding, Sizes, int)"/> with respect to its input.
    /// </summary>
    /// <param name="weight"><c>[C, O / groups, k…]</c>.</param>
    /// <param name="bias"><c>[O]</c>, or null.</param>
    /// <param name="stride">The distance between windows in the output; 1 by default.</param>
    /// <param name="padding">What is cut off around the output. <see cref="Padding.Same"/> gives o = i·stride.</param>
    /// <param name="outputPadding">What the output is longer at the end; 0 by default.</param>
    /// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
    /// <param name="groups">Into how many independent parts the channels are cut.</param>
    /// <remarks>o = (i - 1)·stride - padding + dilation·(k - 1) + outputPadding + 1.</remarks>
    /// <exception cref="TenonException">The shapes don't fit, or more is cut off than there is.</exception>
    public Tensor ConvTranspose(Tensor weight, Tensor? bias = null, Sizes stride = default, Padding padding = default, Sizes outputPadding = default, Sizes dilation = default, int groups = 1) =>
        ConvTranspose(weight, bias, stride, padding, outputPadding, dilation, groups, nameof(ConvTranspose));

    /// <summary>Transposed convolution over one axis; see <see cref="ConvTranspose(Tensor, Tensor, Sizes, Padding, Sizes, Sizes, int)"/>.</summary>
    /// <inheritdoc cref="ConvTranspose(Tensor, Tensor, Sizes, Padding, Sizes, Sizes, int)"/>
    public Tensor ConvTranspose1d(Tensor weight, Tensor? bias = null, Sizes stride = default, Padding padding = default, Sizes outputPadding = default, Sizes dilation = default, int groups = 1) =>
        ConvTranspose(Filter(weight, 1, nameof(ConvTranspose1d)), bias, stride, padding, outputPadding, dilation, groups, nameof(ConvTranspose1d));

    /// <summary>Transposed convolution over two axes; see <see cref="ConvTranspose(Tensor, Tensor, Sizes, Padding, Sizes, Sizes, int)"/>.</summary>
    /// <inheritdoc cref="ConvTranspose(Tensor, Tensor, Sizes, Padding, Sizes, Sizes, int)"/>
    public Tensor ConvTranspose2d(Tensor weight, Tensor? bias = null, Sizes stride = default, Padding padding = default, Sizes outputPadding = default, Sizes dilation = default, int groups = 1) =>
        ConvTranspose(Filter(weight, 2, nameof(ConvTranspose2d)), bias, stride, padding, outputPadding, dilation, groups, nameof(ConvTranspose2d));

    /// <summary>Transposed convolution over three axes; see <see cref="ConvTranspose(Tensor, Tensor, Sizes, Padding, Sizes, Sizes, int)"/>.</summary>
    /// <inheritdoc cref="ConvTranspose(Tensor, Tensor, Sizes, Padding, Sizes, Sizes, int)"/>
    public Tensor ConvTranspose3d(Tensor weight, Tensor? bias = null, Sizes stride = default, Padding padding = default, Sizes outputPadding = default, Sizes dilation = default, int groups = 1) =>
        ConvTranspose(Filter(weight, 3, nameof(ConvTranspose3d)), bias, stride, padding, outputPadding, dilation, groups, nameof(ConvTranspose3d));

    // A convolution of what has zeros between its elements, by weights turned round.
    private Tensor ConvTranspose(Tensor weight, Tensor? bias, Sizes stride, Padding padding, Sizes outputPadding, Sizes dilation, int groups, string operation)
    {
        var axes = weight.Rank - 2;
        if (axes >= 1 && Rank == axes + 1)
        {
            return Unsqueeze(0).ConvTranspose(weight, bias, stride, padding, outputPadding, dilation, groups, operation).Squeeze(0);
        }

        if (axes < 1 || Rank != axes + 2 || groups < 1 || Shape.Size(1) != weight.Shape.Size(0) || Shape.Size(1) % groups != 0)
        {
            throw new TenonException(
                "TEN3050",
                $"{operation}: input {Shape}, weight {weight.Shape}, {groups} groups. Expected [N, C, i…] and [C, O / groups, k…] with as many sizes k as i, and C a multiple of groups.");
        }

        var kernel = KernelOf(weight, operation);
        var (step, apart, extra) = (stride.For(axes, 1, operation), dilation.For(axes, 1, operation), outputPadding.For(axes, 0, operation));
        var (around, total) = (new (long Before, long After)[axes], new long[axes]);
        for (var i = 0; i < axes; i++)
        {
            if (step[i] < 1 || apart[i] < 1 || extra[i] < 0)
            {
                throw new TenonException("TEN3051", $"{operation}: stride {step[i]}, dilation {apart[i]}, output padding {extra[i]}. Expected a stride and a dilation of 1 or more, and an output padding of 0 or more.");
            }

            total[i] = apart[i] * (kernel[i] - 1) + 1 + extra[i] - step[i];
        }

        var cut = padding.For(total, operation);
        for (var i = 0; i < axes; i++)
        {
            var (reach, size) = (apart[i] * (kernel[i] - 1), Shapes.Known(Shape, 2 + i, operation));
            around[i] = (reach - cut[i].Before, reach - cut[i].After + extra[i]);
            if ((size - 1) * step[i] + 1 + around[i].Before + around[i].After <= reach)
            {
                throw new TenonException("TEN3051", $"{operation}: a padding of {padding} cuts off all of the output of an input {Shape} and weight {weight.Shape}. Expected less.");
            }
        }

        var (inputs, outputs) = (weight.Shape.Size(0) / groups, weight.Shape.Size(1));
        SymInt[] k = weight.Shape.ToSizes()[2..];
        var w = weight.Reshape([groups, inputs, outputs, .. k]).Transpose(1, 2).Reshape([groups * outputs, inputs, .. k]);
        if (Array.TrueForAll(step, static s => s == 1))
        {
            return PadLast(around, 0).Conv(w.Flip([.. Enumerable.Range(2, axes)]), bias, default, default, dilation, groups, operation);
        }

        return ConvPhases(w.Spread(apart), step, [.. cut.Select(c => c.Before)], [.. around.Select((a, i) => (Shapes.Known(Shape, 2 + i, operation) - 1) * step[i] + 1 + a.Before + a.After - apart[i] * (kernel[i] - 1))], groups, operation).PlusBias(bias);
    }

    // Output q·stride + r needs only every stride-th element of the window, from one that r decides: for each r, a convolution without
    // stride. Their results lie side by side. begin is how many outputs are cut off before the first.
    private Tensor ConvPhases(Tensor weight, long[] stride, long[] begin, long[] size, int groups, string operation)
    {
        var axes = stride.Length;
        var (n, o, perGroup) = (Shape.Size(0), weight.Shape.Size(0), weight.Shape.Size(1));
        var kernel = KernelOf(weight, operation);
        var (filled, split, taps) = (new (long, long)[axes], new List<SymInt> { o, perGroup }, new List<SymInt>());
        var (around, steps) = (new (long, long)[axes], new List<SymInt>());
        for (var i = 0; i < axes; i++)
        {
            // Zeros before the window, so that a whole number of steps is cut off.
            var zeros = (stride[i] - begin[i] % stride[i]) % stride[i];
            var (tap, cut, step) = ((zeros + kernel[i] + stride[i] - 1) / stride[i], (begin[i] + zeros) / stride[i], (size[i] + stride[i] - 1) / stride[i]);
            filled[i] = (zeros, tap * stride[i] - kernel[i] - zeros);
            split.AddRange([tap, stride[i]]);
            taps.Add(tap);
            around[i] = (tap - 1 - cut, step + cut - Shapes.Known(Shape, 2 + i, operation));
            steps.Add(step);
        }

        // [O, C/G, m, r, …] → [O, r…, C/G, m…]
        int[] r = [.. Enumerable.Range(0, axes).Select(i => 3 + 2 * i)], m = [.. Enumerable.Range(0, axes).Select(i => 2 + 2 * i)];
        var phases = stride.Aggregate(1L, (a, b) => a * b);
        var w = weight.PadLast(filled, 0).Reshape([.. split]).Flip(m).Permute([0, .. r, 1, .. m]).Reshape([o * phases, perGroup, .. taps]);

        // [N, O·r…, q…] → [N, O, q·stride + r, …]
        var y = PadLast(around, 0).Conv(w, null, default, default, default, groups, operation).Reshape([n, o, .. stride.Select(s => (SymInt)s), .. steps])
            .Permute([0, 1, .. Enumerable.Range(0, axes).SelectMany(i => new[] { 2 + axes + i, 2 + i })])
            .Reshape([n, o, .. steps.Select((count, i) => count * stride[i])]);
        return y.PadLast([.. size.Select((wanted, i) => (0L, wanted - Shapes.Known(y.Shape, 2 + i, operation)))], 0);
    }

    // Zeros between the elements of the last axes: i → (i - 1)·stride + 1.
    private Tensor Spread(long[] strides)
    {
        var x = this;
        for (var i = 0; i < strides.Length; i++)
        {
            if (strides[i] > 1)
            {
                var axis = Rank - strides.Length + i;
                var padding = new (SymInt, SymInt)[Rank + 1];
                padding[axis + 1] = (0, strides[i] - 1);
                var merged = Shapes.With(x.Shape, axis, x.Shape.Size(axis) * strides[i]);
                var ends = new (SymInt, SymInt)[Rank];
                ends[axis] = (0, 1 - strides[i]);
                x = x.Unsqueeze(axis + 1).Pad(padding).Reshape(merged).Pad(ends);
            }
        }

        return x;
    }
}
