using System.Globalization;
using Tenon.Core;
using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators that change the type of elements.</summary>
internal static class CastOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("Cast", 1, c => [Cast(c, Named(c))]);
        ops.AddMany("Cast", 6, c => [Cast(c, (OnnxElement)c.Long("to", 0))]);
        ops.AddMany("CastLike", 15, c => [Cast(c, c.Value(1) is StringValue ? OnnxElement.String : c[1].DType.ToOnnx())]);
        ops.AddMany("BitCast", 26, c => [BitCast(c[0], ((OnnxElement)c.Long("to", 0)).Required("attribute 'to'"))]);
    }

    /// <summary>A number as ONNX writes it.</summary>
    public static string Text(Scalar value, DType dtype) => dtype.IsFloat
        ? dtype.Bits switch
        {
            64 => value.AsDouble.ToString("R", CultureInfo.InvariantCulture),
            16 when dtype == DType.Float16 => ((Half)value.AsDouble).ToString("R", CultureInfo.InvariantCulture),
            _ => ((float)value.AsDouble).ToString("R", CultureInfo.InvariantCulture),
        }
        : dtype.IsBool ? value.AsBool ? "1" : "0" : value.To(dtype).ToString();

    /// <summary>A tensor of another dtype. What small floats can't hold becomes their greatest number, unless it is not to be saturated.</summary>
    public static Tensor To(Tensor x, DType dtype, bool saturate) => x.Cast(dtype, saturate);

    // A truth value is a byte of 0 or 1.
    private static Tensor BitCast(Tensor x, DType dtype)
    {
        x = x.DType.IsBool ? x.Cast(DType.UInt8) : x;
        return dtype.IsBool ? x.Bitcast(DType.UInt8).Ne(0) : x.Bitcast(dtype);
    }

    // Before opset 6 the type had a name.
    private static OnnxElement Named(OpCall c) =>
        Enum.TryParse<OnnxElement>(c.Text("to", ""), ignoreCase: true, out var element) ? element : throw c.Error($"type '{c.Text("to", "")}'. Expected the name of a type.");

    private static OnnxValue Cast(OpCall c, OnnxElement to)
    {
        if (c.Value(0) is StringValue strings)
        {
            return to == OnnxElement.String ? strings : Parsed(c, strings, c.Effective(to.Required("the type to cast to")));
        }

        if (to == OnnxElement.String)
        {
            var host = c.Host(0);
            return new StringValue([.. host.Elements.Select(e => Text(e, host.DType))], host.Shape);
        }

        var dtype = c.Effective(to.Required("the type to cast to"));
        return dtype == DType.Float8E8M0 ? ToPowers(c, c[0]) : To(c[0], dtype, c.Flag("saturate", true));
    }

    // The exponent of a float32 is the code; what is above that power of 2 is rounded as the node asks. Infinities and NaN are NaN.
    private static Tensor ToPowers(OpCall c, Tensor x)
    {
        var bits = x.Cast(DType.Float32).Bitcast(DType.UInt32);
        var (exponent, fraction) = (bits >> 23 & 0xff, bits & 0x7fffff);
        var isUp = c.Text("round_mode", "up") switch
        {
            "up" => fraction > 0,
            "down" => fraction < 0,
            "nearest" => fraction > 0x400000 | (fraction.Eq(0x400000) & exponent > 0),
            var other => throw c.Error($"round_mode '{other}'. Expected up, down or nearest."),
        };
        var last = c.Flag("saturate", true) ? 0xfe : 0xff;
        return (exponent + (isUp & exponent < last).Cast(DType.UInt32)).Cast(DType.UInt8).Bitcast(DType.Float8E8M0);
    }

    private static TensorValue Parsed(OpCall c, StringValue strings, DType dtype)
    {
        var elements = strings.Values.Select(text => dtype.IsFloat ? Fraction(c, text) : Whole(c, text, dtype)).ToArray();
        return new TensorValue(new HostTensor(dtype, [.. strings.Shape], elements), c.Context.Device);
    }

    private static Scalar Fraction(OpCall c, string text) => text.Trim().ToUpperInvariant() switch
    {
        "NAN" => double.NaN,
        "INF" or "+INF" or "INFINITY" => double.PositiveInfinity,
        "-INF" or "-INFINITY" => double.NegativeInfinity,
        var other => double.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw c.Error($"'{text}' is no number."),
    };

    private static Scalar Whole(OpCall c, string text, DType dtype) => dtype.IsBool
        ? text.Trim().ToUpperInvariant() is var truth && (truth is "TRUE" || (truth is not "FALSE" && Fraction(c, text).AsDouble != 0))
        : dtype == DType.UInt64 && ulong.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var large) ? large
        : long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value
        : (Scalar)(long)Fraction(c, text).AsDouble;
}
