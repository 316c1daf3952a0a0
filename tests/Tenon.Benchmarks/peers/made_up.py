"""The numbers that inputs are made of, on both sides, and what results are compared by."""
import numpy as np


def bits(count, place):
    x = np.arange(1, count + 1, dtype=np.uint32) * np.uint32(2654435761) + np.uint32(place * 40503 % 2**32)
    for shift, factor in ((15, 0x2C1B3C6D), (12, 0x297A2D39)):
        x ^= x >> np.uint32(shift)
        x *= np.uint32(factor)
    return x ^ (x >> np.uint32(15))


def fractions(count, place):
    return ((bits(count, place) >> np.uint32(8)).astype(np.int32) - (1 << 23)).astype(np.float32) / np.float32(1 << 24)


def create(shape, below, place):
    count = int(np.prod(shape))
    return (fractions(count, place) if below is None else bits(count, place).astype(np.int64) % below).reshape(shape)


def sums(arrays):
    total = size = 0.0
    for place, array in enumerate(arrays):
        weighted = array.astype(np.float64).ravel() * fractions(array.size, 1000 + place)
        total, size = total + weighted.sum(), size + np.abs(weighted).sum()
    return [total, size]
