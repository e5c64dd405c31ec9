// tern_pool_<type>_<level>
const TernPoolKernels TABLE(pool) = {.max = T(max_planes)};
