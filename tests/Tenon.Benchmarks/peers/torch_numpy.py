"""Times expressions of PyTorch and numpy. Introduces itself by a line of JSON, then answers each line of standard input by a line:

    {"prepare": {"inputs": [{"shape": [..], "below": n|null}], "setup": "...", "expression": "...", "library": "torch"|"numpy", "threads": n}}
        evaluates the expression once. It sees the inputs as x[0], x[1], ..., and in y what it gave before (None the first time). Answers with two
        sums over the result, by which it can be compared.
    {"run": n, "processorTime": bool}
        evaluates it n times, and says how many milliseconds each took, or the mean of processor time.
"""
import ctypes
import json
import resource
import sys
import time

import numpy as np

from made_up import create, sums

try:
    import torch
    import torch.nn.functional as F
    import torch_training as training
except ImportError:
    torch = F = training = None


def openblas():
    """The OpenBLAS that numpy has loaded: it heeds neither torch.set_num_threads nor a variable that is set later."""
    try:
        maps = open("/proc/self/maps").read().split()
    except OSError:
        return None
    path = next((m for m in maps if "libopenblas" in m), None)
    return ctypes.CDLL(path) if path else None


BLAS = openblas()


def use_threads(threads):
    if torch:
        torch.set_num_threads(threads)
    if BLAS:
        BLAS.openblas_set_num_threads(threads)


def as_arrays(result):
    results = result if isinstance(result, (tuple, list)) else [result]
    return [r.detach().numpy() if torch and isinstance(r, torch.Tensor) else np.asarray(r) for r in results]


class Case:
    def __init__(self, inputs, setup, expression, library, threads):
        use_threads(threads)
        x = [create(i["shape"], i["below"], place) for place, i in enumerate(inputs)]
        self.names = {"np": np, "torch": torch, "F": F, "training": training, "y": None}
        self.names["x"] = [torch.from_numpy(a) for a in x] if library == "torch" else x
        exec(setup, self.names)
        self.compute = eval(f"lambda: ({expression})", self.names)
        self.names["y"] = self.compute()

    def run(self, count, of_processor):
        times, used = [], time.process_time()
        for _ in range(count):
            start = time.perf_counter()
            self.compute()
            times.append((time.perf_counter() - start) * 1e3)
        return [(time.process_time() - used) * 1e3 / count] if of_processor else times


case = None


def answer(request):
    global case
    if "prepare" in request:
        case = None
        case = Case(**request["prepare"])
        return {"sums": sums(as_arrays(case.names["y"])) if case.names["y"] is not None else None}
    return {"times": case.run(request["run"], request["processorTime"]), "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def say(line):
    print(json.dumps(line), flush=True)


say({"torch": torch and torch.__version__, "numpy": np.__version__, "blas": "OpenBLAS" if BLAS else None})
with torch.no_grad() if torch else np.errstate():
    for line in sys.stdin:
        try:
            say(answer(json.loads(line)))
        except Exception as e:
            say({"error": f"{type(e).__name__}: {e}".split("\n")[0]})
