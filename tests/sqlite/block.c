/* SQLite reads blocks of readings through the extension as the codec wrote them.   usage: test_sqlite_block EXTENSION */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "block.h"
#include "check.h"

enum { N = 500 };

/* A day of half regular, half odd readings, one of them corrected: the same time twice. */
static size_t block_make(uint8_t **ret, int64_t *ret_sum)
{
    static int64_t time[N], value[N], take[N];
    static uint8_t flag[N];
    *ret_sum = 0;
    for (int i = 0; i < N; i++) {
        time[i] = INT64_C(1709222400000000) + (int64_t)(i == 300 ? 299 : i) * 60000000 + (i > 400 ? i * 7 : 0);
        value[i] = (int64_t)i * i - 1000, take[i] = i == 300 ? 9 : 4, flag[i] = (uint8_t)(i % 50 == 0);
        *ret_sum += value[i];
    }
    *ret = malloc(meter_block_bound(N));
    meter_block in = {time, value, flag, take};
    return meter_block_encode(&in, N, *ret, METER_PATH_BEST);
}

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    int64_t n = INT64_MIN;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW) n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

static void keep(sqlite3 *db, int id, const void *bytes, size_t len)
{
    sqlite3_stmt *s = NULL;
    check(sqlite3_prepare_v2(db, "INSERT INTO b VALUES (?, ?)", -1, &s, NULL) == SQLITE_OK && sqlite3_bind_int(s, 1, id) == SQLITE_OK &&
          sqlite3_bind_blob(s, 2, bytes, (int)len, SQLITE_TRANSIENT) == SQLITE_OK && sqlite3_step(s) == SQLITE_DONE, "bytes are kept in a table");
    sqlite3_finalize(s);
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    uint8_t *bytes;
    char *why = NULL;
    int64_t sum;
    size_t len = block_make(&bytes, &sum);
    check(argc == 2 && sqlite3_open(":memory:", &db) == SQLITE_OK && sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL) == SQLITE_OK, "a database opens");
    check(sqlite3_load_extension(db, argv[1], NULL, &why) == SQLITE_OK, "the extension loads");
    check(sqlite3_exec(db, "CREATE TABLE b (id INTEGER PRIMARY KEY, body BLOB)", NULL, NULL, NULL) == SQLITE_OK, "a table is made");
    keep(db, 1, bytes, len);
    keep(db, 2, bytes, len);
    keep(db, 3, "", 0);
    check_int(number(db, "SELECT count(*) FROM b, heng_block(b.body)"), 2 * N, "every entry of every block is a row");
    check_int(number(db, "SELECT sum(value) FROM b, heng_block(b.body) WHERE id = 1"), sum, "values are those that went in");
    check_int(number(db, "SELECT sum(flag) FROM heng_block((SELECT body FROM b WHERE id = 2))"), N / 50, "so are flags");
    check_int(number(db, "SELECT value FROM heng_block((SELECT body FROM b WHERE id = 1)) WHERE time_us = 1709240340000000 ORDER BY take DESC LIMIT 1"), 300 * 300 - 1000, "of two values for one time the later take is found");
    check_int(number(db, "SELECT count(*) FROM heng_block(NULL)"), 0, "NULL is no row");
    keep(db, 4, bytes, len / 2);
    check(number(db, "SELECT count(*) FROM b, heng_block(b.body) WHERE id = 4") == INT64_MIN && strstr(sqlite3_errmsg(db), "no block of readings"), "half a block is an error that says so");
    check(number(db, "SELECT count(*) FROM heng_block('words')") == INT64_MIN, "so are words");
    check(number(db, "SELECT count(*) FROM heng_block") == INT64_MIN, "without a block there is nothing to read");
    sqlite3_close(db);
    free(bytes);
    return check_done();
}
