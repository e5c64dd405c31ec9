import Tern

extension OpTable {
    mutating func addContractions() {
        for (suffix, equation) in [
            ("matrix", "ij,jk->ik"), ("matrix-transposed", "ij,jk->ki"), ("left-transposed", "ji,jk->ik"),
            ("batch", "bij,bjk->bik"), ("batch-last", "ijb,jkb->ikb"), ("attention", "bhid,bhjd->bhij"),
            ("attention-values", "bhij,bjhd->bihd"), ("outer", "i,j->ij"), ("three", "bi,bj,bk->ijk"),
            ("bilinear", "bi,oij,bj->bo"), ("chain", "ij,jk,kl,lm->im"), ("nine", "a,b,c,a,b,c,a,b,c->ab"),
            ("diagonal", "ii->i"), ("trace", "ii"), ("diagonals", "iji->j"), ("diagonal-product", "ii,ij->j"),
            ("sum", "ij->"), ("sum-of-some", "ijk->j"), ("sum-first", "ij,kl->il"), ("transpose", "ij->ji"),
            ("scale", "bij,bi->bij"), ("scale-inner", "ijk,j->ijk"), ("scale-outer", "ik,ijk->ijk"),
            ("elementwise", "ij,ji->ij"), ("dot", "i,i"), ("dots", "bi,bi->b"), ("implicit", "ba,cb"),
            ("implicit-cases", "bA,Bb"), ("spaces", " ij , jk -> i k "), ("ellipsis", "...ij,...jk->...ik"),
            ("ellipsis-implicit", "...ij,jk"), ("ellipsis-middle", "i...j->j...i"), ("ellipsis-summed", "...i->i"),
            ("ellipsis-empty", "...i,...i->..."), ("ones", "ij,jk->ik"), ("ones-kept", "ij,ij->ij"),
            ("two-sums", "aibj,ibjk->ak"), ("two-sums-unlike", "aij,jib->ab"), ("empty-sum", "ij,jk->ik"),
            ("empty", "ij,jk->ik"), ("scalar", ",ij->ij"), ("rank-7", "abcdefg,abcdef->abcdefg"),
            ("rank-7-sum", "abcdefg,abcdefg->abcdef"), ("int64", "ij,kj->ik"),
        ] {
            list("einsum-\(suffix)") { [einsum(equation, $0)] }
        }
        two("tensordot") { tensordot($0, $1) }
        two("tensordot-none") { tensordot($0, $1, axes: 0) }
        two("tensordot-axes") { tensordot($0, $1, axes: [0, 2], [2, 0]) }
        two("tensordot-empty") { tensordot($0, $1, axes: 1) }
        two("inner", ["", "scalar"]) { inner($0, $1) }
        two("vecdot") { vecdot($0, $1) }
        two("vecdot-axis") { vecdot($0, $1, axis: -2) }
        one("trace") { $0.trace() }
        one("trace-batch") { $0.trace(offset: 1) }
    }
}
