"""Runs a module for some training steps, as TorchNumbersTests does."""
import torch

from recording import rounded, weights_of


def flat(output):
    if isinstance(output, torch.Tensor):
        return [output]
    return [t for o in output if o is not None for t in flat(o)]


def number_of(outputs):
    return sum((o * weights_of(o)).sum() for o in outputs if o.is_floating_point())


def run(recording, kind, name, module, inputs, steps=None, call=None, grads=None, train=True, evaluate=True, seed=0):
    """Records state, inputs, outputs of each step, gradients of the first, the state after the last and the output in use."""
    call = call or (lambda m, x: m(*x))
    torch.manual_seed(seed + 7)
    tensors = {}
    state = module.state_dict() if isinstance(module, torch.nn.Module) else {}
    with torch.no_grad():
        for key, value in state.items():
            if value.is_floating_point():
                value.copy_(rounded(torch.randn(value.shape) * 0.5 + (1 if key.endswith(("running_var", "norm.weight")) else 0)).abs()
                            if key.endswith("running_var") else rounded(torch.randn(value.shape) * 0.5))
            tensors[f"state.{key}"] = value.clone()
    parameters = dict(module.named_parameters()) if isinstance(module, torch.nn.Module) else {}
    steps = steps or (2 if parameters else 1)
    for i, x in enumerate(inputs):
        tensors[f"in.{i}"] = x.clone()
    if isinstance(module, torch.nn.Module):
        module.train(train)
    for step in range(steps):
        xs = [x.clone().requires_grad_(True) if x.is_floating_point() and (grads is None or i < grads) else x for i, x in enumerate(inputs)]
        outputs = flat(call(module, xs))
        for j, o in enumerate(outputs):
            tensors[f"out.{step}.{j}"] = o.detach().clone()
        loss = number_of(outputs)
        if not loss.requires_grad:
            break
        for p in parameters.values():
            p.grad = None
        loss.backward()
        if step == 0:
            for i, x in enumerate(xs):
                if x.is_floating_point() and x.grad is not None:
                    tensors[f"grad.in.{i}"] = x.grad.clone()
            for key, p in parameters.items():
                if p.grad is not None:
                    tensors[f"grad.{key}"] = p.grad.to_dense().clone()
        with torch.no_grad():
            for p in parameters.values():
                if p.grad is not None:
                    p -= 0.01 * p.grad
    if parameters or state:
        for key, value in module.state_dict().items():
            tensors[f"final.{key}"] = value.clone()
        if evaluate:
            module.eval()
            with torch.no_grad():
                for j, o in enumerate(flat(call(module, [x.clone() for x in inputs]))):
                    tensors[f"eval.{j}"] = o.clone()
    recording.case(kind, name, tensors)
