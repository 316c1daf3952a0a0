"""Times how long tinygrad takes to read an ONNX model and to run it for the first time, with nothing cached.

    DEV=CPU CACHELEVEL=0 python3 tinygrad_onnx.py PATH_TO_A_TINYGRAD_CHECKOUT FOLDER

The folder has `model.onnx` and `input.NAME.npy`. Prints seconds as JSON.
"""
import json
import pathlib
import sys
import time

import numpy as np

sys.path.insert(0, sys.argv[1])
from tinygrad import Tensor
from tinygrad.nn.onnx import OnnxRunner

folder = pathlib.Path(sys.argv[2])
inputs = {path.name[len("input."):-len(".npy")]: Tensor(np.load(path)).realize() for path in folder.glob("input.*.npy")}
start = time.perf_counter()
model = OnnxRunner(folder / "model.onnx")
read = time.perf_counter()
for output in model(inputs).values():
    output.numpy()
print(json.dumps({"read": read - start, "first": time.perf_counter() - read}))
