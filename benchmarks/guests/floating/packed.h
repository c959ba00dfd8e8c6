/* The compiler's names for SSE2 instructions. Its header wants malloc for one that is not used here: there is no C library. */
#define _MM_MALLOC_H_INCLUDED
#include <emmintrin.h>

#include "floating.h"
