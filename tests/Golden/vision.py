#!/usr/bin/python3
"""Writes vision.json: what PyTorch (1.13 here) makes of the inputs of VisionGoldenTests.cs, forward and backward.

Inputs are a sequence of a linear congruential generator, which the tests repeat: input i has seed i + 1, the weights of the
gradients have seed 100 + output. All is computed in float64."""
import json, math, os, torch
import torch.nn.functional as F

cases = []


def numbers(seed, shape):
    values, s = [], seed
    for _ in range(math.prod(shape)):
        s = (s * 1103515245 + 12345) & 0x7FFFFFFF
        values.append(s / 2**31 * 4 - 2)
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def case(name, function, *shapes):
    inputs = [numbers(i + 1, s).requires_grad_() for i, s in enumerate(shapes)]
    outputs = function(*inputs)
    outputs = list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]
    loss = sum((y * numbers(100 + i, y.shape)).sum() for i, y in enumerate(outputs) if y.requires_grad)
    gradients = torch.autograd.grad(loss, inputs)
    flat = lambda t: [float(f"{v:.9g}") for v in t.detach().double().flatten().tolist()]
    cases.append({
        "name": name, "inputs": [list(s) for s in shapes],
        "outputs": [{"shape": list(y.shape), "values": flat(y)} for y in outputs],
        "gradients": [flat(g) for g in gradients]})


case("conv1d", lambda x, w, b: F.conv1d(x, w, b, stride=2, padding=1, dilation=2), (2, 2, 9), (3, 2, 2), (3,))
case("conv1d same", lambda x, w: F.conv1d(x, w, padding="same"), (1, 2, 6), (2, 2, 4))
case("conv1d without batch", lambda x, w: F.conv1d(x, w, groups=2), (2, 5), (4, 1, 3))
case("conv2d", lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2), (2, 4, 5, 6), (6, 2, 3, 2), (6,))
case("conv2d sides", lambda x, w: F.conv2d(F.pad(x, (0, 2, 1, 0)), w, stride=2), (1, 1, 4, 5), (2, 1, 2, 3))
case("conv3d", lambda x, w, b: F.conv3d(x, w, b, stride=(1, 2, 1), padding=(0, 1, 1), dilation=(2, 1, 1)), (1, 2, 4, 5, 3), (2, 2, 2, 3, 2), (2,))
case("conv4d", lambda x, w: sum(F.conv3d(x[:, :, i:i + 2].flatten(1, 2), w.flatten(1, 2)).unsqueeze(2) * t for i in range(2) for t in [torch.eye(2, dtype=x.dtype)[i].reshape(1, 1, 2, 1, 1, 1)]), (1, 1, 3, 2, 3, 2), (2, 1, 2, 2, 2, 1))
case("conv_transpose1d", lambda x, w, b: F.conv_transpose1d(x, w, b, stride=3, padding=1, output_padding=2, dilation=2), (2, 2, 4), (2, 3, 3), (3,))
case("conv_transpose2d", lambda x, w, b: F.conv_transpose2d(x, w, b, stride=(2, 1), padding=(1, 0), output_padding=(1, 0), groups=2), (1, 4, 3, 4), (4, 2, 3, 2), (4,))
case("conv_transpose2d without batch", lambda x, w: F.conv_transpose2d(x, w, padding=1), (2, 3, 3), (2, 2, 3, 3))
case("conv_transpose3d", lambda x, w: F.conv_transpose3d(x, w, stride=(1, 2, 2), dilation=(1, 1, 2)), (1, 2, 2, 3, 2), (2, 1, 2, 2, 2))

case("max_pool1d", lambda x: F.max_pool1d(x, 3, 2, 1, 1), (2, 2, 7))
case("max_pool2d ceil", lambda x: F.max_pool2d(x, (2, 3), (2, 2), (1, 1), 1, ceil_mode=True, return_indices=True), (1, 2, 5, 6))
case("max_pool2d dilated", lambda x: F.max_pool2d(x, 2, 1, 0, 2, return_indices=True), (1, 1, 5, 4))
case("max_pool3d", lambda x: F.max_pool3d(x, 2, (1, 2, 1), 1, return_indices=True), (1, 1, 3, 4, 3))
case("max_unpool2d", lambda x: F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2, output_size=(5, 5)), (1, 2, 5, 5))
case("avg_pool1d", lambda x: F.avg_pool1d(x, 3, 2, 1), (1, 2, 7))
case("avg_pool2d ceil", lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True), (1, 1, 6, 5))
case("avg_pool2d ceil, input alone", lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False), (1, 1, 6, 5))
case("avg_pool2d divisor", lambda x: F.avg_pool2d(x, (2, 3), (1, 2), (1, 0), divisor_override=5), (1, 1, 4, 5))
case("avg_pool3d", lambda x: F.avg_pool3d(x, (1, 2, 3), (1, 1, 2), (0, 1, 1), count_include_pad=False), (1, 1, 2, 3, 5))
case("lp_pool1d", lambda x: F.lp_pool1d(x.abs(), 3.0, 3, 2), (1, 2, 7))
case("lp_pool2d", lambda x: F.lp_pool2d(x, 2.0, 2, 1, ceil_mode=True), (1, 1, 3, 4))
case("adaptive_avg_pool1d", lambda x: F.adaptive_avg_pool1d(x, 4), (1, 2, 7))
case("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, (3, 2)), (1, 2, 5, 4))
case("adaptive_avg_pool2d keep", lambda x: F.adaptive_avg_pool2d(x, (None, 5)), (1, 1, 2, 3))
case("adaptive_avg_pool3d", lambda x: F.adaptive_avg_pool3d(x, (1, 2, 2)), (1, 1, 2, 3, 4))
case("adaptive_max_pool1d", lambda x: F.adaptive_max_pool1d(x, 3, return_indices=True), (1, 2, 8))
case("adaptive_max_pool2d", lambda x: F.adaptive_max_pool2d(x, (2, 3), return_indices=True), (1, 2, 5, 6))
case("adaptive_max_pool3d", lambda x: F.adaptive_max_pool3d(x, (1, 2, 2)), (1, 1, 2, 3, 4))

case("unfold", lambda x: F.unfold(x, (2, 3), dilation=(2, 1), padding=(1, 0), stride=(1, 2)), (2, 2, 4, 5))
case("fold", lambda x: F.fold(x, (4, 5), (2, 3), dilation=(2, 1), padding=(1, 0), stride=(1, 2)), (2, 12, 8))
case("fold apart", lambda x: F.fold(x, (5, 6), 2, stride=(3, 2)), (1, 4, 6))

for mode, shape, size in [("linear", (1, 2, 5), 8), ("linear", (1, 2, 7), 3), ("bilinear", (1, 1, 3, 4), (5, 2)), ("bicubic", (1, 1, 4, 5), (7, 3)), ("trilinear", (1, 1, 2, 3, 2), (3, 2, 5))]:
    for align in [False, True]:
        case(f"interpolate {mode} {shape} to {size}{', corners' if align else ''}", lambda x: F.interpolate(x, size, mode=mode, align_corners=align), shape)
for mode in ["bilinear", "bicubic"]:
    for align in [False, True]:
        case(f"interpolate {mode} smoothed{', corners' if align else ''}", lambda x: F.interpolate(x, (3, 9), mode=mode, antialias=True, align_corners=align), (1, 1, 8, 5))
case("interpolate nearest", lambda x: F.interpolate(x, (3, 7), mode="nearest"), (1, 2, 5, 4))
case("interpolate nearest by scale", lambda x: F.interpolate(x, scale_factor=(2.3, 0.6), mode="nearest"), (1, 1, 4, 6))
case("interpolate nearest-exact", lambda x: F.interpolate(x, (3, 7), mode="nearest-exact"), (1, 2, 5, 4))
case("interpolate area", lambda x: F.interpolate(x, (3, 7), mode="area"), (1, 1, 5, 4))
case("interpolate bilinear by scale", lambda x: F.interpolate(x, scale_factor=1.7, mode="bilinear"), (1, 1, 3, 4))
case("interpolate bilinear by scale, recomputed", lambda x: F.interpolate(x, scale_factor=1.7, mode="bilinear", recompute_scale_factor=True), (1, 1, 3, 4))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "vision.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
