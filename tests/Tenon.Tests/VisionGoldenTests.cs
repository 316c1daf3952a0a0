using static Tenon.Interpolation;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>Convolutions, pools, windows and resampling against PyTorch's numbers, with gradients.</summary>
internal sealed class VisionGoldenTests
{
    private static readonly Dictionary<string, GoldenCase> Golden = GoldenCase.Read("vision.json");

    private static readonly Dictionary<string, Func<Tensor[], Tensor[]>> Functions = new()
    {
        ["conv1d"] = t => [t[0].Conv1d(t[1], t[2], stride: 2, padding: 1, dilation: 2)],
        ["conv1d same"] = t => [t[0].Conv1d(t[1], padding: Padding.Same)],
        ["conv1d without batch"] = t => [t[0].Conv1d(t[1], groups: 2)],
        ["conv2d"] = t => [t[0].Conv2d(t[1], t[2], stride: (2, 1), padding: (1, 2), dilation: (1, 2), groups: 2)],
        ["conv2d sides"] = t => [t[0].Conv2d(t[1], stride: 2, padding: Padding.Sides((1, 0), (0, 2)))],
        ["conv3d"] = t => [t[0].Conv3d(t[1], t[2], stride: (1, 2, 1), padding: (0, 1, 1), dilation: (2, 1, 1))],
        ["conv4d"] = t => [t[0].Conv(t[1])],
        ["conv_transpose1d"] = t => [t[0].ConvTranspose1d(t[1], t[2], stride: 3, padding: 1, outputPadding: 2, dilation: 2)],
        ["conv_transpose2d"] = t => [t[0].ConvTranspose2d(t[1], t[2], stride: (2, 1), padding: (1, 0), outputPadding: (1, 0), groups: 2)],
        ["conv_transpose2d without batch"] = t => [t[0].ConvTranspose2d(t[1], padding: 1)],
        ["conv_transpose3d"] = t => [t[0].ConvTranspose3d(t[1], stride: (1, 2, 2), dilation: (1, 1, 2))],

        ["max_pool1d"] = t => [t[0].MaxPool1d(3, 2, 1)],
        ["max_pool2d ceil"] = t => Pair(t[0].MaxPoolWithIndices((2, 3), (2, 2), (1, 1), ceilMode: true)),
        ["max_pool2d dilated"] = t => Pair(t[0].MaxPoolWithIndices((2, 2), 1, dilation: 2)),
        ["max_pool3d"] = t => Pair(t[0].MaxPoolWithIndices((2, 2, 2), (1, 2, 1), 1)),
        ["max_unpool2d"] = t => t[0].MaxPoolWithIndices((2, 2)) is var (values, indices) ? [values.MaxUnpool(indices, (5, 5))] : [],
        ["avg_pool1d"] = t => [t[0].AvgPool1d(3, 2, 1)],
        ["avg_pool2d ceil"] = t => [t[0].AvgPool2d(3, 2, 1, ceilMode: true)],
        ["avg_pool2d ceil, input alone"] = t => [t[0].AvgPool2d(3, 2, 1, ceilMode: true, countPadding: false)],
        ["avg_pool2d divisor"] = t => [t[0].AvgPool2d((2, 3), (1, 2), (1, 0), divisor: 5)],
        ["avg_pool3d"] = t => [t[0].AvgPool3d((1, 2, 3), (1, 1, 2), (0, 1, 1), countPadding: false)],
        ["lp_pool1d"] = t => [t[0].LpPool1d(3, 3, 2)],
        ["lp_pool2d"] = t => [t[0].LpPool2d(2, 2, 1, ceilMode: true)],
        ["adaptive_avg_pool1d"] = t => [t[0].AdaptiveAvgPool1d(4)],
        ["adaptive_avg_pool2d"] = t => [t[0].AdaptiveAvgPool2d((3, 2))],
        ["adaptive_avg_pool2d keep"] = t => [t[0].AdaptiveAvgPool2d((-1, 5))],
        ["adaptive_avg_pool3d"] = t => [t[0].AdaptiveAvgPool3d((1, 2, 2))],
        ["adaptive_max_pool1d"] = t => Pair(t[0].AdaptiveMaxPoolWithIndices(3)),
        ["adaptive_max_pool2d"] = t => Pair(t[0].AdaptiveMaxPoolWithIndices((2, 3))),
        ["adaptive_max_pool3d"] = t => [t[0].AdaptiveMaxPool3d((1, 2, 2))],

        ["unfold"] = t => [t[0].Unfold((2, 3), dilation: (2, 1), padding: (1, 0), stride: (1, 2))],
        ["fold"] = t => [t[0].Fold((4, 5), (2, 3), dilation: (2, 1), padding: (1, 0), stride: (1, 2))],
        ["fold apart"] = t => [t[0].Fold((5, 6), 2, stride: (3, 2))],

        ["interpolate linear (1, 2, 5) to 8"] = t => [t[0].Interpolate(8, mode: Linear)],
        ["interpolate linear (1, 2, 5) to 8, corners"] = t => [t[0].Interpolate(8, mode: Linear, alignCorners: true)],
        ["interpolate linear (1, 2, 7) to 3"] = t => [t[0].Interpolate(3, mode: Linear)],
        ["interpolate linear (1, 2, 7) to 3, corners"] = t => [t[0].Interpolate(3, mode: Linear, alignCorners: true)],
        ["interpolate bilinear (1, 1, 3, 4) to (5, 2)"] = t => [t[0].Interpolate((5, 2), mode: Linear)],
        ["interpolate bilinear (1, 1, 3, 4) to (5, 2), corners"] = t => [t[0].Interpolate((5, 2), mode: Linear, alignCorners: true)],
        ["interpolate bicubic (1, 1, 4, 5) to (7, 3)"] = t => [t[0].Interpolate((7, 3), mode: Cubic)],
        ["interpolate bicubic (1, 1, 4, 5) to (7, 3), corners"] = t => [t[0].Interpolate((7, 3), mode: Cubic, alignCorners: true)],
        ["interpolate trilinear (1, 1, 2, 3, 2) to (3, 2, 5)"] = t => [t[0].Interpolate((3, 2, 5), mode: Linear)],
        ["interpolate trilinear (1, 1, 2, 3, 2) to (3, 2, 5), corners"] = t => [t[0].Interpolate((3, 2, 5), mode: Linear, alignCorners: true)],
        ["interpolate bilinear smoothed"] = t => [t[0].Interpolate((3, 9), mode: Linear, antialias: true)],
        ["interpolate bilinear smoothed, corners"] = t => [t[0].Interpolate((3, 9), mode: Linear, antialias: true, alignCorners: true)],
        ["interpolate bicubic smoothed"] = t => [t[0].Interpolate((3, 9), mode: Cubic, antialias: true)],
        ["interpolate bicubic smoothed, corners"] = t => [t[0].Interpolate((3, 9), mode: Cubic, antialias: true, alignCorners: true)],
        ["interpolate nearest"] = t => [t[0].Interpolate((3, 7))],
        ["interpolate nearest by scale"] = t => [t[0].Interpolate(scale: [2.3, 0.6])],
        ["interpolate nearest-exact"] = t => [t[0].Interpolate((3, 7), mode: NearestExact)],
        ["interpolate area"] = t => [t[0].Interpolate((3, 7), mode: Area)],
        ["interpolate bilinear by scale"] = t => [t[0].Interpolate(scale: [1.7], mode: Linear)],
        ["interpolate bilinear by scale, recomputed"] = t => [t[0].Interpolate(scale: [1.7], mode: Linear, recomputeScale: true)],

        ["grid_sample bilinear zeros"] = t => [t[0].GridSample(t[1] * 0.9, Linear, GridPadding.Zeros)],
        ["grid_sample bilinear zeros, corners"] = t => [t[0].GridSample(t[1] * 0.9, Linear, GridPadding.Zeros, alignCorners: true)],
        ["grid_sample bilinear border"] = t => [t[0].GridSample(t[1] * 0.9, Linear, GridPadding.Border)],
        ["grid_sample bilinear border, corners"] = t => [t[0].GridSample(t[1] * 0.9, Linear, GridPadding.Border, alignCorners: true)],
        ["grid_sample bilinear reflection"] = t => [t[0].GridSample(t[1] * 0.9, Linear, GridPadding.Reflection)],
        ["grid_sample bilinear reflection, corners"] = t => [t[0].GridSample(t[1] * 0.9, Linear, GridPadding.Reflection, alignCorners: true)],
        ["grid_sample nearest zeros"] = t => [t[0].GridSample(t[1] * 0.9, Nearest, GridPadding.Zeros)],
        ["grid_sample nearest zeros, corners"] = t => [t[0].GridSample(t[1] * 0.9, Nearest, GridPadding.Zeros, alignCorners: true)],
        ["grid_sample nearest border"] = t => [t[0].GridSample(t[1] * 0.9, Nearest, GridPadding.Border)],
        ["grid_sample nearest border, corners"] = t => [t[0].GridSample(t[1] * 0.9, Nearest, GridPadding.Border, alignCorners: true)],
        ["grid_sample nearest reflection"] = t => [t[0].GridSample(t[1] * 0.9, Nearest, GridPadding.Reflection)],
        ["grid_sample nearest reflection, corners"] = t => [t[0].GridSample(t[1] * 0.9, Nearest, GridPadding.Reflection, alignCorners: true)],
        ["grid_sample bicubic zeros"] = t => [t[0].GridSample(t[1] * 0.9, Cubic, GridPadding.Zeros)],
        ["grid_sample bicubic zeros, corners"] = t => [t[0].GridSample(t[1] * 0.9, Cubic, GridPadding.Zeros, alignCorners: true)],
        ["grid_sample bicubic border"] = t => [t[0].GridSample(t[1] * 0.9, Cubic, GridPadding.Border)],
        ["grid_sample bicubic border, corners"] = t => [t[0].GridSample(t[1] * 0.9, Cubic, GridPadding.Border, alignCorners: true)],
        ["grid_sample bicubic reflection"] = t => [t[0].GridSample(t[1] * 0.9, Cubic, GridPadding.Reflection)],
        ["grid_sample bicubic reflection, corners"] = t => [t[0].GridSample(t[1] * 0.9, Cubic, GridPadding.Reflection, alignCorners: true)],
        ["grid_sample 3d"] = t => [t[0].GridSample(t[1] * 0.7)],
        ["grid_sample 3d reflected"] = t => [t[0].GridSample(t[1], Nearest, GridPadding.Reflection, alignCorners: true)],
        ["affine_grid"] = t => [t[0].AffineGrid((2, 3))],
        ["affine_grid 3d, corners"] = t => [t[0].AffineGrid((2, 1, 3), alignCorners: true)],

        ["pixel_shuffle"] = t => [t[0].PixelShuffle(2)],
        ["pixel_unshuffle"] = t => [t[0].PixelUnshuffle(2)],
        ["channel_shuffle"] = t => [t[0].ChannelShuffle(2)],
        ["local_response_norm"] = t => [t[0].LocalResponseNorm(3, 0.3, 0.7, 1.5)],
        ["local_response_norm even"] = t => [t[0].LocalResponseNorm(4, 0.3, 0.7, 1.5)],
        ["group_norm"] = t => [t[0].GroupNorm(2, t[1], t[2])],
        ["roi_align"] = t => [t[0].RoiAlign(Boxes, Tensor.From<int>([0, 1, 0]), (2, 3), 0.5, 2)],
        ["roi_align aligned"] = t => [t[0].RoiAlign(Boxes, Tensor.From<int>([1, 1, 0]), (3, 2), 0.7, aligned: true)],
        ["deform_conv"] = t => [t[0].DeformConv(t[1], t[2], t[3], t[4], stride: 2, padding: 1, groups: 2, offsetGroups: 2)],
        ["instance_norm"] = t => [t[0].InstanceNorm(t[1], t[2])],
    };

    private static Tensor Boxes => Tensor.From<double>([0.5, 1, 6, 7.5, 2, 0, 3, 9, -3, 2, 12, 4], [3, 4]);

    private static IEnumerable<GoldenCase> Cases => Golden.Values;

    [TestCaseSource(nameof(Cases))]
    public void AsPyTorch(GoldenCase golden) => golden.Check(Functions[golden.Name]);

    [Test]
    public void BatchNormUsesGivenStatistics() => Expect(
        Of([1, 2, 2], 1, 2, 3, 4).BatchNorm(Of([2], 1, 2), Of([2], 4, 1), Of([2], 2, 3), Of([2], 0, 1), epsilon: 0), [0, 1, 4, 7], 1e-5);

    [Test]
    public void SamplesThatMeetAreAddedUpAlsoIfThereAreMany()
    {
        var x = Sample(DType.Float64, 1, 1, 2, 3, 3);
        x.RequiresGrad = true;
        var grid = Sample(DType.Float64, 2, 1, 4, 3, 2) * 0.6;
        var few = x.GridSample(grid).Square().Sum().Gradient(x)[0].Realize();
        var most = Tensor.MostPairs;
        Tensor.MostPairs = 1;
        try
        {
            Expect(x.GridSample(grid).Square().Sum().Gradient(x)[0], few, 1e-12);
        }
        finally
        {
            Tensor.MostPairs = most;
        }
    }

    [Test]
    public void GradientsOfResamplingAreDifferentiable()
    {
        var x = Of([1, 1, 2], 1, 2);
        x.RequiresGrad = true;
        var g = x.Interpolate(3, mode: Linear).Square().Sum().Gradient(x)[0];
        Expect(g, [2 * 1 + 1.5, 2 * 2 + 1.5]);
        Expect(g.Sum().Gradient(x)[0], [3, 3]);
    }

    [Test]
    public void WrongShapesSaySo()
    {
        ExpectError("TEN3207", () => Tensor.Ones(1, 1, 2, 2).GridSample(Tensor.Ones(1, 2, 2, 3)));
        ExpectError("TEN3207", () => Tensor.Ones(1, 2, 2).AffineGrid((2, 2)));
        ExpectError("TEN3208", () => Tensor.Ones(1, 3, 2, 2).PixelShuffle(2));
        ExpectError("TEN3208", () => Tensor.Ones(1, 3, 2, 2).ChannelShuffle(2));
        ExpectError("TEN3209", () => Tensor.Ones(1, 3, 2, 2).GroupNorm(2));
        ExpectError("TEN3210", () => Tensor.Ones(1, 3, 2, 2).RoiAlign(Tensor.Ones(2, 3), Tensor.Arange(2), 2));
        ExpectError("TEN3050", () => Tensor.Ones(1, 2, 3, 3).DeformConv(Tensor.Ones(1, 4, 2, 2), Tensor.Ones(1, 2, 2, 2)));
    }

    [Test]
    public void EveryCaseHasItsNumbers() => Assert.That(Functions.Keys, Is.EquivalentTo(Golden.Keys));

    private static Tensor[] Pair((Tensor Values, Tensor Indices) pair) => [pair.Values, pair.Indices];
}
