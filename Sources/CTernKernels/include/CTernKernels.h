// Umbrella header of the kernels: stateless inner loops over raw pointers, written once and compiled for every
// instruction set in `TernLevel`. Callers choose a level, take that level's tables and own all memory and threads.
#pragma once

#include "TernConv.h"
#include "TernGemm.h"
#include "TernIndex.h"
#include "TernLevel.h"
#include "TernNormalize.h"
#include "TernOptimizer.h"
#include "TernPool.h"
#include "TernRandom.h"
#include "TernVector.h"
