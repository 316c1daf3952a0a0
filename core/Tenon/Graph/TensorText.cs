using System.Globalization;
using System.Text;
using Tenon.Core;

namespace Tenon;

/// <summary>The elements of a tensor as nested brackets. All numbers have one width and one precision, chosen as PyTorch chooses them.</summary>
internal sealed class TensorText
{
    /// <summary>So many elements are shown at each end of an axis that is cut.</summary>
    public const int Edge = 3;

    private const int Digits = 4;
    private readonly StringBuilder _text = new();
    private readonly long[] _sizes;
    private readonly int _edge;
    private readonly Func<long, string> _element;
    private readonly int _width;

    private TensorText(long[] sizes, int edge, Func<long, string> element)
    {
        (_sizes, _edge, _element) = (sizes, edge, element);
        _width = Shown(0, 0).Max(i => element(i).Length);
    }

    /// <summary>The text of elements in memory.</summary>
    /// <param name="memory">The elements, the last axis running fastest.</param>
    /// <param name="dtype">Their type.</param>
    /// <param name="sizes">The sizes of the axes; none is 0.</param>
    /// <param name="edge">How many elements are shown at each end of an axis.</param>
    public static string Of(ReadOnlySpan<byte> memory, DType dtype, long[] sizes, int edge)
    {
        var shown = new Dictionary<long, Scalar>();
        foreach (var i in new TensorText(sizes, edge, static _ => "").Shown(0, 0))
        {
            shown[i] = Scalar.Element(dtype, memory, (int)i);
        }

        var text = new TensorText(sizes, edge, Formatter(dtype, shown));
        text.Append(0, 0);
        return text._text.ToString();
    }

    private static Func<long, string> Formatter(DType dtype, Dictionary<long, Scalar> shown)
    {
        if (dtype.IsComplex)
        {
            var (re, im) = (Fraction(shown.Values.Select(v => v.AsComplex.Real)), Fraction(shown.Values.Select(v => Math.Abs(v.AsComplex.Imaginary))));
            return i => shown[i].AsComplex is var z && (double.IsNegative(z.Imaginary) ? '-' : '+') is var sign ? $"{re(z.Real)}{sign}{im(Math.Abs(z.Imaginary))}j" : "";
        }

        if (!dtype.IsFloat)
        {
            return i => shown[i].ToString();
        }

        var fraction = Fraction(shown.Values.Select(v => v.AsDouble));
        return i => fraction(shown[i].AsDouble);
    }

    // Whole numbers get a point only; a range that four decimals can't show gets exponents.
    private static Func<double, string> Fraction(IEnumerable<double> values)
    {
        var magnitudes = values.Where(v => double.IsFinite(v) && v != 0).Select(Math.Abs).ToList();
        var (least, greatest) = magnitudes.Count == 0 ? (1, 1) : (magnitudes.Min(), magnitudes.Max());
        var isWhole = magnitudes.TrueForAll(v => v == Math.Floor(v));
        var isScientific = greatest > 1e8 || (!isWhole && (greatest / least > 1000 || least < 1e-4));
        var format = isScientific ? "0." + new string('0', Digits) + "e+00" : isWhole ? "0." : "0." + new string('0', Digits);
        return v => double.IsNaN(v) ? "nan" : double.IsInfinity(v) ? (v > 0 ? "inf" : "-inf")
            : (double.IsNegative(v) ? "-" : "") + Math.Abs(v).ToString(format, CultureInfo.InvariantCulture) + (isWhole && !isScientific ? "." : "");
    }

    private void Append(int axis, long offset)
    {
        if (axis == _sizes.Length)
        {
            _text.Append(_element(offset).PadLeft(_width));
            return;
        }

        _text.Append('[');
        var isFirst = true;
        var last = -1L;
        foreach (var at in Places(axis))
        {
            if (!isFirst)
            {
                Separate(axis);
                if (at != last + 1)
                {
                    _text.Append("...");
                    Separate(axis);
                }
            }

            Append(axis + 1, offset * _sizes[axis] + at);
            (isFirst, last) = (false, at);
        }

        _text.Append(']');
    }

    // Rows begin on lines of their own, blocks of rows after empty ones.
    private void Separate(int axis) =>
        _text.Append(axis == _sizes.Length - 1 ? ", " : "," + new string('\n', _sizes.Length - 1 - axis) + new string(' ', axis + 1));

    private IEnumerable<long> Shown(int axis, long offset) => axis == _sizes.Length
        ? [offset]
        : Places(axis).SelectMany(at => Shown(axis + 1, offset * _sizes[axis] + at));

    private IEnumerable<long> Places(int axis)
    {
        for (long at = 0; at < _sizes[axis]; at++)
        {
            if (at == _edge && _sizes[axis] > 2L * _edge)
            {
                at = _sizes[axis] - _edge;
            }

            yield return at;
        }
    }
}
