using Tenon.Onnx.Format;

namespace Tenon.Onnx.Tests;

public sealed class ValueFileTests
{
    private string _path = null!;

    [SetUp]
    public void SetUp() => _path = Path.GetTempFileName();

    [TearDown]
    public void TearDown() => File.Delete(_path);

    [Test]
    public void TensorsOfEveryTypeComeBack()
    {
        foreach (var dtype in DType.All)
        {
            var tensor = Tensor.Arange(6).Reshape(2, 3).Cast(dtype);
            var back = RoundTrip(tensor, null).Tensor;
            Assert.That(back.DType, Is.EqualTo(dtype));
            Assert.That(back.Shape.ToArray(), Is.EqualTo(new long[] { 2, 3 }));
            Assert.That(back.ToBytes(), Is.EqualTo(tensor.ToBytes()), $"{dtype}");
        }
    }

    [Test]
    public void StringsSequencesAndOptionalsComeBack()
    {
        Assert.That(RoundTrip(new StringValue(["a", "ü", "", "d"], [2, 2]), null).Strings.Values, Is.EqualTo(new[] { "a", "ü", "", "d" }));
        var sequence = RoundTrip(new SequenceValue(Tensor.Ones(2), new StringValue(["x"], [1])), new OnnxSequenceType(null)).Items;
        Assert.That(sequence[0].Tensor.ToArray<float>(), Is.EqualTo(new[] { 1f, 1f }));
        Assert.That(sequence[1].Strings.Values, Is.EqualTo(new[] { "x" }));
        Assert.That(((OptionalValue)RoundTrip(new OptionalValue(null), new OnnxOptionalType(null))).Value, Is.Null);
        Assert.That(RoundTrip(new OptionalValue(Tensor.Zeros(1)), new OnnxOptionalType(null)).Tensor.Count, Is.EqualTo(1));
    }

    private OnnxValue RoundTrip(OnnxValue value, OnnxType? type)
    {
        ValueFile.Write(_path, value, "v");
        return ValueFile.Read(_path, type);
    }
}
