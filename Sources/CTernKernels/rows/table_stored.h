// tern_rows_<type>_<level>
const TernRowKernels TABLE(rows) = {
    .softmax = T(softmax),
    .log_softmax = T(log_softmax),
    .softmax_backward = T(softmax_backward),
    .log_softmax_backward = T(log_softmax_backward),
    .cross_entropy = T(cross_entropy),
    .cross_entropy_backward = T(cross_entropy_backward),
#if STORED_IS_REAL
    .attention_weights = F(attention_weights),
    .attention_finish = F(attention_finish),
    .attention_weights_again = F(attention_weights_again),
    .attention_dots = F(attention_dots),
    .attention_slopes = F(attention_slopes),
#endif
};
