// Activations and their derivatives: g is the gradient of the output.

INLINE VREAL F(log_sigmoid)(VREAL x) { return -F(softplus)(-x); }
INLINE VREAL F(log_sigmoid_backward)(VREAL g, VREAL x) { return g * F(sigmoid)(-x); }

INLINE VREAL F(softsign)(VREAL x) { return x / (F(abs)(x) + 1); }
INLINE VREAL F(softsign_backward)(VREAL g, VREAL x) {
    VREAL d = 1 / (F(abs)(x) + 1);
    return g * d * d;
}

// x tanh(log(1 + e)) = x n / (n + 2), with e = e^x and n = e (e + 2). Far down it is x e, which is multiplied before it
// may become denormal; far up it is x.
INLINE VREAL F(mish)(VREAL x) {
    x = F(at_least)(x, F(set)(FLOAT_BITS == 32 ? -200 : -1000));
    VREAL bounded =
        F(at_most)(F(at_least)(x, F(set)(FLOAT_BITS == 32 ? -111 : -755)), F(set)(FLOAT_BITS == 32 ? 20 : 40));
    F(exponential) apart = F(exp_apart)(bounded, F(set)(-0.0));
    VREAL e = F(scale)(apart.p + 1, apart), n = e * (e + 2);
    VREAL far = F(scale)(x * (apart.p + 1), apart);
    return F(select)(x < (FLOAT_BITS == 32 ? -20 : -40), far, x * (n / (n + 2)));
}
INLINE VREAL F(mish_backward)(VREAL g, VREAL x) {
    x = F(at_least)(F(at_most)(x, F(set)(FLOAT_BITS == 32 ? 20 : 40)), F(set)(FLOAT_BITS == 32 ? -104 : -746));
    VREAL e = F(exp)(x), d = e * (e + 2) + 2;
    return g * (e * ((e + 2) * d + 4 * x * (e + 1)) / (d * d));
}

INLINE VREAL F(hard_sigmoid)(VREAL x) { return F(at_most)(F(at_least)(x + 3, (VREAL){}), F(set)(6)) / 6; }
INLINE VREAL F(hard_sigmoid_backward)(VREAL g, VREAL x) {
    return F(select)((x > -3) & (x < 3), g * (R(1.0) / 6), (VREAL){});
}
INLINE VREAL F(hard_swish)(VREAL x) { return x * F(hard_sigmoid)(x); }
INLINE VREAL F(hard_swish_backward)(VREAL g, VREAL x) {
    return F(select)(x <= -3, (VREAL){}, F(select)(x < 3, g * (x / 3 + R(0.5)), g));
}

// Constants with which means of 0 and variances of 1 stay.
#define SCALE R(1.0507009873554804934193349852946)
#define SCALED_ALPHA R(1.7580993408473768599402175208123)
INLINE VREAL F(selu)(VREAL x) { return F(select)(x <= 0, F(expm1)(x) * SCALED_ALPHA, x * SCALE); }
INLINE VREAL F(selu_backward)(VREAL g, VREAL x) {
    return g * F(select)(x <= 0, F(exp)(x) * SCALED_ALPHA, F(set)(SCALE));
}
#undef SCALE
#undef SCALED_ALPHA
INLINE VREAL F(celu)(VREAL x, VREAL p) { return F(select)(x <= 0, F(expm1)(x / p) * p, x); }
INLINE VREAL F(celu_backward)(VREAL g, VREAL x, VREAL p) { return F(select)(x <= 0, g * F(exp)(x / p), g); }

INLINE VREAL F(prelu)(VREAL x, VREAL weight) { return F(select)(x > 0, x, x * weight); }
INLINE VREAL F(hard_shrink)(VREAL x, VREAL p) { return F(select)(F(abs)(x) <= p, (VREAL){}, x); }
INLINE VREAL F(soft_shrink)(VREAL x, VREAL p) { return F(select)(F(abs)(x) <= p, (VREAL){}, x - F(copysign)(p, x)); }
INLINE VREAL F(shrink_backward)(VREAL g, VREAL x, VREAL p) { return F(select)(F(abs)(x) <= p, (VREAL){}, g); }

// x - tanh(x), near 0 by its series.
INLINE VREAL F(tanh_shrink)(VREAL x) {
    VREAL z = x * x;
#if FLOAT_BITS == 32
    VREAL q = POLYNOMIAL(z, -0.0025263906f, 0.008526333f, -0.02181845f, 0.0539647f, -0.13333324f, 0.33333334f);
#else
    VREAL q =
        POLYNOMIAL(z, -7.874274345344419e-06, 3.372080112046316e-05, -9.455133052924858e-05, 0.0002384727248015252,
                   -0.0005899052969492733, 0.001455819097151351, -0.0035921267699626346, 0.0088632354631468,
                   -0.021869488534073906, 0.05396825396822037, -0.1333333333333331, 0.3333333333333333);
#endif
    return F(select)(F(abs)(x) < R(0.55), x * z * q, x - F(tanh)(x));
}
