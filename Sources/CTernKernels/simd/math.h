// Vector functions that kernels are made of: exp, log, tanh, erf, sin, power and the like. After types.h.
#define EACH "math_exp_real.h"
#include "each_real.h"
#define EACH "math_erf_real.h"
#include "each_real.h"
#include "math_wide.h"
