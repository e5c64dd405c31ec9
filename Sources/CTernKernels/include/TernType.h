#pragma once

#include <stddef.h>
#include <stdint.h>

#include "TernLevel.h"

// Element types. Of each, STORED is what lies in memory and REAL what is computed in and what sums give: float32 for
// float16 and bfloat16, the type itself for the others.
typedef enum __attribute__((enum_extensibility(closed))) {
    TERN_BOOL,  // bytes of 0 and 1
    TERN_UINT8,
    TERN_INT8,
    TERN_UINT16,
    TERN_INT16,
    TERN_UINT32,
    TERN_INT32,
    TERN_UINT64,
    TERN_INT64,
    TERN_FLOAT16,
    TERN_BFLOAT16,
    TERN_FLOAT32,
    TERN_FLOAT64,
} TernType;
enum { TERN_TYPES = TERN_FLOAT64 + 1 };

// An enumerator, and what Swift calls it.
#define TERN_NAME(enumerator, name) enumerator __attribute__((swift_name(#name)))

// A member of a table of functions that some types lack: NULL there.
#define TERN_OPTIONAL_FN(name) (*_Nullable name)
