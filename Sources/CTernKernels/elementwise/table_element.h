// The table tern_elementwise_<type>_<level>.
const TernElementwiseKernels TABLE(elementwise) = {
    .unary = T(unary),
    .unary_parameter = T(unary_parameter),
    .binary = T(binary),
    .binary_parameter = T(binary_parameter),
    .integer = T(integer),
    .compare = T(compare),
    .convert = T(convert),
    .select = U(select),
    .clamp = T(clamp),
#ifndef WRAPPING
    .clamp_backward = T(clamp_backward),
#endif
    .copy = U(copy),
    .fill = T(fill),
    .fill_int64 = T(fill_int64),
    .axpy = T(axpy),
};
