/* Progress of long work on stderr: nothing before one second has passed, a rewritten line on a terminal, a line every ten
 * seconds elsewhere. The caller owns it; no state at file scope. */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H
#include "err.h"
typedef struct progress { const char *what; int64_t total, done, start_us, shown_us; bool quiet, is_terminal; } progress;
void progress_begin(progress *p, const char *what, int64_t total /* 0 = unknown */, bool quiet);
void progress_add(progress *p, int64_t n);
void progress_end(progress *p);
#endif
