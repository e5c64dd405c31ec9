// What the compiler takes for granted: SSE2 on x86, NEON on ARM.
#define LEVEL_PORTABLE
#include "level.h"
