"""Writes TorchNumbers.cs: what PyTorch computes, in double precision, at points that float32 holds exactly.

Run: python3 torch_numbers.py > ../TorchNumbers.cs
"""
import math

import numpy as np
import torch
import torch.nn.functional as F

INF, NAN = math.inf, math.nan
POINTS = [-INF, -100, -20.5, -3, -2.5, -1.5, -1, -0.9, -0.5, -0.1, -1e-4, -0.0, 0.0, 1e-4, 0.1, 0.5, 0.9, 1, 1.5, 2, 2.5, 7.3, 20.5, 100, 1e10, INF, NAN]
PAIRS = [-INF, -7.5, -2, -0.7, -0.0, 0.0, 0.3, 1, 2, 9.1, INF, NAN]

UNARY = dict(
    Asin=torch.asin, Acos=torch.acos, Atan=torch.atan, Sinh=torch.sinh, Cosh=torch.cosh, Asinh=torch.asinh, Acosh=torch.acosh,
    Atanh=torch.atanh, Sinc=torch.sinc, Erf=torch.erf, Erfc=torch.erfc, ErfInv=torch.erfinv, LogGamma=torch.lgamma,
    Digamma=torch.digamma, Log10=torch.log10, Logit=torch.logit, Entropy=torch.special.entr, Frac=torch.frac,
    NanToNum=lambda x: torch.nan_to_num(x, 1.5, 7.0, -7.0), Celu=lambda x: F.celu(x, 1.5), Selu=F.selu, HardTanh=F.hardtanh,
    Mish=F.mish, LogSigmoid=F.logsigmoid, Softsign=F.softsign, SoftShrink=F.softshrink, HardShrink=F.hardshrink,
    TanhShrink=F.tanhshrink, Threshold=lambda x: F.threshold(x, 0.5, 20), RRelu=F.rrelu, Softplus2=lambda x: F.softplus(x, 2, 1e9),
    SignBit=lambda x: torch.signbit(x).double(), Mantissa=lambda x: torch.frexp(x)[0], Exponent=lambda x: torch.frexp(x)[1].double(),
    Round1=lambda x: torch.round(x, decimals=1), HardSigmoid=F.hardsigmoid, HardSwish=F.hardswish, Expm1=torch.expm1,
)

BINARY = dict(
    Atan2=torch.atan2, Hypot=torch.hypot, LogAddExp=torch.logaddexp, LogAddExp2=torch.logaddexp2, Fmod=torch.fmod,
    FloorMod=torch.remainder, FloorDiv=torch.floor_divide, CopySign=torch.copysign, XLogY=torch.xlogy,
    XLog1pY=torch.special.xlog1py, Heaviside=torch.heaviside, Maximum=torch.maximum, Minimum=torch.minimum, Pow=torch.pow,
    IsClose=lambda x, y: torch.isclose(x, y, 0.5, 0.1).double(), Lerp=lambda x, y: torch.lerp(x, y, 0.3),
    NextAfter=lambda x, y: torch.nextafter(x.float(), y.float()).double(),
)


def text(values):
    def one(v):
        return "NaN" if math.isnan(v) else "Inf" if v == INF else "-Inf" if v == -INF else repr(v).replace(".0", ".0") if v != int(v) or abs(v) > 1e6 or v == 0 else str(int(v))
    return ", ".join("-0.0" if v == 0 and math.copysign(1, v) < 0 else "0" if v == 0 else one(v) for v in values)


def row(name, values):
    words, lines, line = text(values).split(", "), [], "           "
    for word in words:
        if len(line) + len(word) > 138:
            lines.append(line)
            line = "           "
        line += " " + word + ","
    lines.append(line)
    print(f'        ["{name}"] =\n        [')
    print("\n".join(lines))
    print("        ],")


points = np.float32(POINTS).astype(np.float64)
pairs = np.float32(PAIRS).astype(np.float64)
x = torch.tensor(points)
a, b = (torch.tensor(v.flatten()) for v in np.meshgrid(pairs, pairs, indexing="ij"))
print("// Written by torch_numbers.py with PyTorch " + torch.__version__.split("+")[0] + ".\nnamespace Tenon.Tests;\n")
print("/// <summary>What PyTorch computes in double precision.</summary>\ninternal static class TorchNumbers\n{")
print("    private const double Inf = double.PositiveInfinity;\n    private const double NaN = double.NaN;\n")
print("    public static readonly double[] Points =\n    [\n        " + ", ".join(text([p]) for p in points[:14]) + ",\n        " + ", ".join(text([p]) for p in points[14:]) + ",\n    ];\n")
print("    public static readonly double[] Pairs = [" + text(pairs) + "];\n")
print("    /// <summary>Of each of the points.</summary>\n    public static readonly Dictionary<string, double[]> Unary = new()\n    {")
for name, f in UNARY.items():
    row(name, f(x).tolist())
print("    };\n\n    /// <summary>Of each pair, the second running fastest.</summary>\n    public static readonly Dictionary<string, double[]> Binary = new()\n    {")
for name, f in BINARY.items():
    row(name, f(a, b).tolist())
print("    };\n}")
