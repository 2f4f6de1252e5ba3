/*
 * Blocks of readings in plain SQLite: a loadable extension, built from the codec's one file (../meter/block.c) and nothing else of Heng.
 *
 *   sqlite> .load ./libheng_sqlite
 *   sqlite> SELECT count(*), sum(value) FROM meter_block b, heng_block(b.body) WHERE b.ended = 0;
 *
 * heng_block(body) is a table: time_us (instant in us since 1970), value (count of 10^-scale of the channel's unit), flag (meter.h: METER_*), take (number of the
 * delivery that brought it). Entries stand in the order of the block; of several with one time the one with the highest take counts now.
 * NULL or an empty body is no row; bytes that are no block are an error that says so.
 */
#include <sqlite3ext.h>
#include <string.h>
#include "block.h"
SQLITE_EXTENSION_INIT1

enum { TIME, VALUE, FLAG, TAKE, BODY };
typedef struct rows { sqlite3_vtab_cursor base; size_t count, at; int64_t *columns[3]; uint8_t *flag; } rows; /* columns: time, value, take in one piece */

static int table_connect(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **ret, char **err)
{
    (void)aux, (void)argc, (void)argv, (void)err;
    int rc = sqlite3_declare_vtab(db, "CREATE TABLE heng_block(time_us INTEGER, value INTEGER, flag INTEGER, take INTEGER, body HIDDEN)");
    if (rc != SQLITE_OK) return rc;
    *ret = sqlite3_malloc(sizeof **ret);
    if (!*ret) return SQLITE_NOMEM;
    memset(*ret, 0, sizeof **ret);
    return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *t)
{
    sqlite3_free(t);
    return SQLITE_OK;
}

/* Without its argument the table cannot be read: SQLite is told to look for another plan. */
static int table_plan(sqlite3_vtab *t, sqlite3_index_info *plan)
{
    (void)t;
    for (int i = 0; i < plan->nConstraint; i++) {
        if (plan->aConstraint[i].iColumn != BODY || plan->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
        if (!plan->aConstraint[i].usable) return SQLITE_CONSTRAINT;
        plan->aConstraintUsage[i].argvIndex = 1;
        plan->aConstraintUsage[i].omit = 1;
        plan->estimatedCost = 100;
        return SQLITE_OK;
    }
    return SQLITE_CONSTRAINT;
}

static int rows_open(sqlite3_vtab *t, sqlite3_vtab_cursor **ret)
{
    (void)t;
    rows *r = sqlite3_malloc(sizeof *r);
    if (!r) return SQLITE_NOMEM;
    memset(r, 0, sizeof *r);
    *ret = &r->base;
    return SQLITE_OK;
}

static void rows_clear(rows *r)
{
    sqlite3_free(r->columns[0]);
    sqlite3_free(r->flag);
    r->columns[0] = NULL, r->flag = NULL, r->count = r->at = 0;
}

static int rows_close(sqlite3_vtab_cursor *c)
{
    rows_clear((rows *)c);
    sqlite3_free(c);
    return SQLITE_OK;
}

static int rows_bad(rows *r, size_t len)
{
    rows_clear(r);
    sqlite3_free(r->base.pVtab->zErrMsg);
    r->base.pVtab->zErrMsg = sqlite3_mprintf("heng_block: these %lld bytes are no block of readings", (sqlite3_int64)len);
    return SQLITE_ERROR;
}

static int rows_decode(sqlite3_vtab_cursor *c, int plan, const char *name, int argc, sqlite3_value **argv)
{
    (void)plan, (void)name;
    rows *r = (rows *)c;
    meter_block_head head;
    rows_clear(r);
    const uint8_t *body = argc ? sqlite3_value_blob(argv[0]) : NULL;
    size_t len = argc ? (size_t)sqlite3_value_bytes(argv[0]) : 0;
    if (!body || !len) return SQLITE_OK;
    if (sqlite3_value_type(argv[0]) != SQLITE_BLOB || !meter_block_look(body, len, &head)) return rows_bad(r, len);
    r->columns[0] = sqlite3_malloc64(3 * (sqlite3_uint64)head.count * sizeof(int64_t) + METER_BLOCK_SLACK);
    r->flag = sqlite3_malloc64(head.count + METER_BLOCK_SLACK);
    if (!r->columns[0] || !r->flag) return SQLITE_NOMEM;
    r->columns[1] = r->columns[0] + head.count, r->columns[2] = r->columns[1] + head.count;
    meter_block_out out = {r->columns[0], r->columns[1], r->flag, r->columns[2]};
    if (!meter_block_decode(body, len, &out, METER_PATH_BEST)) return rows_bad(r, len);
    r->count = head.count;
    return SQLITE_OK;
}

static int rows_next(sqlite3_vtab_cursor *c)
{
    ((rows *)c)->at++;
    return SQLITE_OK;
}

static int rows_eof(sqlite3_vtab_cursor *c) { return ((rows *)c)->at >= ((rows *)c)->count; }

static int rows_column(sqlite3_vtab_cursor *c, sqlite3_context *to, int column)
{
    const rows *r = (const rows *)c;
    if (column == TIME) sqlite3_result_int64(to, r->columns[0][r->at]);
    if (column == VALUE) sqlite3_result_int64(to, r->columns[1][r->at]);
    if (column == FLAG) sqlite3_result_int(to, r->flag[r->at]);
    if (column == TAKE) sqlite3_result_int64(to, r->columns[2][r->at]);
    return SQLITE_OK;
}

static int rows_id(sqlite3_vtab_cursor *c, sqlite3_int64 *ret)
{
    *ret = (sqlite3_int64)((rows *)c)->at;
    return SQLITE_OK;
}

static const sqlite3_module BLOCK = {.xConnect = table_connect, .xBestIndex = table_plan, .xDisconnect = table_disconnect, .xOpen = rows_open, .xClose = rows_close,
                                     .xFilter = rows_decode, .xNext = rows_next, .xEof = rows_eof, .xColumn = rows_column, .xRowid = rows_id};

__attribute__((visibility("default"))) int sqlite3_hengsqlite_init(sqlite3 *db, char **err, const sqlite3_api_routines *api);

int sqlite3_hengsqlite_init(sqlite3 *db, char **err, const sqlite3_api_routines *api)
{
    (void)err;
    SQLITE_EXTENSION_INIT2(api);
    return sqlite3_create_module(db, "heng_block", &BLOCK, NULL);
}
