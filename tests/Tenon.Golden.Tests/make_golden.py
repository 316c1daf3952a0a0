#!/usr/bin/env python3
"""Makes Data/golden.zip: operations as PyTorch computes them, forward and backward, over dtypes, shapes and layouts.

Needs PyTorch (1.13 was used: Debian's python3-torch) and NumPy. Run it in this folder:  python3 make_golden.py
A case is an operation by its PyTorch name, arguments, inputs with the way in which each is laid out, outputs, and the gradient
of sum(output * weights) with respect to each input of floating point, where weights[i] = ((7 i + 3) mod 11 - 5) / 4.
"""
import json
import math
import zipfile

import numpy as np
import torch

torch.manual_seed(0)
RNG = np.random.default_rng(20261121)
BLOBS, INDEX, CASES = bytearray(), {}, []
NAMES = {torch.float64: "float64", torch.float32: "float32", torch.float16: "float16", torch.bfloat16: "bfloat16", torch.int8: "int8",
         torch.uint8: "uint8", torch.int16: "int16", torch.int32: "int32", torch.int64: "int64", torch.bool: "bool"}
F16 = (torch.float16, torch.bfloat16)
SPECIAL = [float("nan"), math.inf, -math.inf, 0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.5, 1e30, 1e-30]


def blob(t):
    t = t.detach().contiguous()
    raw = (t.view(torch.int16) if t.dtype == torch.bfloat16 else t).numpy().tobytes()
    if raw not in INDEX:
        INDEX[raw] = len(BLOBS)
        BLOBS.extend(raw)
    return {"dtype": NAMES[t.dtype], "shape": list(t.shape), "at": INDEX[raw]}


def make(shape, dtype=torch.float32, low=-2.0, high=2.0):
    values = RNG.uniform(low, high, size=shape)
    if dtype == torch.bool:
        return torch.from_numpy(np.asarray(values > 0))
    if not dtype.is_floating_point:
        low, high = (max(low, 0), high) if dtype == torch.uint8 else (low, high)
        return torch.from_numpy(np.asarray(RNG.integers(math.floor(low), math.ceil(high), size=shape, endpoint=True))).to(dtype)
    return torch.from_numpy(np.asarray(values)).to(dtype)


def weights(t):
    i = torch.arange(t.numel(), dtype=torch.float64).reshape(t.shape)
    return (((7 * i + 3) % 11) - 5) / 4


def laid(base, view):
    return {None: lambda: base, "transposed": lambda: base.transpose(-1, -2), "strided": lambda: base[..., ::2],
            "expanded": lambda: base.unsqueeze(0).expand(2, *base.shape)}[view]()


def case(op, function, inputs, args=None, views=None, grad=True, tolerance=None, note=None):
    """Runs a case and keeps it; what PyTorch can't do on this dtype is left out."""
    views = views or [None] * len(inputs)
    half = any(t.dtype in F16 for t in inputs)
    for wide in ((False, True) if half else (False,)):
        bases = [t.detach().clone() for t in inputs]
        try:
            run = [b.float() if wide and b.dtype in F16 else b for b in bases]
            leaves = [b for b in run if b.dtype.is_floating_point]
            if grad:
                for b in leaves:
                    b.requires_grad_(True)
            outs = function(*[laid(b, v) for b, v in zip(run, views)])
            outs = list(outs) if isinstance(outs, (tuple, list)) else [outs]
            grads = [None] * len(bases)
            through = [o for o in outs if o.dtype.is_floating_point and o.requires_grad]
            if grad and through:
                found = iter(torch.autograd.grad(through, leaves, [weights(o).to(o.dtype) for o in through], allow_unused=True))
                grads = [next(found) if b.dtype.is_floating_point else None for b in run]
        except (RuntimeError, NotImplementedError) as e:
            if "not implemented for" in str(e) and not wide and half:
                continue  # once more in float32, rounded
            print("left out:", op, [str(t.dtype) for t in inputs], str(e).splitlines()[0][:100])
            return
        narrow = next((t.dtype for t in inputs if t.dtype in F16), None)
        back = lambda t: t.to(narrow) if wide and t is not None and t.dtype == torch.float32 else t
        CASES.append({k: v for k, v in {
            "op": op, "args": args or {}, "in": [blob(t) for t in inputs], "views": views if any(views) else None,
            "out": [blob(back(o)) for o in outs], "grad": [None if g is None else blob(back(g)) for g in grads] if any(g is not None for g in grads) else None,
            "tolerance": tolerance, "note": note}.items() if v is not None})
        return


# ---- elementwise, one operand
def unary(op, function=None, low=-2.0, high=2.0, ints=True, special=True, smooth=True, tolerance=None, halves=True, doubles=True, args=None):
    function = function or getattr(torch, op)
    kw = {"tolerance": tolerance, "args": args}
    case(op, function, [make((2, 3), low=low, high=high)], **kw)
    if doubles:
        case(op, function, [make((3, 2), torch.float64, low, high)], **kw)
    case(op, function, [make((), low=low, high=high)], **kw)
    case(op, function, [make((0, 3), low=low, high=high)], **kw)
    case(op, function, [make((3, 4), low=low, high=high)], views=["transposed"], **kw)
    case(op, function, [make((3, 5), low=low, high=high)], views=["strided"], **kw)
    if halves:
        case(op, function, [make((2, 3), torch.float16, low, high)], **kw)
        case(op, function, [make((2, 3), torch.bfloat16, low, high)], **kw)
    if special:
        case(op, function, [torch.tensor(SPECIAL)], grad=smooth, **kw)
    if ints:
        case(op, function, [make((2, 4), torch.int32, low, high)], **kw)


F = torch.nn.functional
for name in "sin cos tan sinh cosh tanh asinh atan exp expm1 sigmoid erf".split():
    unary(name)
for name, f in {"relu": torch.relu, "relu6": F.relu6, "silu": F.silu, "mish": F.mish, "softsign": F.softsign, "hardtanh": F.hardtanh,
                "hardsigmoid": F.hardsigmoid, "hardswish": F.hardswish, "selu": F.selu, "celu": F.celu, "elu": F.elu, "leaky_relu": F.leaky_relu,
                "softplus": F.softplus, "logsigmoid": F.logsigmoid, "gelu": F.gelu, "tanhshrink": F.tanhshrink, "softshrink": F.softshrink,
                "hardshrink": F.hardshrink}.items():
    # PyTorch computes hardsigmoid's gradient with 1/6 in float32, and softshrink(NaN) was 0.
    unary(name, f, low=-4, high=4, ints=False, smooth=False, special=name != "softshrink", doubles=name != "hardsigmoid", tolerance=3 if name == "softsign" else None)
unary("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), ints=False, smooth=False)
for name in "abs neg sign square".split():
    unary(name, special=name != "sign")  # the sign of NaN is 0 there, NaN here
for name in "sqrt rsqrt log log2 log10 log1p".split():
    unary(name, low=0.1, high=4)
unary("exp2")
unary("reciprocal", low=0.2, high=3)
for name in "asin acos atanh erfinv".split():
    unary(name, low=-0.9, high=0.9, ints=False)
unary("acosh", low=1.1, high=4, ints=False, smooth=False)
unary("lgamma", low=0.3, high=6, special=False, ints=False, tolerance=4)
unary("digamma", low=0.3, high=6, special=False, ints=False, doubles=False, tolerance=8)
unary("erfc")
unary("sinc", ints=False, special=False, halves=False, tolerance=30)
for name in "floor ceil round trunc frac".split():
    unary(name, low=-4, high=4, ints=name != "frac")
for name in "isnan isinf isfinite logical_not".split():
    unary(name)
unary("deg2rad", low=-180, high=180)
unary("rad2deg")
unary("nan_to_num", special=True, smooth=False)
unary("clamp", lambda x: x.clamp(-0.5, 1.0), ints=False, args={"min": -0.5, "max": 1.0})
for name in "positive signbit".split():
    unary(name)

# ---- elementwise, two operands
INTS = (torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64)


def binary(op, function=None, low=-3.0, high=3.0, dtypes=(torch.float64,) + F16 + INTS, special=True, grad=True, second=None, tolerance=None):
    function = function or getattr(torch, op)
    low2, high2 = second or (low, high)
    kw = {"tolerance": tolerance, "grad": grad}
    case(op, function, [make((2, 3), low=low, high=high), make((2, 3), low=low2, high=high2)], **kw)
    case(op, function, [make((2, 1, 3), low=low, high=high), make((4, 1), low=low2, high=high2)], **kw)
    case(op, function, [make((), low=low, high=high), make((2, 2), low=low2, high=high2)], **kw)
    case(op, function, [make((0, 3), low=low, high=high), make((1, 3), low=low2, high=high2)], **kw)
    case(op, function, [make((3, 2), low=low, high=high), make((2, 5), low=low2, high=high2)], views=["transposed", "strided"], **kw)
    for dtype in dtypes:
        case(op, function, [make((2, 4), dtype, low, high), make((2, 4), dtype, low2, high2)], **kw)
    if special:
        a = torch.tensor(SPECIAL)
        case(op, function, [a.unsqueeze(1), a.unsqueeze(0)], tolerance=tolerance, grad=False)


for name in "add sub mul maximum minimum".split():
    binary(name)
binary("div", dtypes=(torch.float64,) + F16 + (torch.int32,), second=(0.5, 3))
binary("pow", low=0.2, high=3, dtypes=(torch.float64,), special=False)
case("pow", torch.pow, [torch.tensor(SPECIAL).unsqueeze(1), torch.tensor(SPECIAL).unsqueeze(0)], grad=False, tolerance=8)
case("pow", torch.pow, [torch.tensor([-3, -2, -1, 0, 1, 2, 3]).unsqueeze(1), torch.tensor([0, 1, 2, 3, 5, 7]).unsqueeze(0)])
binary("floor_divide", second=(1, 3), special=False, grad=False)
binary("remainder", second=(1, 3), special=False)
binary("fmod", second=(1, 3), special=False)
case("remainder", torch.remainder, [torch.tensor([-7, -3, 3, 7]).unsqueeze(1), torch.tensor([-4, -2, 2, 5]).unsqueeze(0)])
case("fmod", torch.fmod, [torch.tensor([-7, -3, 3, 7]).unsqueeze(1), torch.tensor([-4, -2, 2, 5]).unsqueeze(0)])
case("remainder", torch.remainder, [torch.tensor([-7.5, -3, 3.25, 7]).unsqueeze(1), torch.tensor([-4, -2.5, 2, math.inf]).unsqueeze(0)], grad=False)
for name in "atan2 hypot logaddexp logaddexp2 copysign".split():
    binary(name, dtypes=(torch.float64,), special=name in ("copysign",), tolerance=2)
binary("fmax", dtypes=(torch.float64,))
binary("fmin", dtypes=(torch.float64,))
binary("xlogy", low=0.2, high=3, dtypes=(torch.float64,), special=False)
binary("heaviside", dtypes=(torch.float64,), grad=False, special=False)
for name in "eq ne lt le gt ge".split():
    binary(name, dtypes=(torch.float64, torch.bfloat16, torch.bool, torch.int8, torch.int64))
for name in "logical_and logical_or logical_xor".split():
    binary(name, dtypes=(torch.bool, torch.int32), special=False)
for name in "bitwise_and bitwise_or bitwise_xor".split():
    for dtype in INTS + (torch.bool,):
        case(name, getattr(torch, name), [make((2, 4), dtype, -100, 100), make((2, 4), dtype, -100, 100)])
for name, f in {"shift_left": torch.bitwise_left_shift, "shift_right": torch.bitwise_right_shift}.items():
    for dtype in INTS:
        case(name, f, [make((2, 4), dtype, -60, 60), make((2, 4), dtype, 0, 5)])
case("bitwise_not", torch.bitwise_not, [make((2, 4), torch.int32, -100, 100)])
case("bitwise_not", torch.bitwise_not, [make((2, 4), torch.bool)])
for dtype in (torch.int32, torch.int64):
    case("gcd", torch.gcd, [make((3, 4), dtype, -40, 40), make((3, 4), dtype, -40, 40)])
    case("lcm", torch.lcm, [make((3, 4), dtype, -40, 40), make((3, 4), dtype, -40, 40)])
for dtypes in [(torch.int32, torch.float32), (torch.int64, torch.float16), (torch.uint8, torch.int8), (torch.bool, torch.int32), (torch.bool, torch.float32),
               (torch.float16, torch.bfloat16), (torch.float32, torch.float64), (torch.int8, torch.int64), (torch.uint8, torch.int16)]:
    for name in "add mul maximum".split():
        case(name, getattr(torch, name), [make((2, 3), dtypes[0]), make((2, 3), dtypes[1])], note="promotion")

# ---- three operands
for shape in [((2, 3), (2, 3), (2, 3)), ((2, 1), (3,), ()), ((0, 2), (2,), (1,))]:
    case("where", torch.where, [make(shape[0], torch.bool), make(shape[1]), make(shape[2])])
    case("addcmul", lambda a, b, c: torch.addcmul(a, b, c, value=0.5), [make(s) for s in shape], {"value": 0.5})
    case("addcdiv", lambda a, b, c: torch.addcdiv(a, b, c, value=0.5), [make(shape[0]), make(shape[1]), make(shape[2], low=0.5, high=2)], {"value": 0.5})
    case("lerp", torch.lerp, [make(shape[0]), make(shape[1]), make(shape[2], low=0, high=1)])
    case("masked_fill", lambda x, m: x.masked_fill(m, -1.5), [make((2, 3)), make((1, 3), torch.bool)], {"value": -1.5})

# ---- casts
SOURCES = torch.tensor([0.0, -0.0, 0.4, 0.5, 1.5, 2.5, -0.5, -1.5, 3.7, -3.7, 100.0, -100.0, 65504.0, 1e-6])
for to in NAMES:
    for dtype in (torch.float64, torch.float32) + F16:
        source = SOURCES if to.is_floating_point or to == torch.bool else SOURCES[:12] if to not in (torch.uint8,) else SOURCES.abs()[:12]
        case("cast", lambda x: x.to(to), [source.to(dtype)], {"dtype": NAMES[to]}, grad=to.is_floating_point)
    for dtype in INTS + (torch.bool,):
        case("cast", lambda x: x.to(to), [make((7,), dtype, -120, 120)], {"dtype": NAMES[to]})
case("cast", lambda x: x.to(torch.float16), [torch.tensor([65519.0, 65520.0, 1e9, -1e9, math.nan, math.inf, 2.0**-24, 2.0**-25, 2.0**-25 * 1.0001])], {"dtype": "float16"}, grad=False)
case("cast", lambda x: x.to(torch.bfloat16), [torch.tensor([1.00390625, 1.01171875, 3.4e38, -3.4e38, math.nan, -math.inf, 1e-40])], {"dtype": "bfloat16"}, grad=False)

# ---- reductions
def reductions(op, function, dtypes=(torch.float64, torch.bfloat16), ints=(torch.int32,), empty=True, nan=True, special_axes=(None, 0, -1, [0, 2]), grad=True, tolerance=None, **extra):
    for axis in special_axes:
        for keep in (False, True):
            if axis is None and keep:
                continue
            call = (lambda x: function(x)) if axis is None else (lambda x: function(x, axis, keep))
            args = {**({} if axis is None else {"axis": axis, "keep": keep}), **extra}
            case(op, call, [make((2, 3, 4))], args, grad=grad, tolerance=tolerance)
    plain = {"axis": -1, "keep": False, **extra}
    last = lambda x: function(x, -1, False)
    for dtype in dtypes + ints:
        case(op, last, [make((3, 5), dtype)], plain, grad=grad, tolerance=tolerance)
    case(op, last, [make((4, 3))], plain, views=["transposed"], grad=grad, tolerance=tolerance)
    case(op, last, [make((0, 3))], plain, grad=grad, tolerance=tolerance)
    if empty:
        case(op, last, [make((3, 0))], plain, grad=grad, tolerance=tolerance)
    if nan:
        case(op, last, [torch.tensor([[1.0, math.nan, 2.0], [math.inf, 1.0, -math.inf], [math.inf, math.inf, 1.0]])], plain, grad=False, tolerance=tolerance)


reductions("sum", lambda x, d=None, k=False: x.sum() if d is None else x.sum(d, k), ints=(torch.int32, torch.uint8, torch.bool))
reductions("mean", lambda x, d=None, k=False: x.mean() if d is None else x.mean(d, k), ints=())
reductions("prod", lambda x, d=None, k=False: x.prod() if d is None else x.prod(d, k), special_axes=(None, 0, 1, -1))
reductions("amax", lambda x, d=None, k=False: x.amax() if d is None else x.amax(d, k), empty=False, ints=(torch.int32, torch.uint8, torch.bool))
reductions("amin", lambda x, d=None, k=False: x.amin() if d is None else x.amin(d, k), empty=False, ints=(torch.int32, torch.uint8, torch.bool))
reductions("all", lambda x, d=None, k=False: x.all() if d is None else x.all(d, k), special_axes=(None, 0, 1, -1), ints=(torch.bool, torch.int32), grad=False)
reductions("any", lambda x, d=None, k=False: x.any() if d is None else x.any(d, k), special_axes=(None, 0, 1, -1), ints=(torch.bool, torch.int32), grad=False)
reductions("var", lambda x, d=None, k=False: x.var() if d is None else x.var(d, unbiased=True, keepdim=k), ints=(), empty=False)
reductions("std", lambda x, d=None, k=False: x.std() if d is None else x.std(d, unbiased=True, keepdim=k), ints=(), empty=False)
reductions("logsumexp", lambda x, d=None, k=False: x.logsumexp(d, k), special_axes=(0, -1, [0, 2]), ints=())
reductions("argmax", lambda x, d=None, k=False: x.argmax() if d is None else x.argmax(d, k), special_axes=(None, 0, -1), empty=False, grad=False, ints=(torch.int32, torch.uint8))
reductions("argmin", lambda x, d=None, k=False: x.argmin() if d is None else x.argmin(d, k), special_axes=(None, 0, -1), empty=False, grad=False, ints=(torch.int32, torch.uint8))
reductions("norm1", lambda x, d=None, k=False: torch.linalg.vector_norm(x, 1, d, k), ints=())
reductions("norm2", lambda x, d=None, k=False: torch.linalg.vector_norm(x, 2, d, k), ints=())
reductions("norm3", lambda x, d=None, k=False: torch.linalg.vector_norm(x, 3, d, k), ints=(), nan=False)
reductions("norminf", lambda x, d=None, k=False: torch.linalg.vector_norm(x, math.inf, d, k), ints=(), empty=False)
reductions("nansum", lambda x, d=None, k=False: x.nansum() if d is None else x.nansum(d, k), ints=(), tolerance=4)
reductions("nanmean", lambda x, d=None, k=False: x.nanmean() if d is None else x.nanmean(d, k), ints=())
reductions("count_nonzero", lambda x, d=None, k=False: torch.count_nonzero(x, d), special_axes=(None, 0, -1), grad=False, dtypes=(torch.float64,), ints=(torch.int32, torch.bool))
reductions("median", lambda x, d=None, k=False: x.median(d, k).values, special_axes=(0, -1), ints=(torch.int32,), dtypes=(torch.float64,), empty=False)
for q in (0.0, 0.25, 0.5, 0.9, 1.0):
    for mode in "linear lower higher nearest midpoint".split():
        case("quantile", lambda x: torch.quantile(x, q, dim=-1, interpolation=mode), [make((3, 6))], {"q": q, "mode": mode})

# ---- scans and sorting
for op, f in {"cumsum": torch.cumsum, "cumprod": torch.cumprod, "logcumsumexp": torch.logcumsumexp}.items():
    for axis in (0, 1, -1):
        case(op, lambda x: f(x, axis), [make((3, 4, 2))], {"axis": axis})
    case(op, lambda x: f(x, 0), [make((6,), torch.float64)], {"axis": 0})
    if op != "logcumsumexp":
        case(op, lambda x: f(x, 0), [make((6,), torch.int32)], {"axis": 0})
    case(op, lambda x: f(x, 0), [make((0, 2))], {"axis": 0})
    case(op, lambda x: f(x, 0), [make((1,))], {"axis": 0})
    case(op, lambda x: f(x, 0), [make((200,), low=0.9, high=1.1)], {"axis": 0}, tolerance=4)
for op, f in {"cummax": torch.cummax, "cummin": torch.cummin}.items():
    for axis in (0, -1):
        case(op, lambda x: f(x, axis)[0], [make((3, 5))], {"axis": axis})
    case(op, lambda x: f(x, 0)[0], [make((7,), torch.int32)], {"axis": 0})
for descending in (False, True):
    for axis in (0, -1):
        case("sort", lambda x: torch.sort(x, dim=axis, descending=descending, stable=True), [make((4, 5))], {"axis": axis, "descending": descending})
        case("argsort", lambda x: torch.sort(x, dim=axis, descending=descending, stable=True)[1], [make((4, 5), torch.int32)], {"axis": axis, "descending": descending})
    for t in (torch.tensor([3.0, math.nan, 1.0, -math.inf, math.nan, math.inf, 0.0, -0.0]), make((9,), torch.float64), make((16,), torch.uint8, 0, 5), make((0,)), make((1,)), make((33,))):
        case("sort", lambda x: torch.sort(x, dim=0, descending=descending, stable=True), [t], {"axis": 0, "descending": descending})
for k in (1, 2, 4):
    for largest in (False, True):
        case("topk", lambda x: torch.topk(x, k, -1, largest), [torch.from_numpy(RNG.permutation(20).reshape(4, 5).astype(np.float32))], {"k": k, "axis": -1, "largest": largest})
        case("kthvalue", lambda x: torch.kthvalue(x, k, -1)[0], [make((3, 6))], {"k": k})
case("bincount", lambda x: torch.bincount(x, minlength=8), [make((12,), torch.int64, 0, 6)], {"length": 8})
case("histc", lambda x: torch.histc(x, 6, -2, 2), [make((40,))], {"bins": 6, "min": -2, "max": 2}, grad=False)
for right in (False, True):
    case("searchsorted", lambda s, v: torch.searchsorted(s, v, right=right), [torch.tensor([1.0, 3.0, 3.0, 5.0, 9.0]), torch.tensor([0.0, 1.0, 3.0, 4.0, 9.0, 10.0])], {"right": right}, grad=False)
case("unique", lambda x: torch.unique(x, return_inverse=True, return_counts=True), [make((20,), torch.int32, -4, 4)])
case("unique_consecutive", lambda x: torch.unique_consecutive(x), [torch.tensor([1, 1, 2, 2, 2, 1, 3, 3])])
case("nonzero", torch.nonzero, [make((3, 4), torch.bool)])
case("nonzero", torch.nonzero, [make((3, 4), torch.int32, -1, 1)])
case("masked_select", torch.masked_select, [make((3, 4)), make((3, 4), torch.bool)])
case("masked_select", torch.masked_select, [make((3, 4)), make((1, 4), torch.bool)])

# ---- movement
def move(op, function, shape, args=None, dtypes=(torch.float32, torch.int32, torch.bool)):
    for dtype in dtypes:
        case(op, function, [make(shape, dtype)], args)


for shape, to in [((2, 3, 4), [6, 4]), ((2, 3, 4), [-1]), ((0, 3), [3, 0]), ((), [1, 1]), ((4, 6), [2, 2, 3, 2])]:
    move("reshape", lambda x: x.reshape(to), shape, {"shape": to})
    case("reshape", lambda x: x.reshape(to), [make(shape, torch.float64)], {"shape": to})
case("reshape", lambda x: x.reshape(12), [make((3, 4))], {"shape": [12]}, views=["transposed"])
case("reshape", lambda x: x.reshape(24), [make((3, 4))], {"shape": [24]}, views=["expanded"])
for order in ([1, 0, 2], [2, 0, 1], [0, 1, 2]):
    move("permute", lambda x: x.permute(order), (2, 3, 4), {"axes": order})
for shape, to in [((3, 1), [3, 4]), ((1,), [2, 3, 5]), ((2, 1, 3), [2, 4, 3]), ((1, 0), [2, 0])]:
    move("expand", lambda x: x.expand(to), shape, {"shape": to})
for axes in ([0], [1], [0, 1], [-1]):
    move("flip", lambda x: x.flip(axes), (3, 4), {"axes": axes})
for shifts, axes in [([1], [0]), ([-2], [1]), ([1, 2], [0, 1]), ([5], [0])]:
    move("roll", lambda x: torch.roll(x, shifts, axes), (3, 4), {"shifts": shifts, "axes": axes})
for k in (-1, 0, 1, 2):
    move("tril", lambda x: torch.tril(x, k), (3, 4), {"k": k}, (torch.float32, torch.int32))
    move("triu", lambda x: torch.triu(x, k), (2, 4, 3), {"k": k}, (torch.float32, torch.int32))
    move("diagonal", lambda x: torch.diagonal(x, k), (3, 4), {"k": k})
    move("diag_embed", lambda x: torch.diag_embed(x, k), (2, 3), {"k": k})
    move("rot90", lambda x: torch.rot90(x, k), (2, 3), {"k": k})
for repeats in ([2, 1], [1, 3], [2, 2, 2]):
    move("repeat", lambda x: x.repeat(repeats), (2, 3), {"repeats": repeats})
for n, axis in [(2, 0), (3, 1), (2, None)]:
    move("repeat_interleave", lambda x: torch.repeat_interleave(x, n, axis), (2, 3), {"n": n, "axis": axis})
for size, step in [(2, 1), (3, 2), (2, 3)]:
    move("unfold", lambda x: x.unfold(1, size, step), (2, 7), {"axis": 1, "size": size, "step": step})
for pads in ([1, 2], [0, 1, 2, 0], [-1, 1], [1, 1, 1, 1]):
    move("pad_constant", lambda x: F.pad(x, pads, value=1), (3, 4), {"pads": pads, "value": 1}, (torch.float32, torch.int32))
for mode in "reflect replicate circular".split():
    for pads in ([1, 2], [2, 1]):
        case("pad_" + mode, lambda x: F.pad(x, pads, mode=mode), [make((2, 3, 5))], {"pads": pads, "mode": mode})
    case("pad_" + mode, lambda x: F.pad(x, [1, 2, 2, 1], mode=mode), [make((1, 2, 4, 5))], {"pads": [1, 2, 2, 1], "mode": mode})
for axis in (0, 1, -1):
    case("cat", lambda *x: torch.cat(x, axis), [make((2, 3)), make((2, 3)), make((2, 3))], {"axis": axis})
    case("stack", lambda *x: torch.stack(x, axis), [make((2, 3)), make((2, 3))], {"axis": axis})
case("cat", lambda *x: torch.cat(x, 0), [make((0, 3)), make((2, 3)), make((1, 3))], {"axis": 0})
case("cat", lambda *x: torch.cat(x, 0), [make((2,), torch.int32), make((3,), torch.float32)], {"axis": 0}, note="promotion")
for begin, end, step in [(0, None, 2), (1, 4, 1), (-3, None, 1), (None, -1, 2), (2, 2, 1)]:
    s = slice(begin, end, step)
    move("slice", lambda x: x[:, s], (2, 6), {"begin": begin, "end": end, "step": step})
for axis, i in [(0, 1), (1, -1)]:
    move("select", lambda x: x.select(axis, i), (3, 4), {"axis": axis, "index": i})
case("meshgrid", lambda a, b: torch.meshgrid(a, b, indexing="ij"), [make((2,)), make((3,))])
case("movedim", lambda x: torch.movedim(x, 0, 2), [make((2, 3, 4))], {"from": 0, "to": 2})
case("trace", torch.trace, [make((3, 4))])
case("kron", torch.kron, [make((2, 2)), make((1, 3))])
case("outer", torch.outer, [make((3,)), make((4,))])
case("cross", lambda a, b: torch.cross(a, b, dim=-1), [make((2, 3)), make((2, 3))])
case("diff", lambda x: torch.diff(x), [make((3, 5))])
case("vander", lambda x: torch.vander(x, 4), [make((3,))], {"n": 4}, grad=False)
case("cov", torch.cov, [make((3, 6))], tolerance=4)
case("corrcoef", torch.corrcoef, [make((3, 6))], tolerance=4)

# ---- picking and scattering
for axis in (0, 1):
    i = torch.from_numpy(RNG.integers(0, 3, size=(3, 3)))
    case("gather", lambda x, i: torch.gather(x, axis, i), [make((3, 4)), i], {"axis": axis})
    case("index_select", lambda x, i: torch.index_select(x, axis, i), [make((3, 4)), torch.tensor([2, 0, 0, 1])], {"axis": axis})
    case("scatter", lambda x, i, s: torch.scatter(x, axis, i, s), [make((3, 4)), torch.tensor([[0, 1, 2], [1, 2, 0], [2, 0, 1]]), make((3, 3))], {"axis": axis})
    case("scatter_add", lambda x, i, s: torch.scatter_add(x, axis, i, s), [make((3, 4)), i, make((3, 3))], {"axis": axis})
    case("index_add", lambda x, i, s: torch.index_add(x, axis, i, s), [make((3, 3)), torch.tensor([2, 0, 2]), make((3, 3))], {"axis": axis})
    for reduce in "sum prod mean amax amin".split():
        for include in (True, False):
            case("scatter_reduce", lambda x, i, s: torch.scatter_reduce(x, axis, i, s, reduce, include_self=include), [make((3, 4)), i, make((3, 3))],
                 {"axis": axis, "reduce": reduce, "include": include}, grad=reduce in ("sum", "mean"))
case("take", torch.take, [make((3, 4)), torch.tensor([[0, 11], [5, -1]])])
case("embedding", lambda i, w: F.embedding(i, w), [torch.tensor([[1, 4], [0, 1]]), make((5, 3))])
case("one_hot", lambda i: F.one_hot(i, 5), [torch.tensor([[1, 4], [0, 3]])], {"classes": 5})
case("index_two", lambda x, i, j: x[i, j], [make((3, 4, 2)), torch.tensor([0, 2, 1]), torch.tensor([3, 3, 0])])
case("index_apart", lambda x, i, j: x[i, :, j], [make((3, 4, 2)), torch.tensor([0, 2, 1]), torch.tensor([1, 1, 0])])
case("index_mask", lambda x, m: x[m], [make((3, 4)), torch.tensor([True, False, True])])

# ---- products
for a, b in [((3, 4), (4, 5)), ((4,), (4,)), ((3, 4), (4,)), ((4,), (4, 5)), ((2, 3, 4), (4, 5)), ((2, 3, 4), (2, 4, 5)), ((2, 1, 3, 4), (5, 4, 2)), ((0, 4), (4, 2)), ((3, 0), (0, 2)), ((1, 1), (1, 1)), ((17, 33), (33, 9))]:
    for dtype in (torch.float32, torch.float64, torch.bfloat16, torch.int32):
        case("matmul", torch.matmul, [make(a, dtype), make(b, dtype)], tolerance=4)
case("matmul", torch.matmul, [make((4, 3)), make((5, 4))], views=["transposed", "transposed"])
for text, shapes in {"ij,jk->ik": [(2, 3), (3, 4)], "bij,bjk->bik": [(2, 2, 3), (2, 3, 4)], "ii->i": [(3, 3)], "ii": [(3, 3)], "ij->": [(2, 3)], "ij->ji": [(2, 3)], "i,j->ij": [(2,), (3,)],
                     "...ij,...jk->...ik": [(2, 3, 2, 3), (3, 3, 2)], "bhid,bhjd->bhij": [(1, 2, 3, 4), (1, 2, 5, 4)], "ij,jk,kl->il": [(2, 3), (3, 4), (4, 2)], "ij,jk": [(2, 3), (3, 4)], "b...->...": [(2, 3, 2)]}.items():
    case("einsum", lambda *x: torch.einsum(text, *x), [make(s) for s in shapes], {"equation": text}, tolerance=2)
case("tensordot", lambda a, b: torch.tensordot(a, b, 2), [make((2, 3, 4)), make((3, 4, 5))], {"n": 2}, tolerance=2)
case("linear", F.linear, [make((2, 3, 4)), make((5, 4)), make((5,))])
case("bilinear", F.bilinear, [make((2, 3)), make((2, 4)), make((5, 3, 4)), make((5,))], tolerance=2)
case("cdist", torch.cdist, [make((3, 4)), make((5, 4))], tolerance=8)
case("cosine_similarity", F.cosine_similarity, [make((3, 4)), make((3, 4))])

# ---- windows
for stride in (1, 2):
    for padding in (0, 1):
        for dilation in (1, 2):
            for groups in (1, 2):
                args = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
                case("conv2d", lambda x, w, b: F.conv2d(x, w, b, **args), [make((2, 4, 6, 5)), make((4, 4 // groups, 2, 3)), make((4,))], args, tolerance=4)
                case("conv1d", lambda x, w, b: F.conv1d(x, w, b, **args), [make((2, 4, 8)), make((6, 4 // groups, 3)), make((6,))], args, tolerance=4)
                extra = {**args, "output_padding": stride - 1}
                case("conv_transpose2d", lambda x, w, b: F.conv_transpose2d(x, w, b, **extra), [make((1, 4, 3, 4)), make((4, 2, 2, 3)), make((2 * groups,))], extra, tolerance=4)
    case("conv3d", lambda x, w: F.conv3d(x, w, None, stride, 1), [make((1, 2, 4, 3, 4)), make((3, 2, 2, 2, 2))], {"stride": stride, "padding": 1, "dilation": 1, "groups": 1}, tolerance=4)
    case("conv_transpose1d", lambda x, w: F.conv_transpose1d(x, w, None, stride, 1), [make((1, 2, 4)), make((2, 3, 3))], {"stride": stride, "padding": 1, "dilation": 1, "groups": 1, "output_padding": 0}, tolerance=4)
    case("conv_transpose3d", lambda x, w: F.conv_transpose3d(x, w, None, stride), [make((1, 2, 2, 3, 2)), make((2, 2, 2, 2, 2))], {"stride": stride, "padding": 0, "dilation": 1, "groups": 1, "output_padding": 0}, tolerance=4)
for kernel, stride, padding in [(2, 2, 0), (3, 1, 1), (3, 2, 1), (2, 1, 0)]:
    for ceil in (False, True):
        args = {"kernel": kernel, "stride": stride, "padding": padding, "ceil": ceil}
        for n, shape in {"1d": (2, 3, 7), "2d": (1, 2, 6, 5), "3d": (1, 1, 4, 5, 4)}.items():
            case("max_pool" + n, lambda x: getattr(F, "max_pool" + n)(x, kernel, stride, padding, 1, ceil), [make(shape)], args)
            for include in (True, False):
                case("avg_pool" + n, lambda x: getattr(F, "avg_pool" + n)(x, kernel, stride, padding, ceil, include), [make(shape)], {**args, "include": include})
for size in (1, 2, 3, 5):
    case("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, size), [make((1, 2, 7, 5))], {"size": size})
    case("adaptive_max_pool2d", lambda x: F.adaptive_max_pool2d(x, size), [make((1, 2, 7, 5))], {"size": size})
for p in (1, 2):
    case("lp_pool2d", lambda x: F.lp_pool2d(x, p, 2), [make((1, 2, 4, 6), low=0.1)], {"p": p, "kernel": 2})
for mode in "nearest bilinear bicubic area nearest-exact".split():
    for size in ([3, 4], [8, 9]):
        for corners in ((False, True) if mode in ("bilinear", "bicubic") else (None,)):
            case("interpolate", lambda x: F.interpolate(x, size, mode=mode, align_corners=corners), [make((1, 2, 5, 6))], {"size": size, "mode": mode, "corners": corners}, tolerance=12)
case("interpolate", lambda x: F.interpolate(x, [7], mode="linear"), [make((1, 2, 4))], {"size": [7], "mode": "linear", "corners": False})
case("interpolate", lambda x: F.interpolate(x, [3, 4, 5], mode="trilinear"), [make((1, 1, 2, 3, 4))], {"size": [3, 4, 5], "mode": "trilinear", "corners": False})
for mode in "bilinear nearest bicubic".split():
    for pad in "zeros border reflection".split():
        for corners in (False, True):
            case("grid_sample", lambda x, g: F.grid_sample(x, g.detach() if mode == "nearest" else g, mode, pad, corners), [make((1, 2, 4, 5)), make((1, 3, 2, 2), low=-1.2, high=1.2)], {"mode": mode, "padding": pad, "corners": corners}, tolerance=8)
case("affine_grid", lambda t: F.affine_grid(t, [1, 1, 3, 4], False), [make((1, 2, 3))], {"size": [1, 1, 3, 4], "corners": False})
for kernel, stride, padding, dilation in [(2, 1, 0, 1), (3, 2, 1, 1), (2, 1, 1, 2)]:
    args = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    x = make((1, 2, 5, 6))
    case("unfold2d", lambda x: F.unfold(x, kernel, dilation, padding, stride), [x], args)
    case("fold2d", lambda x: F.fold(x, [5, 6], kernel, dilation, padding, stride), [make(tuple(F.unfold(x, kernel, dilation, padding, stride).shape))], {**args, "size": [5, 6]})
case("pixel_shuffle", lambda x: F.pixel_shuffle(x, 2), [make((1, 8, 2, 3))], {"factor": 2})
case("pixel_unshuffle", lambda x: F.pixel_unshuffle(x, 2), [make((1, 2, 4, 6))], {"factor": 2})

# ---- norms, softmax, attention, losses
for axis in (0, 1, -1):
    for op, f in {"softmax": torch.softmax, "log_softmax": torch.log_softmax}.items():
        for dtype in (torch.float32, torch.float64, torch.bfloat16):
            case(op, lambda x: f(x, axis), [make((3, 4, 2), dtype)], {"axis": axis}, grad=dtype != torch.bfloat16, tolerance=2)
case("softmax", lambda x: torch.softmax(x, -1), [torch.tensor([[1.0, -math.inf, 2.0], [1e4, 1e4, -1e4], [math.nan, 0, 1]])], {"axis": -1}, grad=False)
case("softmax", lambda x: torch.softmax(x, -1), [make((0, 3))], {"axis": -1})
case("layer_norm", lambda x, w, b: F.layer_norm(x, [4], w, b), [make((3, 4)), make((4,)), make((4,))], {"axes": 1}, tolerance=8)
case("layer_norm", lambda x, w, b: F.layer_norm(x, [3, 4], w, b), [make((2, 3, 4)), make((3, 4)), make((3, 4))], {"axes": 2}, tolerance=8)
for groups in (1, 2, 4):
    case("group_norm", lambda x, w, b: F.group_norm(x, groups, w, b), [make((2, 4, 3, 2)), make((4,)), make((4,))], {"groups": groups}, tolerance=8)
case("instance_norm", lambda x, w, b: F.instance_norm(x, weight=w, bias=b), [make((2, 3, 4, 5)), make((3,)), make((3,))], tolerance=8)
case("batch_norm", lambda x, m, v, w, b: F.batch_norm(x, m.detach(), v.detach(), w, b), [make((2, 3, 4)), make((3,)), make((3,), low=0.5, high=2), make((3,)), make((3,))], tolerance=4)
case("normalize", lambda x: F.normalize(x, dim=1), [make((3, 4))], {"axis": 1})
case("local_response_norm", lambda x: F.local_response_norm(x, 3), [make((1, 5, 3, 2))], {"size": 3})
for causal in (False, True):
    q = [make((1, 2, 4, 8)) for _ in range(3)]
    mask = torch.ones(4, 4).tril() if causal else torch.ones(4, 4)
    case("attention", lambda q, k, v: torch.softmax((q @ k.transpose(-1, -2) / math.sqrt(8)).masked_fill(mask == 0, -math.inf), -1) @ v, q, {"causal": causal}, tolerance=4)
for reduction in "none mean sum".split():
    r = {"reduction": reduction}
    for op, f in {"mse_loss": F.mse_loss, "l1_loss": F.l1_loss, "smooth_l1_loss": F.smooth_l1_loss, "huber_loss": F.huber_loss}.items():
        case(op, lambda a, b: f(a, b, reduction=reduction), [make((3, 4)), make((3, 4))], r)
    case("cross_entropy", lambda x, t: F.cross_entropy(x, t, reduction=reduction), [make((4, 5)), torch.tensor([0, 4, 2, 2])], {**r, "smoothing": 0.0})
    case("cross_entropy", lambda x, t: F.cross_entropy(x, t, reduction=reduction, label_smoothing=0.1), [make((4, 5)), torch.tensor([0, 4, 2, 2])], {**r, "smoothing": 0.1})
    case("nll_loss", lambda x, t: F.nll_loss(x, t, reduction=reduction), [make((4, 5)), torch.tensor([0, 4, 2, 2])], r)
    case("bce", lambda x, t: F.binary_cross_entropy(x, t, reduction=reduction), [make((3, 4), low=0.1, high=0.9), make((3, 4), low=0, high=1)], r, tolerance=4)
    case("bce_logits", lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction=reduction), [make((3, 4)), make((3, 4), low=0, high=1)], r, tolerance=4)
    case("kl_div", lambda x, t: F.kl_div(x, t, reduction=reduction), [make((3, 4), low=-3, high=-0.1), make((3, 4), low=0.1, high=1)], r)

# ---- linear algebra
def spd(n, dtype=torch.float64):
    a = make((n, n), dtype)
    return a @ a.T + n * torch.eye(n, dtype=dtype)


for dtype, tolerance in ((torch.float64, 100), (torch.float32, 100)):
    a = spd(4, dtype)
    case("cholesky", torch.linalg.cholesky, [a], grad=False, tolerance=tolerance)
    case("inverse", torch.linalg.inv, [a], tolerance=tolerance)
    case("inverse", torch.linalg.inv, [torch.stack([spd(3, dtype), spd(3, dtype)])], tolerance=tolerance)
    case("det", torch.linalg.det, [make((3, 3), dtype)], tolerance=tolerance)
    case("solve", torch.linalg.solve, [a, make((4, 2), dtype)], tolerance=tolerance)
    case("slogdet", lambda x: torch.linalg.slogdet(x)[1], [a], tolerance=tolerance)
    case("svdvals", torch.linalg.svdvals, [make((4, 3), dtype)], grad=False, tolerance=tolerance)
    case("eigvalsh", torch.linalg.eigvalsh, [a], grad=False, tolerance=tolerance)
    case("matrix_power", lambda x: torch.linalg.matrix_power(x, 3), [make((3, 3), dtype)], {"n": 3}, tolerance=tolerance)
    case("pinverse", torch.linalg.pinv, [make((4, 3), dtype)], grad=False, tolerance=tolerance)
    case("triangular_solve", lambda a, b: torch.linalg.solve_triangular(a.tril(), b, upper=False), [a, make((4, 2), dtype)], tolerance=tolerance)

# ---- higher order
for op, f in {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "exp": torch.exp, "sin": torch.sin, "softmax": lambda x: torch.softmax(x, -1), "square": torch.square, "log": lambda x: torch.log(x.square() + 1)}.items():
    def second(x):
        g, = torch.autograd.grad((f(x) * weights(x).to(x.dtype)).sum(), x, create_graph=True)
        return g
    x = make((2, 3), torch.float64)
    case("second_" + op, second, [x])

with zipfile.ZipFile("Data/golden.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
    for name, data in (("cases.json", ("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in CASES) + "\n]\n").encode()), ("data.bin", bytes(BLOBS))):
        z.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 9)
print(len(CASES), "cases,", len(BLOBS), "bytes of numbers")
