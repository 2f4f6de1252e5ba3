/*
 * The log (-wal) is made longer before it is needed.
 *
 * A commit that lengthens the log has to make the file's new length durable too: on the machines measured that takes as long again as the pages themselves. So the log grows
 * by stretches of zeros ahead of its end, once it is long enough to be worth it, and most commits write over what is there. Zeros are no frames: their salt
 * and checksum are wrong, so reading the log after a crash ends where the last commit ended.
 *
 * SQLite tells the length of the log after each commit through its wal hook; a connection has one such hook, so the checkpoint of every
 * STORE_CHECKPOINT_PAGES pages is done here as well.
 */
#include "store_inside.h"

enum {
    LOG_HEADER = 32,
    FRAME_HEADER = 24,
    LOG_SHORT_PAGES = 32,      /* a command that writes a few pages leaves no longer log than it needs */
    LOG_NEAR = 64 << 10,       /* bytes before the end */
    LOG_MORE_MAX = 2 << 20,
    ZEROS = 64 << 10
};

static int64_t log_end(int pages) { return LOG_HEADER + (int64_t)pages * (STORE_PAGE_BYTES + FRAME_HEADER); }

/* What fails here (a full disk) fails again where it matters: at the next commit. */
static void log_lengthen(sqlite3 *db, int pages)
{
    static const char zeros[ZEROS];
    sqlite3_file *log = NULL;
    sqlite3_int64 end = log_end(pages), bytes = 0, more = end < LOG_MORE_MAX ? end : LOG_MORE_MAX;
    if (pages < LOG_SHORT_PAGES || pages >= STORE_CHECKPOINT_PAGES) return;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK || !log || !log->pMethods) return;
    if (log->pMethods->xFileSize(log, &bytes) != SQLITE_OK || bytes < end || bytes - end > LOG_NEAR) return;
    for (sqlite3_int64 at = bytes; at < bytes + more; at += ZEROS)
        if (log->pMethods->xWrite(log, zeros, ZEROS, at) != SQLITE_OK) return;
}

static int committed(void *context, sqlite3 *db, const char *name, int pages)
{
    (void)context;
    if (pages >= STORE_CHECKPOINT_PAGES) sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    log_lengthen(db, pages);
    return SQLITE_OK;
}

void log_attach(store *s) { sqlite3_wal_hook(s->db, committed, NULL); }
