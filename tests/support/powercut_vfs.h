/*
 * A layer under SQLite that loses what was not synced.
 *
 * It stands over the default VFS under a name of its own (store_options.vfs). Writes and truncations stay in memory, in sectors of 512 bytes,
 * until SQLite syncs the file; only then do they reach it. Cutting the power drops all that is in memory, or lets a random part of the
 * sectors through, as a disk may; from then on every call on the layer fails. Close the store, then open the file again with the default VFS.
 * Locks and shared memory (WAL) go straight to the default VFS; the layer offers no memory mapping. Deleting and creating files acts at once.
 * What the layer has of a file is known by its path: after a file was renamed or removed by other means than SQLite, install a new layer.
 *
 *     powercut *p = powercut_install("cut", seed);
 *     store_open(path, STORE_WRITE, &(store_options){.vfs = "cut"}, &s, &err);
 *     powercut_arm(p, POWERCUT_CUT, 17, 50);      ... the power goes at the 17th write or sync from now ...
 *     store_close(s);
 *     powercut_remove(p);
 *
 * Several stores, in several threads, may use one layer. SQLite never goes below this layer to the kernel's fsync: rounds are fast.
 */
#ifndef POWERCUT_VFS_H
#define POWERCUT_VFS_H
#include <stdbool.h>
#include <stdint.h>

typedef struct powercut powercut;

typedef enum powercut_event {
    POWERCUT_CUT,       /* the power goes */
    POWERCUT_FULL,      /* this write, and all after it, fail with SQLITE_FULL, until disarmed */
    POWERCUT_IO_ERROR,  /* the same with SQLITE_IOERR */
    POWERCUT_IO_ONCE    /* this write or sync fails with SQLITE_IOERR, later ones work */
} powercut_event;

/* Register the layer under a name (copied). The seed decides which sectors get through. */
powercut *powercut_install(const char *name, uint64_t seed);
/*
 * Let the event come at the n-th write or sync from now (n from 1; 0 disarms). POWERCUT_FULL and POWERCUT_IO_ERROR count writes only.
 * keep_percent: at a cut, the chance of each unsynced sector to be on disk all the same (0 = none).
 */
void powercut_arm(powercut *p, powercut_event event, int64_t n, int keep_percent);
/* Unregister; all files must be closed. */
void powercut_remove(powercut *p);

bool powercut_happened(const powercut *p);
int64_t powercut_calls(const powercut *p); /* writes and syncs so far, to choose n from */
#endif
