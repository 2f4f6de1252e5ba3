/* A file being written beside its final name; inside the room, for file_write and the spreadsheet writer. */
#ifndef FORMAT_FILE_H
#define FORMAT_FILE_H
#include "table.h"

typedef struct file_new {
    int fd;
    const char *path;      /* as the caller named it */
    const char *target;    /* behind symbolic links */
    const char *temporary; /* NULL: written in place (terminal, pipe) */
} file_new;

MUST_USE bool file_new_begin(arena *a, const char *path, file_new *ret, heng_err *err);
MUST_USE bool file_new_add(file_new *f, text bytes, heng_err *err);
/* Ends what begin began. ok: fsync, rename, fsync of the folder; not ok: the temporary file goes, false. */
MUST_USE bool file_new_end(file_new *f, bool ok, heng_err *err);
bool file_write_failed(int errno_code, const char *path, heng_err *err); /* fills err, returns false */
#endif
