// Batch normalization of one level: see TernNormalize.h. The work is done channel by channel, or, for S = 1, in strips
// of neighbouring channels.
#include "../simd/sizes.h"
#include "../simd/types.h"
#include "TernNormalize.h"

#define EACH "../normalize/normalize_real.h"
#include "../simd/each_real.h"
#define EACH "../normalize/channel_stored.h"
#include "../simd/each_stored.h"
#define EACH "../normalize/strip_stored.h"
#include "../simd/each_stored.h"
#define EACH "../normalize/range_stored.h"
#include "../simd/each_stored.h"
