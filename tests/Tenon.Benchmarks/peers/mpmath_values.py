"""Values of functions of float64, as the nearest float64 and what is left in its units in the last place. Of each request there is a line with a name and a count, then the
arguments as bytes; of pow the powers follow. The answer is as many pairs of numbers, and 'inf' or 'nan' with 0 beside it."""
import struct
import sys

import mpmath
from mpmath import mp, mpf

mp.prec = 160

FUNCTIONS = {
    "exp": mpmath.exp, "exp2": lambda x: mpf(2) ** x, "expm1": mpmath.expm1, "log": mpmath.log, "log2": lambda x: mpmath.log(x) / mpmath.log(2),
    "log10": mpmath.log10, "log1p": mpmath.log1p, "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)), "erf": mpmath.erf, "erfc": mpmath.erfc, "sqrt": mpmath.sqrt, "rsqrt": lambda x: 1 / mpmath.sqrt(x),
    "asin": mpmath.asin, "acos": mpmath.acos, "atan": mpmath.atan, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "asinh": mpmath.asinh,
    "acosh": mpmath.acosh, "atanh": mpmath.atanh, "softplus": lambda x: mpmath.log1p(mpmath.exp(x)), "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "gelu": lambda x: x / 2 * mpmath.erfc(-x * mpmath.sqrt(mpf(1) / 2)), "pow": lambda x, y: x ** y,
}


def value(function, arguments):
    try:
        exact = function(*[mpf(a) for a in arguments])
    except ZeroDivisionError:
        return float("nan"), 0.0
    if isinstance(exact, mpmath.mpc) or mpmath.isnan(exact):
        return float("nan"), 0.0
    nearest = float(exact)
    if nearest in (float("inf"), float("-inf")):
        return nearest, 0.0
    exponent = max(mpmath.frexp(mpf(nearest))[1] - 1, -1022) if nearest else -1022
    return nearest, float((exact - mpf(nearest)) * mpf(2) ** (52 - exponent))


print("ready", flush=True)
for line in iter(sys.stdin.buffer.readline, b""):
    name, count = line.split()
    lists = [struct.unpack(f"<{int(count)}d", sys.stdin.buffer.read(8 * int(count))) for _ in range(2 if name == b"pow" else 1)]
    for arguments in zip(*lists):
        sys.stdout.buffer.write(struct.pack("<2d", *value(FUNCTIONS[name.decode()], arguments)))
    sys.stdout.buffer.flush()
