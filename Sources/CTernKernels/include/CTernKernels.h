// Umbrella header of the kernels: stateless inner loops over raw pointers, written once and compiled for every element
// type and every instruction set in `TernLevel`. Callers choose a level, take the type's table and own all memory and
// threads.
#pragma once

#include "TernKernels.h"
#include "TernLevel.h"
#include "TernOrder.h"
#include "TernQuantize.h"
#include "TernType.h"
