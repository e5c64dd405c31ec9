// tern_linalg_<type>_<level>
#if FLOAT_BITS == 32
#define TYPE f32
#else
#define TYPE f64
#endif
const TernLinalgKernels TABLE(linalg) = {
    .transposed = F(transposed),
    .cholesky = F(cholesky),
    .solve = F(solve),
    .lu = F(lu),
    .reflection = F(reflection),
    .qr = F(qr),
    .block_reflection = F(block_reflection),
    .combine = F(combine),
    .update = F(update),
    .rotate = F(rotate),
};
#undef TYPE
