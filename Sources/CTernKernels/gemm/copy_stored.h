// copy_in: from the operands to what is computed in; copy_out: from there to the result.
#define FROM STORED
#define TO REAL
#define FROM_F(name) T(name)
#define TO_F(name) F(name)
#define COPY(name) T(name##_in)
#include "copy_between.h"

#if STORED_IS_REAL
INLINE void T(copy_out)(STORED *to, ptrdiff_t to_row, const REAL *from, ptrdiff_t from_row, ptrdiff_t from_column,
                        ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t width) {
    T(copy_in)(to, to_row, from, from_row, from_column, rows, columns, width);
}
#else
#define FROM REAL
#define TO STORED
#define FROM_F(name) F(name)
#define TO_F(name) T(name)
#define COPY(name) T(name##_out)
#include "copy_between.h"
#endif
