#if defined(__x86_64__)
#define LEVEL_AVX2
#include "level.h"
#endif
