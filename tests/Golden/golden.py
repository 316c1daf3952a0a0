"""What the scripts of this folder share: inputs that the tests repeat, and the form in which numbers are kept.

Inputs are a sequence of a linear congruential generator: input i has seed i + 1, the weights of the gradients have seed
100 + output. All is computed in float64."""
import json, math, os, torch

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
    loss = sum(((y * numbers(100 + i, y.shape)).sum() for i, y in enumerate(outputs) if y.requires_grad), start=sum((x * 0).sum() for x in inputs))
    gradients = torch.autograd.grad(loss, inputs)
    flat = lambda t: [float(f"{v:.9g}") for v in t.detach().double().flatten().tolist()]
    cases.append({
        "name": name, "inputs": [list(s) for s in shapes],
        "outputs": [{"shape": list(y.shape), "values": flat(y)} for y in outputs],
        "gradients": [flat(g) for g in gradients]})


def write(name):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
