#!/usr/bin/python3
"""Writes fft.json: what PyTorch (1.13 here) makes of the inputs of FourierTests.cs, forward and backward; complex numbers as pairs."""
import torch

from golden import case as real_case, write


def case(name, function, *shapes):
    def as_pairs(*inputs):
        output = function(*inputs)
        return torch.view_as_real(output) if output.is_complex() else output

    real_case(name, as_pairs, *shapes)


c = torch.view_as_complex
f = torch.fft
for n in (1, 2, 5, 12, 67, 97, 128, 130, 134):
    case(f"fft {n}", lambda x: f.fft(c(x)), (n, 2))
case("ifft", lambda x: f.ifft(c(x)), (2, 6, 2))
case("ifft 67", lambda x: f.ifft(c(x)), (67, 2))
case("fft real", lambda x: f.fft(x), (2, 100))
case("fft axis cut", lambda x: f.fft(c(x), 3, 0, "ortho"), (5, 2, 2))
case("fft axis filled", lambda x: f.fft(c(x), 7, 1, "forward"), (2, 5, 3, 2))
case("ifft forward", lambda x: f.ifft(c(x), norm="forward"), (5, 2))
case("ifft ortho", lambda x: f.ifft(c(x), norm="ortho"), (5, 2))
for n in (1, 6, 7, 80):
    case(f"rfft {n}", lambda x: f.rfft(x), (2, n))
    case(f"irfft {n}", lambda x: f.irfft(c(x), n), (2, n // 2 + 1, 2))
case("irfft", lambda x: f.irfft(c(x), norm="ortho"), (5, 2))
case("irfft filled", lambda x: f.irfft(c(x), 9, 0, "forward"), (3, 2, 2))
case("fft2", lambda x: f.fft2(c(x)), (2, 3, 4, 2))
case("ifft2", lambda x: f.ifft2(c(x), (4, 2)), (3, 4, 2))
case("rfft2", lambda x: f.rfft2(x), (3, 5))
case("irfft2", lambda x: f.irfft2(c(x), (3, 5)), (3, 3, 2))
case("fftn", lambda x: f.fftn(c(x), norm="ortho"), (2, 3, 4, 2))
case("ifftn", lambda x: f.ifftn(c(x), dim=(0, 2)), (2, 3, 4, 2))
case("rfftn", lambda x: f.rfftn(x, (4, 3)), (2, 3, 4))
case("irfftn", lambda x: f.irfftn(c(x)), (2, 3, 3, 2))
case("shift", lambda x: f.fftshift(x), (3, 4))
case("unshift", lambda x: f.ifftshift(x, 1), (2, 5))
case("fftfreq", lambda x: x.sum() * 0 + f.fftfreq(5, 0.5, dtype=torch.float64), (1,))
case("fftfreq even", lambda x: x.sum() * 0 + f.fftfreq(6, dtype=torch.float64), (1,))
case("rfftfreq", lambda x: x.sum() * 0 + f.rfftfreq(7, 2.0, dtype=torch.float64), (1,))
for name in ("hann", "hamming", "blackman", "bartlett"):
    window = getattr(torch, f"{name}_window")
    case(f"{name}", lambda x: x.sum() * 0 + window(7, dtype=torch.float64), (1,))
    case(f"{name} symmetric", lambda x: x.sum() * 0 + window(6, periodic=False, dtype=torch.float64), (1,))
    case(f"{name} 1", lambda x: x.sum() * 0 + window(1, periodic=False, dtype=torch.float64), (1,))
hann = torch.hann_window(8, dtype=torch.float64)
case("stft", lambda x: torch.stft(x, 8, window=hann, return_complex=True), (2, 30))
case("stft plain", lambda x: torch.stft(x, 6, 3, center=False, normalized=True, onesided=False, return_complex=True), (20,))
case("stft short window", lambda x, w: torch.stft(x, 9, 4, 6, w, return_complex=True), (25,), (6,))
case("stft complex", lambda x: torch.stft(c(x), 8, 2, window=hann, return_complex=True), (16, 2))
case("istft", lambda x: torch.istft(c(x), 8, window=hann), (2, 5, 7, 2))
case("istft length", lambda x: torch.istft(c(x), 8, 4, window=hann, normalized=True, length=21), (5, 6, 2))
case("istft twosided", lambda x: torch.istft(c(x), 6, 2, center=False, onesided=False, return_complex=True), (6, 5, 2))

write("fft.json")
