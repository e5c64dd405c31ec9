"""Cases of linear algebra. Vectors whose signs are free are compared by what does not depend on them."""

import torch
import torch.linalg as L

from golden import Fixed, Normal


def positive(x):
    """A symmetric, positive definite matrix of a moderate condition."""
    return x @ x.mT / x.shape[-1] + torch.eye(x.shape[-2], dtype=x.dtype)


def regular(x):
    """A matrix with singular values that are neither small nor close to each other."""
    k = min(x.shape[-2:])
    return x * 0.3 + torch.diag_embed(torch.arange(1, k + 1, dtype=x.dtype)).new_zeros(x.shape).diagonal_scatter(
        torch.arange(1, k + 1, dtype=x.dtype).expand(x.shape[:-2] + (k,)), 0, -2, -1)


def symmetric(x):
    return regular(x + x.mT)


def add(file):
    for name, shape in [
        ("", (4, 4)), ("-batch", (2, 3, 3)), ("-one", (1, 1)), ("-empty", (0, 0)),
    ]:  # fmt: skip
        file.case(f"cholesky{name}", lambda x: L.cholesky(positive(x)), Normal(*shape))
    file.case("cholesky-upper", lambda x: L.cholesky(positive(x), upper=True), Normal(4, 4))
    file.case(
        "cholesky-info", lambda x: L.cholesky_ex(x)[1].long(),
        Fixed([[[1, 2], [2, 1]], [[2, 0], [0, 3]], [[-1, 0], [0, 1]]]))
    file.case(
        "choleskySolve", lambda x, b: torch.cholesky_solve(b, L.cholesky(positive(x))), Normal(4, 4), Normal(4, 2))
    file.case("choleskyInverse", lambda x: torch.cholesky_inverse(L.cholesky(positive(x))), Normal(4, 4))

    for upper in (False, True):
        for left in (False, True):
            for unit in (False, True):
                name = f"{'upper' if upper else 'lower'}-{'left' if left else 'right'}{'-unit' if unit else ''}"
                file.case(
                    f"solveTriangular-{name}",
                    lambda x, b, u=upper, l=left, n=unit: L.solve_triangular(
                        regular(x).triu() if u else regular(x).tril(), b, upper=u, left=l, unitriangular=n),
                    Normal(4, 4), Normal(4, 4))
    file.case(
        "solveTriangular-broadcast", lambda x, b: L.solve_triangular(regular(x).tril(), b, upper=False),
        Normal(2, 1, 3, 3), Normal(4, 3, 2))

    for name, a, b in [
        ("", (4, 4), (4, 2)), ("-vector", (4, 4), (4,)), ("-vectors", (2, 3, 3), (2, 3)), ("-broadcast", (2, 1, 3, 3), (4, 3, 2)),
        ("-one", (1, 1), (1, 3)), ("-no-columns", (3, 3), (3, 0)), ("-empty", (0, 0), (0, 2)),
    ]:  # fmt: skip
        file.case(f"solve{name}", lambda x, b: L.solve(regular(x), b), Normal(*a), Normal(*b))
    def indefinite(x):
        signs = torch.tensor([1, -1, 1, -1, 1], dtype=x.dtype)[: x.shape[-1]]
        return x + x.mT + 4 * torch.diag(signs)

    for name, a, b in [("", (5, 5), (5, 2)), ("-batch", (2, 3, 3), (2, 3, 2)), ("-one", (1, 1), (1, 3))]:
        file.case(f"ldlSolve{name}", lambda x, b: L.solve(indefinite(x), b), Normal(*a), Normal(*b))
    for name, a, k in [("", (5, 3), (3,)), ("-fewer", (2, 4, 3), (2, 2)), ("-square", (3, 3), (3,))]:
        file.case(f"householderProduct{name}", L.householder_product, Normal(*a), Normal(*k))
    file.case("inverse", lambda x: L.inv(regular(x)), Normal(2, 4, 4))
    file.case("determinant", lambda x: L.det(x), Normal(2, 4, 4))
    file.case("determinant-singular", lambda x: L.det(torch.stack([x, x * 2], -2)), Normal(2))
    file.case("logDeterminant", lambda x: tuple(L.slogdet(regular(x))), Normal(2, 4, 4))
    file.case("logDeterminant-empty", lambda x: tuple(L.slogdet(x)), Normal(0, 0))

    for name, shape in [("", (4, 4)), ("-tall", (2, 5, 3)), ("-wide", (3, 5))]:
        file.case(f"lu{name}", lambda x: tuple(L.lu(regular(x))), Normal(*shape, deviation=0.5))
        file.case(f"qr{name}", lambda x: tuple(L.qr(regular(x))), Normal(*shape, deviation=0.5))
    file.case("qr-complete", lambda x: tuple(L.qr(regular(x), mode="complete")), Normal(5, 3), gradient=False)
    file.case("qr-complete-wide", lambda x: tuple(L.qr(regular(x), mode="complete")), Normal(3, 5))

    def eigh(x):
        w, v = L.eigh(symmetric(x))
        return w, v**2, (v * torch.exp(w / 5).unsqueeze(-2)) @ v.mT

    for name, shape in [("", (4, 4)), ("-batch", (2, 3, 3)), ("-one", (1, 1))]:
        file.case(f"eigh{name}", eigh, Normal(*shape))
        file.case(f"eigvalsh{name}", lambda x: L.eigvalsh(symmetric(x)), Normal(*shape))

    def svd(x):
        u, s, v = L.svd(regular(x), full_matrices=False)
        return u**2, s, v**2, (u * torch.exp(-s / 5).unsqueeze(-2)) @ v

    for name, shape in [("", (4, 4)), ("-tall", (2, 5, 3)), ("-wide", (3, 5)), ("-one", (1, 1))]:
        file.case(f"svd{name}", svd, Normal(*shape))
        file.case(f"svdvals{name}", lambda x: L.svdvals(regular(x)), Normal(*shape))

    for name, shape in [("", (4, 4)), ("-tall", (2, 5, 3)), ("-wide", (3, 5))]:
        file.case(f"pseudoInverse{name}", lambda x: L.pinv(regular(x)), Normal(*shape))
    file.case(
        "pseudoInverse-rank", lambda x, y: L.pinv(regular(x) @ regular(y), rtol=1e-4), Normal(5, 2), Normal(2, 4))
    for name, a, b in [("", (5, 3), (5, 2)), ("-vector", (5, 3), (5,)), ("-batch", (2, 4, 4), (2, 4, 2))]:
        file.case(
            f"leastSquares{name}",
            lambda x, b: L.lstsq(regular(x), b.unsqueeze(-1) if b.ndim == 1 else b).solution.squeeze(-1)
            if b.ndim == 1 else L.lstsq(regular(x), b).solution,
            Normal(*a), Normal(*b))
    file.case(
        "leastSquares-rank", lambda x, y, b: L.pinv(regular(x) @ regular(y), rtol=1e-4) @ b, Normal(5, 2), Normal(2, 4),
        Normal(5, 2))
    file.case("matrixRank", lambda x: L.matrix_rank(x), Fixed([[[1, 2], [2, 4]], [[1, 2], [2, 5]], [[0, 0], [0, 0]]]))

    for name, order in [
        ("fro", "fro"), ("nuc", "nuc"), ("1", 1), ("-1", -1), ("2", 2), ("-2", -2), ("inf", torch.inf),
        ("-inf", -torch.inf),
    ]:  # fmt: skip
        file.case(f"matrixNorm-{name}", lambda x, o=order: L.matrix_norm(regular(x), o), Normal(2, 3, 4))
        file.case(
            f"conditionNumber-{name}",
            # PyTorch's own derivative of some stops.
            lambda x, o=order: L.cond(regular(x), o) if o in (2, -2)
            else L.matrix_norm(regular(x), o) * L.matrix_norm(L.inv(regular(x)), o),
            Normal(2, 3, 3))
    file.case("vectorNorm--2", lambda x: L.vector_norm(x, -2, dim=-1), Normal(3, 4))
    file.case("vectorNorm--inf", lambda x: L.vector_norm(x, -torch.inf, dim=-1), Normal(3, 4))
    file.case("matrixPower-5", lambda x: L.matrix_power(x, 5), Normal(2, 3, 3, deviation=0.5))
    file.case("matrixPower-0", lambda x: L.matrix_power(x, 0), Normal(3, 3), gradient=False)
    file.case("matrixPower--2", lambda x: L.matrix_power(regular(x), -2), Normal(3, 3))
    file.case("matrixExp", L.matrix_exp, Normal(4, 4, deviation=0.5))
    file.case("matrixExp-scaled", lambda x: L.matrix_exp(x - 4 * torch.eye(3)), Normal(2, 3, 3))
    file.case("multiDot", lambda *x: L.multi_dot(x), Normal(3, 4), Normal(4, 2), Normal(2, 5), Normal(5))
    file.case("tensorInverse", lambda x: L.tensorinv(regular(x.reshape(6, 6)).reshape(2, 3, 6), ind=2), Normal(2, 3, 6))
    file.case("tensorSolve", lambda x, b: L.tensorsolve(regular(x.reshape(6, 6)).reshape(2, 3, 6), b), Normal(2, 3, 6), Normal(2, 3))
