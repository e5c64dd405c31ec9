#include "special.h"

#include <math.h>

// Not the C library's lgamma, which writes a global variable.
extern double lgamma_r(double, int *);

double tern_lgamma(double x) {
    int sign;
    return lgamma_r(x, &sign);
}

double tern_digamma(double x) {
    const double pi = 3.14159265358979323846;
    if (x == 0) return copysign(INFINITY, -x);
    double shift = 0;
    if (x < 0) {
        const double fraction = x - trunc(x);
        if (fraction == 0 || isinf(x)) return NAN;
        // digamma(x) = digamma(1 - x) - pi / tan(pi x)
        shift = -pi / tan(pi * fraction);
        x = 1 - x;
    }
    for (; x < 10; x += 1) shift -= 1 / x;
    const double z = 1 / (x * x);
    const double series = z *
        (1.0 / 12 -
         z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * (1.0 / 132 - z * (691.0 / 32760 - z / 12))))));
    return shift + (log(x) - 0.5 / x - series);
}

// Of q > 0: the first terms one by one, the rest by Euler and Maclaurin's formula.
static double zeta_of_positive(double x, double q) {
    // (2 k)! / the k-th of Bernoulli's numbers.
    static const double factors[] = {12,
                                     -720,
                                     30240,
                                     -1209600,
                                     47900160,
                                     -1.8924375803183791606e9,
                                     7.47242496e10,
                                     -2.950130727918164224e12,
                                     1.1646782814350067249e14,
                                     -4.5979787224074726105e15,
                                     1.8152105401943546773e17,
                                     -7.1661652561756670113e18};
    double sum = pow(q, -x), term = sum;
    for (int i = 0; i < 9 || q <= 9; i++) {
        q += 1;
        term = pow(q, -x);
        sum += term;
        if (fabs(term) <= 0x1p-53 * fabs(sum)) return sum;
    }
    sum += term * q / (x - 1) - 0.5 * term;
    double product = 1;
    for (int i = 0; i < 12; i++) {
        product *= x + 2 * i;
        term /= q;
        const double next = product * term / factors[i];
        sum += next;
        if (fabs(next) <= 0x1p-53 * fabs(sum)) break;
        product *= x + 2 * i + 1;
        term /= q;
    }
    return sum;
}

double tern_zeta(double x, double q) {
    if (x != x || q != q) return x + q;
    if (x == 1) return INFINITY;
    if (x < 1) return NAN;
    if (q > 0) return isinf(q) ? 0 : zeta_of_positive(x, q);
    if (q == floor(q)) return isinf(q) ? NAN : INFINITY;
    if (x != floor(x)) return NAN;
    // The terms of negative numbers are those of r, r + 1, ... up to -q, with the sign that the power gives them.
    const double terms = ceil(-q), r = 1 - (q + terms);
    const double negative = zeta_of_positive(x, r) - zeta_of_positive(x, 1 - q);
    return zeta_of_positive(x, q + terms) + (fmod(x, 2) == 0 ? negative : -negative);
}
