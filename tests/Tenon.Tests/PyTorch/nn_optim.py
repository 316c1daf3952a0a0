import math

import numpy as np
import torch
from torch.optim import lr_scheduler as lrs

from recording import sample

SHAPES = [(3, 4), (5,)]
STEPS = 7


def record(r):
    for name, make in OPTIMIZERS.items():
        shapes = [(4, 3)] if name == "muon tall" else SHAPES[:1] if name == "muon" else SHAPES
        start = [sample(*s, seed=i) for i, s in enumerate(shapes)]
        parameters = [p.clone().requires_grad_(True) for p in start]
        optimizer = make(parameters)
        tensors = {f"start.{i}": p for i, p in enumerate(start)}
        for step in range(STEPS):
            for p in parameters:
                p.grad = None
            number(parameters, step).backward()
            optimizer.step()
            if step in (0, 1, 3, STEPS - 1):
                for i, p in enumerate(parameters):
                    tensors[f"after.{step}.{i}"] = p.detach().clone()
        r.case("optimizer", name, tensors)
    for name, make in SCHEDULES.items():
        p = torch.zeros(1, requires_grad=True)
        q = torch.zeros(1, requires_grad=True)
        optimizer = torch.optim.SGD([{"params": [p]}, {"params": [q], "lr": 0.02}], lr=0.5, momentum=0.9)
        scheduler = make(optimizer)
        rates, momenta = [], []
        for step in range(24):
            rates += [g["lr"] for g in optimizer.param_groups]
            momenta.append(optimizer.param_groups[0]["momentum"])
            optimizer.step()
            if isinstance(scheduler, lrs.ReduceLROnPlateau):
                scheduler.step(measure(step))
            else:
                scheduler.step()
        r.case("schedule", name, {}, {"rates": rates, "momenta": momenta})


def measure(step):
    return 2 + math.cos(step * 0.3) / (1 + step)


def number(parameters, step):
    """0.1 Σ p⁴ / 4 + Σ p cos(i + step), whose gradient changes from step to step."""
    total = 0
    for p in parameters:
        wave = torch.cos(torch.arange(p.numel(), dtype=torch.float64) + step).to(p.dtype).reshape(p.shape)
        total = total + 0.1 * (p ** 4).sum() / 4 + (p * wave).sum()
    return total


class Reference:
    """Optimisers by their papers, in float64."""

    def __init__(self, parameters, lr, update):
        self.parameters, self.lr, self.update = parameters, lr, update
        self.state = [{} for _ in parameters]
        self.t = 0

    def step(self):
        self.t += 1
        for p, s in zip(self.parameters, self.state):
            new = self.update(p.detach().numpy().astype(np.float64), p.grad.numpy().astype(np.float64), s, self.t, self.lr)
            with torch.no_grad():
                p.copy_(torch.from_numpy(new))


def lamb(decay):
    # You et al., arXiv:1904.00962, algorithm 2
    def update(p, g, s, t, lr):
        m = s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
        v = s["v"] = 0.999 * s.get("v", 0) + 0.001 * g * g
        u = m / (1 - 0.9 ** t) / (np.sqrt(v / (1 - 0.999 ** t)) + 1e-6) + decay * p
        return p - lr * np.linalg.norm(p) / np.linalg.norm(u) * u
    return update


def lars(nesterov, trust=0.02, decay=0.01):
    # You, Gitman and Ginsburg, arXiv:1708.03888, algorithm 1
    def update(p, g, s, t, lr):
        local = trust * np.linalg.norm(p) / (np.linalg.norm(g) + decay * np.linalg.norm(p))
        step = lr * local * (g + decay * p)
        v = s["v"] = 0.9 * s.get("v", 0) + step
        return p - (step + 0.9 * v if nesterov else v)
    return update


def muon(nesterov, decay=0.1):
    # Jordan et al., 2024
    def update(p, g, s, t, lr):
        m = s["m"] = 0.95 * s.get("m", 0) + 0.05 * g
        x = 0.05 * g + 0.95 * m if nesterov else m
        scale = math.sqrt(max(1, x.shape[0] / x.shape[1]))
        turned = x.shape[0] > x.shape[1]
        x = x.T if turned else x
        x = x / max(np.linalg.norm(x), 1e-7)
        for _ in range(5):
            a = x @ x.T
            x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
        x = x.T if turned else x
        return p * (1 - lr * decay) - lr * scale * x
    return update


def nadam(beta1=0.9, beta2=0.999, decay=0.0, psi=4e-3):
    # Dozat, 2016. PyTorch 1.13 multiplies the product of momenta by the present one twice, which later versions corrected.
    def update(p, g, s, t, lr):
        g = g + decay * p
        mu, after = (beta1 * (1 - 0.5 * 0.96 ** (k * psi)) for k in (t, t + 1))
        product = s["product"] = s.get("product", 1) * mu
        m = s["m"] = beta1 * s.get("m", 0) + (1 - beta1) * g
        v = s["v"] = beta2 * s.get("v", 0) + (1 - beta2) * g * g
        root = np.sqrt(v / (1 - beta2 ** t)) + 1e-8
        return p - lr * ((1 - mu) / (1 - product) * g + after / (1 - product * after) * m) / root
    return update


def grouped(p):
    return torch.optim.Adam([{"params": p[:1]}, {"params": p[1:], "lr": 0.01, "betas": (0.8, 0.99)}], lr=0.1, weight_decay=0.1)


O = torch.optim
OPTIMIZERS = {
    "sgd": lambda p: O.SGD(p, lr=0.1),
    "sgd decay maximize": lambda p: O.SGD(p, lr=0.1, weight_decay=0.2, maximize=True),
    "sgd momentum": lambda p: O.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.1),
    "sgd dampening": lambda p: O.SGD(p, lr=0.1, momentum=0.9, dampening=0.5),
    "sgd nesterov": lambda p: O.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    "adam": lambda p: O.Adam(p, lr=0.1),
    "adam options": lambda p: O.Adam(p, lr=0.1, betas=(0.8, 0.99), eps=1e-4, weight_decay=0.2),
    "adam amsgrad maximize": lambda p: O.Adam(p, lr=0.1, amsgrad=True, maximize=True),
    "adam groups": grouped,
    "adamw": lambda p: O.AdamW(p, lr=0.1),
    "adamw options": lambda p: O.AdamW(p, lr=0.1, weight_decay=0.3, amsgrad=True),
    "adagrad": lambda p: O.Adagrad(p, lr=0.1),
    "adagrad options": lambda p: O.Adagrad(p, lr=0.1, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.5),
    "rmsprop": lambda p: O.RMSprop(p, lr=0.1),
    "rmsprop options": lambda p: O.RMSprop(p, lr=0.1, alpha=0.9, momentum=0.5, centered=True, weight_decay=0.1, eps=1e-3),
    "adadelta": lambda p: O.Adadelta(p),
    "adadelta options": lambda p: O.Adadelta(p, lr=0.5, rho=0.8, eps=1e-3, weight_decay=0.1),
    "adamax": lambda p: O.Adamax(p, lr=0.1),
    "adamax options": lambda p: O.Adamax(p, lr=0.1, betas=(0.8, 0.9), weight_decay=0.1),
    "nadam": lambda p: Reference(p, 0.1, nadam()),
    "nadam options": lambda p: Reference(p, 0.1, nadam(0.8, 0.99, 0.1, 0.1)),
    "radam": lambda p: O.RAdam(p, lr=0.1),
    "radam options": lambda p: O.RAdam(p, lr=0.1, betas=(0.8, 0.9), weight_decay=0.1),
    "lamb": lambda p: Reference(p, 0.1, lamb(0)),
    "lamb decay": lambda p: Reference(p, 0.1, lamb(0.1)),
    "lars": lambda p: Reference(p, 0.5, lars(False)),
    "lars nesterov": lambda p: Reference(p, 0.5, lars(True)),
    "muon": lambda p: Reference(p, 0.1, muon(True)),
    "muon tall": lambda p: Reference(p, 0.1, muon(False)),
}

SCHEDULES = {
    "lambda": lambda o: lrs.LambdaLR(o, lambda t: 1 / (1 + t)),
    "step": lambda o: lrs.StepLR(o, 5, 0.5),
    "multi-step": lambda o: lrs.MultiStepLR(o, [3, 4, 15], 0.3),
    "exponential": lambda o: lrs.ExponentialLR(o, 0.9),
    "constant": lambda o: lrs.ConstantLR(o, 0.25, 6),
    "linear": lambda o: lrs.LinearLR(o, 0.1, 0.8, 7),
    "polynomial": lambda o: lrs.PolynomialLR(o, 12, 2.0),
    "cosine": lambda o: lrs.CosineAnnealingLR(o, 10, 0.001),
    "cosine restarts": lambda o: lrs.CosineAnnealingWarmRestarts(o, 3, 2, 0.001),
    "one cycle": lambda o: lrs.OneCycleLR(o, 0.8, total_steps=25),
    "one cycle options": lambda o: lrs.OneCycleLR(o, 0.8, total_steps=25, pct_start=0.4, anneal_strategy="linear", three_phase=True, div_factor=10, final_div_factor=100),
    "sequential": lambda o: lrs.SequentialLR(o, [lrs.LinearLR(o, 0.1, 1.0, 4), lrs.ExponentialLR(o, 0.8)], [4]),
    "plateau": lambda o: lrs.ReduceLROnPlateau(o, factor=0.5, patience=2, cooldown=1, min_lr=0.001),
    "plateau absolute": lambda o: lrs.ReduceLROnPlateau(o, mode="max", factor=0.3, patience=1, threshold=0.05, threshold_mode="abs"),
}
