/* Begin, commit, roll back; and whether another connection has committed. */
#include "store_inside.h"

/* A reader's BEGIN takes its snapshot at the first read: read at once. */
static bool begin_reader(store *s, heng_err *err)
{
    if (!transaction_unchanged_below(s, err)) return false;
    if (!statement_step_once(s, &s->begin, "BEGIN", NULL, err)) return false;
    if (statement_step_once(s, &s->look, "SELECT count(*) FROM sqlite_schema", NULL, err)) return true;
    store_rollback(s);
    return false;
}

static bool begin_writer(store *s, heng_err *err)
{
    static const char SQL[] = "BEGIN IMMEDIATE";
    statement st = {0};
    bool ok = statement_step_once(s, &st, SQL, NULL, err);
    statement_close(&st);
    return ok;
}

bool store_begin(store *s, heng_err *err)
{
    must(!s->in_transaction);
    if (!(s->writer ? begin_writer(s, err) : begin_reader(s, err))) return false;
    s->in_transaction = true;
    s->failed = false;
    return true;
}

bool store_commit(store *s, heng_err *err)
{
    must(s->in_transaction);
    bool ok = false;
    if (s->failed) {
        err_fill(err, &MSG_STORE_BROKEN, NULL, NULL, NULL);
        err_in_file(err, s->path);
    } else {
        ok = statement_step_once(s, &s->commit, "COMMIT", NULL, err);
    }
    if (!ok) store_rollback(s); /* whether it worked or not, no transaction is open afterwards */
    s->in_transaction = false;
    return ok;
}

/* SQLite rolls back by itself after a full disk or a failed write; then there is nothing to do. */
void store_rollback(store *s)
{
    heng_err ignored = {0};
    if (!sqlite3_get_autocommit(s->db)) (void)!statement_step_once(s, &s->roll_back, "ROLLBACK", NULL, &ignored);
    s->in_transaction = false;
    s->failed = false;
}

int64_t store_changed(store *s)
{
    int64_t version = 0;
    heng_err ignored = {0};
    (void)!statement_step_once(s, &s->data_version, "PRAGMA data_version", &version, &ignored);
    return version;
}

/* An immutable file is read without locks: a writer that has come since would show as torn pages, so look whether the file is still the same. */
bool transaction_unchanged_below(const store *s, heng_err *err)
{
    file_stamp now;
    char log[STORE_PATH_MAX + 8];
    if (!s->immutable) return true;
    path_stamp(s->real, &now);
    sqlite3_snprintf((int)sizeof log, log, "%s-wal", s->real);
    if (memcmp(&now, &s->stamp, sizeof now) == 0 && path_bytes(log) <= 0) return true;
    err_fill(err, &MSG_STORE_CHANGED_BELOW, NULL, NULL, NULL);
    return err_in_file(err, s->path);
}
