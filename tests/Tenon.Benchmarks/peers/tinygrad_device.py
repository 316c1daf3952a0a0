"""Times expressions of tinygrad on the device that the variable DEV names. Arguments: a checkout of tinygrad. Introduces itself by a line of JSON,
then answers each line of standard input by a line:

    {"prepare": {"inputs": [{"shape": [..], "below": n|null}], "expression": "..."}}
        compiles the expression, which sees the inputs as x[0], x[1], .... Answers with two sums over the result, by which it can be compared.
    {"run": n}
        evaluates it n times, and says how many milliseconds each took until the result was there.
"""
import json
import sys
import time

sys.path.insert(0, sys.argv[1])
from made_up import create, sums
from tinygrad import Device, Tensor, TinyJit

if Device.DEFAULT == "WEBGPU":
    import tinygrad_webgpu

device = Device[Device.DEFAULT]


class Case:
    def __init__(self, inputs, expression):
        self.x = [Tensor(create(i["shape"], i["below"], place)).realize() for place, i in enumerate(inputs)]
        compute = eval(f"lambda x: ({expression})", {"Tensor": Tensor})
        self.compute = TinyJit(lambda *x: compute(x).realize())

    def once(self):
        result = self.compute(*self.x)
        device.synchronize()
        return result

    def run(self, count):
        times = []
        for _ in range(count):
            start = time.perf_counter()
            self.once()
            times.append((time.perf_counter() - start) * 1e3)
        return times


case = None


def answer(request):
    global case
    if "prepare" in request:
        case = None
        case = Case(**request["prepare"])
        # The first run computes, the second captures.
        return {"sums": sums([[case.once() for _ in range(3)][-1].numpy()])}
    return {"times": case.run(request["run"])}


def say(line):
    print(json.dumps(line), flush=True)


say({"device": Device.DEFAULT})
for line in sys.stdin:
    try:
        say(answer(json.loads(line)))
    except Exception as e:
        say({"error": f"{type(e).__name__}: {e}".split("\n")[0]})
