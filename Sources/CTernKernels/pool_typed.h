#include "float_type.h"
#include "shuffle_impl.h"
#include "pool_float_impl.h"
#include "float_type_end.h"
