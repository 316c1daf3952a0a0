#!/usr/bin/python3
"""Writes vision.json: what PyTorch (1.13 here) makes of the inputs of VisionGoldenTests.cs, forward and backward."""
import math, torch
import torch.nn.functional as F
from golden import case, write

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

for mode in ["bilinear", "nearest", "bicubic"]:
    for padding in ["zeros", "border", "reflection"]:
        for align in [False, True]:
            case(f"grid_sample {mode} {padding}{', corners' if align else ''}", lambda x, g: F.grid_sample(x, g * 0.9, mode, padding, align), (1, 2, 4, 3), (1, 2, 5, 2))
case("grid_sample 3d", lambda x, g: F.grid_sample(x, g * 0.7, align_corners=False), (2, 1, 2, 3, 4), (2, 1, 2, 3, 3))
case("grid_sample 3d reflected", lambda x, g: F.grid_sample(x, g, "nearest", "reflection", True), (1, 2, 2, 3, 4), (1, 1, 2, 3, 3))
case("affine_grid", lambda t: F.affine_grid(t, (2, 1, 2, 3), align_corners=False), (2, 2, 3))
case("affine_grid 3d, corners", lambda t: F.affine_grid(t, (1, 1, 2, 1, 3), align_corners=True), (1, 3, 4))
case("pixel_shuffle", lambda x: F.pixel_shuffle(x, 2), (2, 8, 2, 3))
case("pixel_unshuffle", lambda x: F.pixel_unshuffle(x, 2), (1, 2, 4, 6))
case("channel_shuffle", lambda x: x.reshape(1, 2, 3, 2, 1).transpose(1, 2).reshape(1, 6, 2, 1), (1, 6, 2, 1))
case("local_response_norm", lambda x: F.local_response_norm(x, 3, 0.3, 0.7, 1.5), (2, 5, 2, 2))
case("local_response_norm even", lambda x: F.local_response_norm(x, 4, 0.3, 0.7, 1.5), (1, 5, 3))
case("group_norm", lambda x, w, b: F.group_norm(x, 2, w, b), (2, 4, 3), (4,), (4,))
case("instance_norm", lambda x, w, b: F.instance_norm(x, None, None, w, b), (2, 3, 2, 2), (3,), (3,))


def sample(x, y, z, padding):
    """Elements of [C, H, W] at rows y and columns z."""
    grid = torch.stack([z * 2 / (x.shape[2] - 1) - 1, y * 2 / (x.shape[1] - 1) - 1], -1)
    return F.grid_sample(x[None], grid.reshape(1, 1, -1, 2), "bilinear", padding, True).reshape(x.shape[0], *y.shape)


def roi_align(x, boxes, images, size, scale, samples, aligned):
    result = []
    for (x1, y1, x2, y2), image in zip(boxes, images):
        ends = [(a * scale - 0.5 * aligned, b * scale - 0.5 * aligned) for a, b in [(y1, y2), (x1, x2)]]
        cells = [(b - a if aligned else max(b - a, 1.0)) / n for (a, b), n in zip(ends, size)]
        counts = [samples if samples > 0 else max(1, math.ceil(c)) for c in cells]
        at = [a + (torch.arange(n * k).double() + 0.5) * (c / k) for (a, _), c, n, k in zip(ends, cells, size, counts)]
        y, z = torch.meshgrid(*at, indexing="ij")
        inside = (y >= -1) & (y <= x.shape[2]) & (z >= -1) & (z <= x.shape[3])
        values = sample(x[image], y, z, "border") * inside
        result.append(values.reshape(x.shape[1], size[0], counts[0], size[1], counts[1]).mean((2, 4)))
    return torch.stack(result)


def deform_conv(x, offset, weight, bias, mask, stride, padding, dilation, groups, parts):
    n, c, h, w = x.shape
    o, _, kh, kw = weight.shape
    oh, ow = offset.shape[2:]
    offset, mask = offset.reshape(n, parts, kh, kw, 2, oh, ow), mask.reshape(n, parts, 1, kh, kw, oh, ow)
    k, l, i, j = torch.meshgrid(*[torch.arange(s).double() for s in (kh, kw, oh, ow)], indexing="ij")
    y, z = i * stride - padding + k * dilation, j * stride - padding + l * dilation
    columns = torch.stack([torch.cat([
        sample(x[b, g * c // parts:(g + 1) * c // parts], y + offset[b, g, :, :, 0], z + offset[b, g, :, :, 1], "zeros") * mask[b, g] for g in range(parts)]) for b in range(n)])
    columns = columns.reshape(n, groups, c // groups * kh * kw, oh * ow)
    return (weight.reshape(groups, o // groups, -1) @ columns).reshape(n, o, oh, ow) + bias.reshape(-1, 1, 1)


boxes = [[0.5, 1.0, 6.0, 7.5], [2.0, 0.0, 3.0, 9.0], [-3.0, 2.0, 12.0, 4.0]]
case("roi_align", lambda x: roi_align(x, boxes, [0, 1, 0], (2, 3), 0.5, 2, False), (2, 2, 4, 5))
case("roi_align aligned", lambda x: roi_align(x, boxes, [1, 1, 0], (3, 2), 0.7, 0, True), (2, 1, 5, 6))
case("deform_conv", lambda x, o, w, b, m: deform_conv(x, o, w, b, m, 2, 1, 1, 2, 2), (1, 4, 5, 4), (1, 24, 3, 3), (2, 2, 3, 2), (2,), (1, 12, 3, 3))

write("vision.json")
