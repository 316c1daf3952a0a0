#!/usr/bin/python3
"""Writes linalg.json: what PyTorch (1.13 here) makes of the inputs of LinearAlgebraGoldenTests.cs, forward and backward."""
import torch
from golden import case, write

L = torch.linalg
inf = float("inf")


def definite(x):
    return x @ x.mT + torch.eye(x.shape[-1], dtype=x.dtype)


def pair(t):
    return t[0], t[1]


case("cholesky", lambda x: L.cholesky(definite(x)), (2, 3, 3))
case("cholesky upper", lambda x: L.cholesky(definite(x), upper=True), (4, 4))
case("cholesky_solve", lambda x, b: torch.cholesky_solve(b, L.cholesky(definite(x))), (3, 3), (3, 2))
case("solve_triangular lower", lambda a, b: L.solve_triangular(a, b, upper=False), (2, 3, 3), (3, 2))
case("solve_triangular upper, unit", lambda a, b: L.solve_triangular(a, b, upper=True, unitriangular=True), (3, 3), (2, 3, 1))
case("solve_triangular right", lambda a, b: L.solve_triangular(a, b, upper=True, left=False), (3, 3), (2, 3))
case("lu square", lambda a: L.lu(a), (2, 4, 4))
case("lu tall", lambda a: L.lu(a), (4, 3))
case("lu wide", lambda a: L.lu(a)[1:], (2, 4))
case("lu_solve", lambda a, b: L.lu_solve(*L.lu_factor(a), b), (4, 4), (4, 2))
case("solve", lambda a, b: L.solve(a, b), (2, 3, 3), (3, 2))
case("solve vector", lambda a, b: L.solve(a, b), (4, 4), (4,))
case("solve vectors", lambda a, b: L.solve(a, b), (2, 3, 3), (2, 3))
case("inv", lambda a: L.inv(a), (2, 3, 3))
case("det", lambda a: L.det(a), (3, 4, 4))
case("det of one", lambda a: L.det(a), (1, 1))
case("slogdet", lambda a: L.slogdet(a), (3, 4, 4))
case("qr square", lambda a: L.qr(a), (2, 3, 3))
case("qr tall", lambda a: L.qr(a), (5, 3))
case("qr wide", lambda a: L.qr(a)[1], (2, 4))
case("qr complete", lambda a: pair([t.detach() for t in L.qr(a, mode="complete")]), (4, 2))
case("eigh", lambda a: (lambda w, v: (w, v.abs()))(*L.eigh((a + a.mT) / 2)), (2, 5, 5))
case("eigvalsh even", lambda a: L.eigh((a + a.mT) / 2)[0], (6, 6))
case("svd tall", lambda a: (lambda u, s, v: (u.abs(), s, v.abs()))(*L.svd(a, full_matrices=False)), (2, 4, 3))
case("svd wide", lambda a: (lambda u, s, v: (u.abs(), s, v.abs()))(*L.svd(a, full_matrices=False)), (3, 5))
case("svd full", lambda a: (lambda u, s, v: (u[:, :2].abs(), s, v.abs()))(*L.svd(a.detach())), (4, 2))
case("pinv tall", lambda a: L.pinv(a), (2, 4, 3))
case("pinv wide", lambda a: L.pinv(a), (2, 4))
case("lstsq", lambda a, b: L.lstsq(a, b)[0], (5, 3), (5, 2))
case("matrix_power 5", lambda a: L.matrix_power(a, 5), (2, 3, 3))
case("matrix_power -2", lambda a: L.matrix_power(a, -2), (3, 3))
case("matrix_exp", lambda a: L.matrix_exp(a), (2, 3, 3))
case("matrix_exp large", lambda a: L.matrix_exp(a * 9 - 20 * torch.eye(3, dtype=a.dtype)), (3, 3))
case("trace", lambda a: torch.trace(a), (3, 4))
for p in [0.0, 1.0, 2.0, 3.5, inf, -inf, -2.0]:
    case(f"vector_norm {p}", lambda a: L.vector_norm(a, p, (0, 2)), (2, 3, 4))
for p in ["fro", "nuc", 1, -1, 2, -2, inf, -inf]:
    case(f"matrix_norm {p}", lambda a: L.matrix_norm(a, p), (2, 3, 4))
for p in [2, -2, 1, inf]:
    case(f"cond {p}", lambda a: L.cond(a, p) if abs(p) == 2 else L.matrix_norm(a, p) * L.matrix_norm(L.inv(a), p), (2, 3, 3))

write("linalg.json")
