using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>Functions at corners and between, against PyTorch's numbers.</summary>
internal sealed class FunctionTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Unary = new()
    {
        ["Asin"] = x => x.Asin(),
        ["Acos"] = x => x.Acos(),
        ["Atan"] = x => x.Atan(),
        ["Sinh"] = x => x.Sinh(),
        ["Cosh"] = x => x.Cosh(),
        ["Asinh"] = x => x.Asinh(),
        ["Acosh"] = x => x.Acosh(),
        ["Atanh"] = x => x.Atanh(),
        ["Sinc"] = x => x.Sinc(),
        ["Erf"] = x => x.Erf(),
        ["Erfc"] = x => x.Erfc(),
        ["ErfInv"] = x => x.ErfInv(),
        ["LogGamma"] = x => x.LogGamma(),
        ["Digamma"] = x => x.Digamma(),
        ["Log10"] = x => x.Log10(),
        ["Logit"] = x => x.Logit(),
        ["Entropy"] = x => x.Entropy(),
        ["Frac"] = x => x.Frac(),
        ["NanToNum"] = x => x.NanToNum(1.5, 7, -7),
        ["Celu"] = x => x.Celu(1.5),
        ["Selu"] = x => x.Selu(),
        ["HardTanh"] = x => x.HardTanh(),
        ["Mish"] = x => x.Mish(),
        ["LogSigmoid"] = x => x.LogSigmoid(),
        ["Softsign"] = x => x.Softsign(),
        ["SoftShrink"] = x => x.SoftShrink(),
        ["HardShrink"] = x => x.HardShrink(),
        ["TanhShrink"] = x => x.TanhShrink(),
        ["Threshold"] = x => x.Threshold(0.5, 20),
        ["RRelu"] = x => x.RRelu(),
        ["Softplus2"] = x => x.Softplus(2),
        ["SignBit"] = x => x.SignBit(),
        ["Mantissa"] = x => x.Frexp().Mantissa,
        ["Exponent"] = x => x.Frexp().Exponent,
        ["Round1"] = x => x.Round(1),
        ["HardSigmoid"] = x => x.HardSigmoid(),
        ["HardSwish"] = x => x.HardSwish(),
        ["Expm1"] = x => x.Expm1(),
    };

    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> Binary = new()
    {
        ["Atan2"] = (x, y) => x.Atan2(y),
        ["Hypot"] = (x, y) => x.Hypot(y),
        ["LogAddExp"] = (x, y) => x.LogAddExp(y),
        ["LogAddExp2"] = (x, y) => x.LogAddExp2(y),
        ["Fmod"] = (x, y) => x % y,
        ["FloorMod"] = (x, y) => x.FloorMod(y),
        ["FloorDiv"] = (x, y) => x.FloorDiv(y),
        ["CopySign"] = (x, y) => x.CopySign(y),
        ["XLogY"] = (x, y) => x.XLogY(y),
        ["XLog1pY"] = (x, y) => x.XLog1pY(y),
        ["Heaviside"] = (x, y) => x.Heaviside(y),
        ["Maximum"] = (x, y) => x.Maximum(y),
        ["Minimum"] = (x, y) => x.Minimum(y),
        ["Pow"] = (x, y) => x.Pow(y),
        ["IsClose"] = (x, y) => x.IsClose(y, 0.5, 0.1),
        ["Lerp"] = (x, y) => x.Lerp(y, 0.3),
        ["NextAfter"] = (x, y) => x.NextAfter(y),
    };

    private static readonly string[] UnaryNames = [.. TorchNumbers.Unary.Keys];
    private static readonly string[] BinaryNames = [.. TorchNumbers.Binary.Keys];

    [TestCaseSource(nameof(UnaryNames))]
    public void Of_one_number(string name)
    {
        var x = Tensor.From<double>(TorchNumbers.Points).Realize();
        Check(name, Unary[name], x, TorchNumbers.Unary[name], i => $"{TorchNumbers.Points[i]}");
    }

    [TestCaseSource(nameof(BinaryNames))]
    public void Of_two_numbers(string name)
    {
        var (p, n) = (TorchNumbers.Pairs, TorchNumbers.Pairs.Length);
        var x = Tensor.Stack([Tensor.From<double>(p).Unsqueeze(1).Expand(n, n).Flatten(), Tensor.From<double>(p).Repeat(n)]).Realize();
        Check(name, x => Binary[name](x[0], x[1]), x, TorchNumbers.Binary[name], i => $"{p[i / n]}, {p[i % n]}");
    }

    private static void Check(string name, Func<Tensor, Tensor> function, Tensor x, double[] expected, Func<int, string> describe)
    {
        foreach (var dtype in (DType[])[DType.Float64, DType.Float32])
        {
            // A step of double precision is not one of single.
            if (name == "NextAfter" && dtype == DType.Float64)
            {
                continue;
            }

            var actual = function(x.Cast(dtype)).Values();
            var tolerance = dtype == DType.Float64 ? 1e-11 : 3e-6;
            Assert.Multiple(() =>
            {
                for (var i = 0; i < expected.Length; i++)
                {
                    // NaN has no sign here, and PyTorch 1.13 took it for small.
                    if (describe(i).Contains("NaN") && name is "SignBit" or "CopySign" or "SoftShrink")
                    {
                        continue;
                    }

                    // The sign of NaN and of what rounds to zero is nobody's concern; those of zeros and infinities are.
                    var rounded = dtype == DType.Float64 || name == "NextAfter" ? expected[i] : (float)expected[i];
                    var isSame = actual[i].Equals(rounded) || (double.IsNaN(rounded) && double.IsNaN(actual[i])) || (Math.Abs(actual[i] - rounded) <= tolerance * Math.Max(Math.Abs(rounded), name == "NextAfter" ? 0 : 1e-2) && (rounded != 0 || Signs(actual[i]) == Signs(rounded)));
                    Assert.That(isSame, Is.True, $"{name} {dtype} of {describe(i)}: {actual[i]}, expected {rounded}");
                }
            });
        }

        static bool Signs(double x) => double.IsNegative(x);
    }
}
