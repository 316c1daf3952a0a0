"""Collects numbers by case and writes them as one zip: cases.json (names, dtypes, shapes, offsets) and numbers.bin."""
import json
import zipfile

import numpy as np
import torch


class Recording:
    def __init__(self):
        self.cases = []
        self.names = set()
        self.data = bytearray()

    def case(self, kind, name, tensors, numbers=None):
        assert (kind, name) not in self.names, name
        self.names.add((kind, name))
        entry = {"kind": kind, "name": name, "tensors": {k: self._tensor(v) for k, v in tensors.items()}}
        if numbers:
            entry["numbers"] = numbers
        self.cases.append(entry)

    def _tensor(self, value):
        array = value.detach().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
        array = np.array(array, order="C", copy=True)
        assert array.dtype in (np.float32, np.float64, np.int64, np.int32, np.bool_), array.dtype
        at = len(self.data)
        self.data += array.tobytes()
        return [str(array.dtype), list(array.shape), at]

    def write(self, path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
            for name, content in (("cases.json", json.dumps({"torch": torch.__version__, "cases": self.cases}, separators=(",", ":")).encode()),
                                  ("numbers.bin", bytes(self.data))):
                info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                z.writestr(info, content)


def rounded(t):
    """Multiples of 1/32 take little room."""
    return torch.round(t * 32) / 32


def sample(*shape, seed=0, low=-2.0, high=2.0):
    g = torch.Generator().manual_seed(seed + 1000)
    return rounded(torch.rand(*shape, generator=g) * (high - low) + low)


def weights_of(output):
    """Irregular weights that make one number of an output: cos(0.7 i)."""
    return torch.cos(torch.arange(output.numel(), dtype=torch.float64) * 0.7).to(output.dtype).reshape(output.shape)
