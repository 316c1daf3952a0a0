using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class ConvTests
{
    // height, kernel, stride, padding, dilation, groups
    [TestCase(5, 3, 1, 0, 1, 1)]
    [TestCase(5, 3, 1, 1, 1, 1)]
    [TestCase(6, 3, 2, 1, 1, 2)]
    [TestCase(7, 2, 1, 0, 3, 1)]
    [TestCase(7, 3, 2, 2, 2, 2)]
    [TestCase(4, 1, 2, 0, 1, 1)]
    [TestCase(3, 2, 3, 1, 1, 1)]
    [TestCase(5, 2, 7, 0, 2, 1)]
    [TestCase(5, 5, 1, 4, 1, 1)]
    public void ConvolutionAgreesWithItsDefinition(int size, int kernel, int stride, int padding, int dilation, int groups)
    {
        var x = Sample(DType.Float64, 1, 2, 4, size, size + 1);
        var w = Sample(DType.Float64, 2, 6, 4 / groups, kernel, kernel);
        var b = Sample(DType.Float64, 3, 6);
        var y = x.Conv2d(w, b, stride, padding, dilation, groups);
        Expect(y, Convolve(x, w, b, stride, padding, dilation, groups), 1e-9);
    }

    [TestCase(4, 2, 2, 0)]
    [TestCase(5, 2, 2, 0)]
    [TestCase(5, 3, 2, 1)]
    [TestCase(5, 3, 1, 1)]
    [TestCase(5, 2, 3, 0)]
    public void PoolsAgreeWithTheirDefinitions(int size, int kernel, int stride, int padding)
    {
        var x = Sample(DType.Float64, 1, 1, 2, size, size);
        Expect(x.MaxPool2d(kernel, stride, padding), Pool(x, kernel, stride, padding, double.NegativeInfinity, Math.Max, v => v), 1e-12);
        Expect(x.AvgPool2d(kernel, stride, padding), Pool(x, kernel, stride, padding, 0, (a, b) => a + b, v => v / (kernel * kernel)), 1e-12);
    }

    [Test]
    public void PaddingNeedNotCount() =>
        Expect(Tensor.Ones(1, 1, 2, 2).AvgPool2d(3, 1, 1, countPadding: false), [1, 1, 1, 1]);

    [Test]
    public void NaNIsTheGreatestAndTheLastOneIsFound()
    {
        var (values, indices) = Of([1, 2, 3], 1, double.NaN, 2, double.NaN, 0, double.NegativeInfinity).MaxPoolWithIndices((2, 2), 1);
        Expect(values, [double.NaN, double.NaN], shape: [1, 1, 2]);
        Expect(indices, [3, 1]);
        Expect(Tensor.Full([1, 1, 2], double.NegativeInfinity).MaxPoolWithIndices((1, 2), padding: (0, 1)).Indices, [0, 1]);
        Expect(Tensor.From<int>([3, 3, -5, 7]).Reshape(1, 4).MaxPoolWithIndices(2, padding: 1).Indices, [0, 1, 3]);
    }

    [Test]
    public void PaddingMayGiveOneWindowForEachStride()
    {
        Assert.That(Tensor.Ones(1, 1, 5, 8).Conv2d(Tensor.Ones(1, 1, 2, 3), stride: 3, padding: Padding.Same).Shape.ToArray(), Is.EqualTo(new[] { 1, 1, 2, 3 }));
        Expect(Of([1, 3], 1, 2, 3).AvgPool1d(2, 1, Padding.Same, countPadding: true), [1.5, 2.5, 1.5]);
        Expect(Of([1, 3], 1, 2, 3).AvgPool1d(2, 1, Padding.SameLower, countPadding: true), [0.5, 1.5, 2.5]);
        Assert.That(Tensor.Ones(1, 1, 5).ConvTranspose1d(Tensor.Ones(1, 1, 3), stride: 2, padding: Padding.Same).Shape.ToArray(), Is.EqualTo(new[] { 1, 1, 10 }));
    }

    [Test]
    public void TheLastOfSeveralElementsIsUnpooled() => Expect(Of([1, 3], 1, 2, 3).MaxUnpool(Tensor.From<int>([2, 0, 2]).Reshape(1, 3), [4]), [2, 0, 3, 0]);

    [Test]
    public void PlainPoolingIsAReshape()
    {
        var x = Tensor.From<float>(new float[16], [1, 1, 4, 4]);
        var ops = x.MaxPool2d(2).Node.TopologicalOrder().Select(n => n.Op).Distinct();
        Assert.That(ops, Is.EquivalentTo(new[] { Core.Ops.Buffer, Core.Ops.Const, Core.Ops.Reshape, Core.Ops.Permute, Core.Ops.Reduce }));
    }

    [Test]
    public void WrongShapesSaySo()
    {
        ExpectError("TEN3050", () => Tensor.Ones(1, 3, 5, 5).Conv2d(Tensor.Ones(4, 2, 3, 3)));
        ExpectError("TEN3051", () => Tensor.Ones(1, 2, 2, 2).Conv2d(Tensor.Ones(4, 2, 3, 3)));
        ExpectError("TEN3051", () => Tensor.Ones(1, 2, 2, 2).MaxPool2d(3));
        ExpectError("TEN3050", () => Tensor.Ones(1, 2, 5, 5).Conv2d(Tensor.Ones(4, 2, 3)));
        ExpectError("TEN3050", () => Tensor.Ones(1, 2, 5, 5).Conv2d(Tensor.Ones(4, 2, 3, 3), Tensor.Ones(2)));
        ExpectError("TEN3050", () => Tensor.Ones(1, 3, 5, 5).ConvTranspose2d(Tensor.Ones(2, 2, 3, 3)));
        ExpectError("TEN3051", () => Tensor.Ones(1, 2, 1, 1).ConvTranspose2d(Tensor.Ones(2, 2, 3, 3), padding: 2));
        ExpectError("TEN3200", () => Tensor.Ones(1, 2, 5, 5).MaxPool2d((1, 2, 3)));
        ExpectError("TEN3201", () => Tensor.Ones(1, 2, 5, 5).AvgPool2d(2, padding: -1));
        ExpectError("TEN3202", () => Tensor.Ones(1, 2, 5, 5).MaxUnpool(Tensor.Arange(4), (5, 5)));
        ExpectError("TEN3203", () => Tensor.Ones(1, 2, 5).Fold(4, 2));
        ExpectError("TEN3204", () => Tensor.Ones(2, 2).Unfold(2));
        ExpectError("TEN3205", () => Tensor.Ones(1, 2, 5, 5).Interpolate());
    }

    private static double[] Convolve(Tensor x, Tensor w, Tensor b, int stride, int padding, int dilation, int groups)
    {
        var (n, c, h, width) = ((int)x.Size(0), (int)x.Size(1), (int)x.Size(2), (int)x.Size(3));
        var (o, kernel) = ((int)w.Size(0), (int)w.Size(2));
        var (xs, ws, bs) = (x.Values(), w.Values(), b.Values());
        var (oh, ow) = (Out(h), Out(width));
        var result = new List<double>();
        for (var i = 0; i < n * o * oh * ow; i++)
        {
            var (sample, channel, row, column) = (i / (o * oh * ow), i / (oh * ow) % o, i / ow % oh, i % ow);
            var sum = bs[channel];
            for (var k = 0; k < c / groups * kernel * kernel; k++)
            {
                var (input, kr, kc) = (k / (kernel * kernel), k / kernel % kernel, k % kernel);
                var (r, q) = (row * stride + kr * dilation - padding, column * stride + kc * dilation - padding);
                if (r >= 0 && r < h && q >= 0 && q < width)
                {
                    var from = channel / (o / groups) * (c / groups) + input;
                    sum += xs[((sample * c + from) * h + r) * width + q] * ws[((channel * (c / groups) + input) * kernel + kr) * kernel + kc];
                }
            }

            result.Add(sum);
        }

        return [.. result];

        int Out(int size) => (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
    }

    private static double[] Pool(Tensor x, int kernel, int stride, int padding, double start, Func<double, double, double> add, Func<double, double> finish)
    {
        var (c, size) = ((int)x.Size(1), (int)x.Size(2));
        var values = x.Values();
        var o = (size + 2 * padding - kernel) / stride + 1;
        var result = new double[c * o * o];
        for (var i = 0; i < result.Length; i++)
        {
            var total = start;
            for (var k = 0; k < kernel * kernel; k++)
            {
                var (r, q) = (i / o % o * stride + k / kernel - padding, i % o * stride + k % kernel - padding);
                total = r >= 0 && r < size && q >= 0 && q < size ? add(total, values[(i / (o * o) * size + r) * size + q]) : total;
            }

            result[i] = finish(total);
        }

        return result;
    }
}
