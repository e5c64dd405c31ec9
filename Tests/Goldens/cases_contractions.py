"""Cases of einsum and other products over chosen axes."""

import torch

from golden import Integers, Normal


def add(file):
    for name, equation, *shapes in [
        ("matrix", "ij,jk->ik", (3, 5), (5, 4)),
        ("matrix-transposed", "ij,jk->ki", (3, 5), (5, 4)),
        ("left-transposed", "ji,jk->ik", (5, 3), (5, 4)),
        ("batch", "bij,bjk->bik", (2, 3, 5), (2, 5, 4)),
        ("batch-last", "ijb,jkb->ikb", (3, 5, 2), (5, 4, 2)),
        ("attention", "bhid,bhjd->bhij", (2, 3, 4, 5), (2, 3, 6, 5)),
        ("attention-values", "bhij,bjhd->bihd", (2, 3, 4, 6), (2, 6, 3, 5)),
        ("outer", "i,j->ij", (3,), (4,)),
        ("three", "bi,bj,bk->ijk", (7, 3), (7, 4), (7, 2)),
        ("bilinear", "bi,oij,bj->bo", (3, 4), (2, 4, 5), (3, 5)),
        ("chain", "ij,jk,kl,lm->im", (3, 4), (4, 2), (2, 5), (5, 3)),
        ("nine", "a,b,c,a,b,c,a,b,c->ab", (2,), (3,), (2,), (2,), (3,), (2,), (2,), (3,), (2,)),
        ("diagonal", "ii->i", (4, 4)),
        ("trace", "ii", (4, 4)),
        ("diagonals", "iji->j", (3, 2, 3)),
        ("diagonal-product", "ii,ij->j", (3, 3), (3, 4)),
        ("sum", "ij->", (3, 4)),
        ("sum-of-some", "ijk->j", (3, 4, 2)),
        ("sum-first", "ij,kl->il", (3, 4), (2, 5)),
        ("transpose", "ij->ji", (3, 4)),
        ("scale", "bij,bi->bij", (2, 3, 4), (2, 3)),
        ("scale-inner", "ijk,j->ijk", (2, 3, 4), (3,)),
        ("scale-outer", "ik,ijk->ijk", (2, 4), (2, 3, 4)),
        ("elementwise", "ij,ji->ij", (3, 4), (4, 3)),
        ("dot", "i,i", (5,), (5,)),
        ("dots", "bi,bi->b", (3, 5), (3, 5)),
        ("implicit", "ba,cb", (3, 2), (4, 3)),
        ("implicit-cases", "bA,Bb", (3, 2), (4, 3)),
        ("spaces", " ij , jk -> i k ", (3, 5), (5, 4)),
        ("ellipsis", "...ij,...jk->...ik", (2, 1, 3, 5), (4, 5, 2)),
        ("ellipsis-implicit", "...ij,jk", (2, 3, 5), (5, 4)),
        ("ellipsis-middle", "i...j->j...i", (2, 3, 4)),
        ("ellipsis-summed", "...i->i", (2, 3, 4)),
        ("ellipsis-empty", "...i,...i->...", (3,), (3,)),
        ("ones", "ij,jk->ik", (3, 1), (5, 4)),
        ("ones-kept", "ij,ij->ij", (3, 1), (3, 4)),
        ("two-sums", "aibj,ibjk->ak", (2, 3, 2, 4), (3, 2, 4, 3)),
        ("two-sums-unlike", "aij,jib->ab", (2, 3, 4), (4, 3, 2)),
        ("empty-sum", "ij,jk->ik", (3, 0), (0, 4)),
        ("empty", "ij,jk->ik", (0, 3), (3, 4)),
        ("scalar", ",ij->ij", (), (2, 3)),
        ("rank-7", "abcdefg,abcdef->abcdefg", (2, 1, 2, 1, 2, 1, 2), (2, 1, 2, 1, 2, 1)),
        ("rank-7-sum", "abcdefg,abcdefg->abcdef", (2, 1, 2, 1, 2, 2, 3), (2, 1, 2, 1, 2, 2, 3)),
    ]:
        file.case(
            f"einsum-{name}", lambda *x, e=equation: torch.einsum(e, *x),
            *[Normal(*shape, deviation=0.5) for shape in shapes])
    file.case("einsum-int64", lambda a, b: torch.einsum("ij,kj->ik", a, b), Integers(3, 4, low=-5), Integers(2, 4))
    file.case("tensordot", torch.tensordot, Normal(2, 3, 4), Normal(3, 4, 5))
    file.case("tensordot-none", lambda a, b: torch.tensordot(a, b, 0), Normal(2, 3), Normal(4))
    file.case(
        "tensordot-axes", lambda a, b: torch.tensordot(a, b, ([0, 2], [2, 0])), Normal(2, 3, 4), Normal(4, 5, 2))
    file.case("tensordot-empty", lambda a, b: torch.tensordot(a, b, 1), Normal(2, 0), Normal(0, 3))
    file.case("inner", torch.inner, Normal(2, 3, 4), Normal(5, 4))
    file.case("inner-scalar", torch.inner, Normal(2, 3), Normal())
    file.case("vecdot", torch.linalg.vecdot, Normal(2, 1, 4), Normal(3, 4))
    file.case("vecdot-axis", lambda a, b: torch.linalg.vecdot(a, b, dim=-2), Normal(2, 4, 3), Normal(2, 4, 1))
    file.case("trace", torch.trace, Normal(4, 3))
    file.case("trace-batch", lambda x: x.diagonal(1, -2, -1).sum(-1), Normal(2, 3, 4))
