"""Makes the small files of other programs that the tests read: python3 make_files.py (needs torch and numpy)."""
import collections
import io
import pickle

import numpy as np
import torch

# Arrays of every dtype, in both byte orders, in C and Fortran order, in an archive stored and one compressed.
arrays = {}
for name in ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8"]:
    arrays[name] = (np.arange(6).reshape(2, 3) * 3 % 7).astype(name)
    arrays[name + "_big"] = arrays[name].astype(">" + name)
    arrays[name + "_fortran"] = np.asfortranarray(arrays[name])
arrays["scalar"] = np.float32(2.5)
arrays["empty"] = np.zeros((0, 3), np.int16)
arrays["cube"] = np.asfortranarray(np.arange(24, dtype=np.int32).reshape(2, 3, 4))
np.savez("arrays.npz", **arrays)
np.savez_compressed("arrays-compressed.npz", **{k: arrays[k] for k in ["f4", "f4_big", "i8_fortran", "scalar", "empty", "cube"]})
with open("v2.npy", "wb") as f:
    np.lib.format.write_array(f, arrays["i4"], version=(2, 0))
with open("v3.npy", "wb") as f:
    np.lib.format.write_array(f, arrays["f8_fortran"], version=(3, 0))
np.save("record.npy", np.zeros(2, [("a", "i4"), ("b", "f4")]))


def state():
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    linear = torch.nn.Linear(3, 2)
    with torch.no_grad():
        linear.weight.copy_(torch.arange(6).reshape(2, 3))
        linear.bias.copy_(torch.tensor([7.0, 8.0]))
    return collections.OrderedDict(
        whole=base,
        transposed=base.T,
        columns=base[:, 1:6:2],
        row=base[2],
        inner=base[1:3, 2:4],
        repeated=base[0, :2].expand(3, 2),
        scalar=torch.tensor(5, dtype=torch.int64),
        empty=torch.zeros(0, 4),
        halves=torch.tensor([1.5, -2.0]).half(),
        brains=torch.tensor([1.5, -2.0]).bfloat16(),
        doubles=torch.tensor([1.5, -2.0]).double(),
        complexes=torch.tensor([1 + 2j, 4 - 3j], dtype=torch.complex64),
        bools=torch.tensor([True, False]),
        bytes=torch.tensor([1, 255], dtype=torch.uint8),
        chars=torch.tensor([1, -1], dtype=torch.int8),
        shorts=torch.tensor([1, -1], dtype=torch.int16),
        ints=torch.tensor([1, -1], dtype=torch.int32),
        parameter=torch.nn.Parameter(torch.tensor([3.0])),
        module=linear.state_dict(),
    )


checkpoint = {"model": state(), "optimizer": torch.optim.SGD([torch.zeros(1)], 0.1, momentum=0.9).state_dict(),
              "epoch": 3, "best": 0.25, "note": "ü", "flags": [True, None, (1, 2)], "size": torch.Size([2, 3]), "big": 1 << 80}
torch.save(checkpoint, "zip.pt")
torch.save(checkpoint, "legacy.pt", _use_new_zipfile_serialization=False)
torch.save(checkpoint, "zip-protocol4.pt", pickle_protocol=4)


class Evil:
    def __reduce__(self):
        import os
        return os.system, ("true",)


torch.save({"weight": torch.ones(2), "evil": Evil()}, "evil.pt")
torch.save({"weight": torch.ones(2), "evil": Evil()}, "evil-legacy.pt", _use_new_zipfile_serialization=False)
cycle = []
cycle.append(cycle)
torch.save({"cycle": cycle}, "cycle.pt")
torch.save(torch.arange(4), "tensor.pt")
