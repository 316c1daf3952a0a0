"""Times how long tinygrad takes from the graph of a ResNet-50 forward (batch 64) to compiled kernels on its NULL device.

    DEV=NULL CACHELEVEL=0 python3 tinygrad_resnet50.py PATH_TO_A_TINYGRAD_CHECKOUT

The counterpart of the line "schedule + lower, first in the process" of Tenon.Benchmarks.
"""
import sys
import time

sys.path.insert(0, sys.argv[1])
from extra.models.resnet import ResNet50
from tinygrad import Tensor
from tinygrad.engine.realize import compile_linear

model, images = ResNet50(), Tensor.empty(64, 3, 224, 224)
start = time.perf_counter()
output = model(images)
graph = time.perf_counter()
schedule = output.schedule_linear()
scheduled = time.perf_counter()
compile_linear(schedule)
lowered = time.perf_counter()
print(f"graph {graph - start:.2f} s, schedule {scheduled - graph:.2f} s, lower {lowered - scheduled:.2f} s")
