using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>What ONNX's Resize has beyond PyTorch's interpolate; numbers from its definition.</summary>
internal sealed class ResizeTests
{
    private static readonly Tensor Row = Of([1, 1, 1, 4], 1, 2, 3, 4);

    [TestCase(ResizeCoordinates.HalfPixel, new[] { 1, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4 })]
    [TestCase(ResizeCoordinates.HalfPixelSymmetric, new[] { 1, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4 })]
    [TestCase(ResizeCoordinates.PyTorchHalfPixel, new[] { 1, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4 })]
    [TestCase(ResizeCoordinates.AlignCorners, new[] { 1, 1.428571, 1.857143, 2.285714, 2.714286, 3.142857, 3.571429, 4 })]
    [TestCase(ResizeCoordinates.Asymmetric, new[] { 1, 1.5, 2, 2.5, 3, 3.5, 4, 4 })]
    public void CoordinatesAreThoseOfTheStandard(ResizeCoordinates coordinates, double[] expected) =>
        Expect(Row.Resize([3], [8], options: new() { Mode = Interpolation.Linear, Coordinates = coordinates }), expected, 1e-5);

    [TestCase(ResizeRounding.PreferFloor, new double[] { 1, 1, 2, 2, 3, 3, 4, 4 })]
    [TestCase(ResizeRounding.PreferCeiling, new double[] { 1, 2, 2, 3, 3, 4, 4, 4 })]
    [TestCase(ResizeRounding.Floor, new double[] { 1, 1, 2, 2, 3, 3, 4, 4 })]
    [TestCase(ResizeRounding.Ceiling, new double[] { 1, 2, 2, 3, 3, 4, 4, 4 })]
    public void TheNearestIsRounded(ResizeRounding rounding, double[] expected) =>
        Expect(Row.Resize([3], scales: [2], options: new() { Rounding = rounding, Coordinates = ResizeCoordinates.Asymmetric }), expected);

    [Test]
    public void AScaleNeedNotGiveAWholeSize()
    {
        var corners = new ResizeOptions { Mode = Interpolation.Linear, Coordinates = ResizeCoordinates.AlignCorners };
        Expect(Row.Resize([-1], scales: [0.6], options: corners), [1, 3.142857], 1e-5);
        Expect(Row.Resize([-1], scales: [0.6], options: corners with { Coordinates = ResizeCoordinates.HalfPixelSymmetric }), [1.6666667, 3.3333333], 1e-5);
    }

    [Test]
    public void AspectIsKept()
    {
        var x = Tensor.Ones(1, 1, 2, 4);
        Assert.That(x.Resize([2, 3], [7, 8], options: new() { Aspect = ResizeAspect.NotLarger }).Shape.ToArray(), Is.EqualTo(new[] { 1, 1, 4, 8 }));
        Assert.That(x.Resize([2, 3], [7, 8], options: new() { Aspect = ResizeAspect.NotSmaller }).Shape.ToArray(), Is.EqualTo(new[] { 1, 1, 7, 14 }));
    }

    [Test]
    public void OutsideOfARegionIsAValue()
    {
        var options = new ResizeOptions { Mode = Interpolation.Linear, Coordinates = ResizeCoordinates.CropAndResize, Extrapolation = 10 };
        Expect(Row.Resize([3], [3], options: options, region: [(0.5, 1.5)]), [2.5, 4, 10]);
        ExpectError("TEN3206", () => Row.Resize([3], [3], options: options));
    }

    [Test]
    public void CubicWeightsMayStayInside()
    {
        var options = new ResizeOptions { Mode = Interpolation.Cubic, CubicCoefficient = -0.5, ExcludeOutside = true };
        Expect(Row.Resize([3], scales: [0.5], options: options), [1.4117647, 3.5882353], 1e-5);
        Expect(Row.Resize([3], scales: [0.5], options: options with { ExcludeOutside = false }), [1.4375, 3.5625], 1e-5);
    }

    [Test]
    public void IntegersStay() => Assert.That(Row.Cast(DType.UInt8).Resize([3], [8]).DType, Is.EqualTo(DType.UInt8));
}
