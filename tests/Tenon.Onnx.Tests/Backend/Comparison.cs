namespace Tenon.Onnx.Tests.Backend;

/// <summary>Compares values as ONNX's own runner of the backend tests does.</summary>
internal static class Comparison
{
    private const double Relative = 1e-3;
    private const double Absolute = 1e-7;

    /// <summary>Throws if a value is not what is expected.</summary>
    public static void Check(OnnxValue expected, OnnxValue actual, string what)
    {
        switch (expected)
        {
            case OptionalValue { Value: null }:
                Require(actual is OptionalValue { Value: null }, $"{what}: {actual}. Expected none.");
                break;
            case OptionalValue { Value: { } inner }:
                Check(inner, actual is OptionalValue { Value: { } own } ? own : actual, what);
                break;
            case SequenceValue sequence:
                var items = actual.Items;
                Require(items.Count == sequence.Items.Count, $"{what}: {items.Count} items. Expected {sequence.Items.Count}.");
                for (var i = 0; i < items.Count; i++)
                {
                    Check(sequence.Items[i], items[i], $"{what}[{i}]");
                }

                break;
            case StringValue strings:
                Require(actual.Strings.Shape.SequenceEqual(strings.Shape), $"{what}: shape {actual}. Expected {strings}.");
                Require(actual.Strings.Values.SequenceEqual(strings.Values), $"{what}: '{string.Join("', '", actual.Strings.Values)}'. Expected '{string.Join("', '", strings.Values)}'.");
                break;
            default:
                CheckNumbers(expected, actual, what);
                break;
        }
    }

    private static void CheckNumbers(OnnxValue expected, OnnxValue actual, string what)
    {
        var (want, got) = (expected.Tensor, actual.Tensor);
        Require(got.DType == want.DType, $"{what}: {actual}. Expected {expected}.");
        Require(got.Shape.Equals(want.Shape), $"{what}: {actual}. Expected {expected}.");
        (want, got) = want.DType.IsComplex ? (want.ViewAsReal(), got.ViewAsReal()) : (want, got);
        var (x, y) = (HostTensor.Read(want).Elements, HostTensor.Read(got).Elements);
        for (var i = 0; i < x.Length; i++)
        {
            var isSame = want.DType.IsFloat ? IsClose(x[i].AsDouble, y[i].AsDouble) : x[i] == y[i] || IsClose(x[i].AsDouble, y[i].AsDouble);
            Require(isSame, $"{what}: element {i} is {y[i]}. Expected {x[i]}.");
        }
    }

    private static bool IsClose(double expected, double actual) =>
        expected.Equals(actual) || expected == actual || Math.Abs(expected - actual) <= Absolute + Relative * Math.Abs(actual);

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidDataException(message);
        }
    }
}
