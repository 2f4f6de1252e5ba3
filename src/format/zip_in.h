/* A zip archive read part by part (libzip), with limits on what comes out of it. Wraps libzip; nothing of spreadsheets. */
#ifndef FORMAT_ZIP_IN_H
#define FORMAT_ZIP_IN_H
#include "base.h"

typedef struct zip_in zip_in;
typedef struct zip_part zip_part;

enum { ZIP_RATIO_MAX = 200, ZIP_RATIO_FREE_BYTES = 16 << 20 };

/* The bytes stay the caller's; the archive is closed with the arena. */
MUST_USE bool zip_in_open(arena *a, text bytes, int64_t inflated_max, zip_in **ret, heng_err *err);
bool zip_in_has(const zip_in *z, const char *name); /* without regard to case, as spreadsheet programs do */
MUST_USE bool zip_part_open(arena *a, zip_in *z, const char *name, zip_part **ret, heng_err *err);
/* Up to size bytes, *ret_len 0 at the end. Limits are counted on what really comes out, never taken from the archive's own figures. */
MUST_USE bool zip_part_read(zip_part *p, void *to, size_t size, size_t *ret_len, heng_err *err);
void zip_part_close(zip_part *p);
#endif
