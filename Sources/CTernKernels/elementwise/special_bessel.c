// Modified Bessel functions of the first kind, without and with a factor exp(-|x|); those of the first kind are the C
// library's.
#include "special.h"

#include <math.h>

// The sum of (x^2 / 4)^k / (k! (k + order)!), all terms positive.
static double series(double quarter, int order) {
    double term = 1, sum = 1;
    for (int k = 1; term > 0x1p-55 * sum; k++) {
        term *= quarter / ((double)k * (k + order));
        sum += term;
    }
    return sum;
}

// sqrt(2 pi x) exp(-x) times the function for x > 20, where the smallest term is below the rounding.
static double asymptotic(double x, int order) {
    double term = 1, sum = 1;
    for (int k = 1; fabs(term) > 0x1p-55 && k < 60; k++) {
        const double odd = 2 * k - 1;
        term *= (odd * odd - 4 * order) / (8 * k * x);
        sum += term;
    }
    return sum;
}

static double scaled_far(double x, int order) { return asymptotic(x, order) / sqrt(6.28318530717958647693 * x); }
// In two steps: the exponential alone overflows before the product does.
static double far(double x, int order) {
    const double half = exp(x * 0.5);
    return isinf(x) ? x : half * scaled_far(x, order) * half;
}

static double near1(double x) { return x * 0.5 * series(x * x * 0.25, 1); }

double tern_i0(double x) {
    x = fabs(x);
    return x <= 20 ? series(x * x * 0.25, 0) : x > 20 ? far(x, 0) : x;
}
double tern_i0e(double x) {
    x = fabs(x);
    return x <= 20 ? series(x * x * 0.25, 0) * exp(-x) : x > 20 ? scaled_far(x, 0) : x;
}
double tern_i1(double x) {
    const double t = fabs(x);
    return t <= 20 ? near1(x) : t > 20 ? copysign(far(t, 1), x) : x;
}
double tern_i1e(double x) {
    const double t = fabs(x);
    return t <= 20 ? near1(x) * exp(-t) : t > 20 ? copysign(scaled_far(t, 1), x) : x;
}
double tern_bessel_j0(double x) { return j0(x); }
double tern_bessel_j1(double x) { return j1(x); }
