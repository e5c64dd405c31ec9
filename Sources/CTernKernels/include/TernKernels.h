#pragma once

#include "TernConv.h"
#include "TernElementwise.h"
#include "TernGemm.h"
#include "TernIndex.h"
#include "TernLinalg.h"
#include "TernNormalize.h"
#include "TernOptimizer.h"
#include "TernPool.h"
#include "TernRandom.h"
#include "TernReduce.h"
#include "TernResample.h"
#include "TernRows.h"

// All kernels of one element type at one level. Arrays are of the type unless said otherwise; what a type lacks is
// NULL.
typedef struct {
    TernType type;
    TernType real;   // what is computed in, and what sums are given in: see TernType.h
    ptrdiff_t size;  // of one element in memory
    const TernElementwiseKernels *_Nonnull elementwise;
    const TernReduceKernels *_Nonnull reduce;
    const TernIndexKernels *_Nonnull index;
    const TernRandomKernels *_Nonnull random;
    // But for bool.
    const TernPoolKernels *_Nullable pool;
    // Floats.
    const TernRowKernels *_Nullable rows;
    const TernGemmKernels *_Nullable gemm;
    const TernConvKernels *_Nullable conv;
    const TernResampleKernels *_Nullable resample;
    const TernNormalizeKernels *_Nullable normalize;
    const TernOptimizerKernels *_Nullable optimizer;
    // float32 and float64.
    const TernLinalgKernels *_Nullable linalg;
} TernKernels;

// The kernels of a level that is available. Those of all types lie in the order of the types.
const TernKernels *_Nonnull tern_kernels(TernLevel level, TernType type);
