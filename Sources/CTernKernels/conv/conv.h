// Convolutions without an im2col buffer. Sources are copied, an image (or a band of its rows) at a time, into windows
// with their zero padding, small enough to stay in the cache; register tiles then read them in place by tables of
// offsets. One tile does nearly all: `gather` broadcasts values of the window and keeps channels in the lanes.
//
//                     rows of the tile    summed over          lanes
//     forward         outputs             ic, ky, kx           output channels
//     input gradient  inputs of a phase   oc, ky, kx           input channels
//     weight gradient ic, ky, kx          outputs, images      output channels
//
// Where the channels would leave many lanes empty, `outputs` has the outputs of a plane in the lanes, and `images`
// those of a vector of images; `dot` is for weight gradients with outputs in the lanes. Kernels of up to 6x6 with a
// stride of 1 or 2 take about half of the products by Winograd's algorithm where channels are not very few, see
// winograd_real.h and winograd_adjoint_real.h. Depthwise kernels of 3x3 have loops of their own, see
// depthwise_stored.h, and 1x1 kernels are products of matrices, see pointwise_real.h.
#include "../simd/types.h"
#include "geometry.h"
#include "pointwise.h"
#include "tiles.h"
#include "where.h"

#define EACH "../simd/shuffle_real.h"
#include "../simd/each_real.h"
#define EACH "../conv/tile_real.h"
#include "../simd/each_real.h"
#define EACH "../conv/correlate_real.h"
#include "../simd/each_real.h"
#define EACH "../conv/weight_gradient_real.h"
#include "../simd/each_real.h"
#define EACH "../conv/pointwise_real.h"
#include "../simd/each_real.h"
#define EACH "../conv/winograd_real.h"
#include "../simd/each_real.h"
#define EACH "../conv/winograd_adjoint_real.h"
#include "../simd/each_real.h"
#define EACH "../conv/lanes_stored.h"
#include "../simd/each_stored.h"
#define EACH "../conv/outputs_stored.h"
#include "../simd/each_stored.h"
#define EACH "../conv/winograd_stored.h"
#include "../simd/each_stored.h"
#define EACH "../conv/winograd_gradient_stored.h"
#include "../simd/each_stored.h"
#define EACH "../conv/winograd_adjoint_stored.h"
#include "../simd/each_stored.h"
#define EACH "../conv/depthwise_stored.h"
#include "../simd/each_stored.h"
#define EACH "../conv/pointwise_stored.h"
#include "../simd/each_stored.h"
#define EACH "../conv/correlate_stored.h"
#include "../simd/each_stored.h"
#define EACH "../conv/weight_gradient_stored.h"
#include "../simd/each_stored.h"
