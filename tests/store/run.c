/* Parameters in, rows out, transactions, the counter of calls, and the errors of statements. */
#include "place.h"

static const char TABLES[] =
    "CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;"
    "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, word TEXT, bytes BLOB, parent INTEGER REFERENCES parent, CHECK (n <> 13)) STRICT;";
static const char ADD[] = "INSERT INTO t (id, n, word, bytes, parent) VALUES (:id, :n, :word, :bytes, :parent)";

enum { ROWS = 5 };
static const int64_t IDS[ROWS] = {1, 2, 3, 4, 5};
static const int64_t NUMBERS[ROWS] = {INT64_MIN, -1, 0, 1, INT64_MAX};
static const bool NO_NUMBER[ROWS] = {false, false, true, false, false};

static bool add_rows(store *s, heng_err *err)
{
    arena a = {0};
    const text words[ROWS] = {TEXT("衡"), {NULL, 0}, TEXT("it's"), TEXT("a:b"), {"x\0y", 3}};
    const text bytes[ROWS] = {{"\0\1\377", 3}, {NULL, 0}, TEXT("b"), TEXT("c"), TEXT("d")};
    const bool all[ROWS] = {true, true, true, true, true}, no_bytes[ROWS] = {false, false, true, false, false};
    const store_param params[] = {
        {"bytes", STORE_BLOB, NULL, bytes, no_bytes}, {"id", STORE_INT, IDS, NULL, NULL}, {"n", STORE_INT, NUMBERS, NULL, NO_NUMBER},
        {"word", STORE_TEXT, NULL, words, NULL}, {"parent", STORE_INT, IDS, NULL, all}};
    bool ok = store_begin(s, err) && run_text(s, ADD, params, 5, ROWS, &a, NULL, err) && store_commit(s, err);
    arena_free(&a);
    return ok;
}

static void values_come_back_as_they_went_in(store *s)
{
    const text zero_inside = {"x\0y", 3}, three_bytes = {"\0\1\377", 3};
    arena a = {0};
    store_rows rows;
    heng_err err = {0};
    check_ok(add_rows(s, &err), &err, "five rows go in by one call");
    check_ok(run_text(s, "SELECT id, n, word, bytes, parent FROM t ORDER BY id", NULL, 0, 1, &a, &rows, &err), &err, "and come back");
    check_int((int64_t)rows.count, ROWS, "all of them");
    check_int(rows.columns[1].ints[0], INT64_MIN, "the smallest number");
    check_int(rows.columns[1].ints[4], INT64_MAX, "the largest number");
    check(rows.columns[1].nulls[2] && rows.columns[1].ints[2] == 0, "an absent number is null and 0");
    check_text(rows.columns[2].texts[0], TEXT("衡"), "text is UTF-8");
    check(!rows.columns[2].nulls[1] && rows.columns[2].texts[1].len == 0, "an empty text is not an absent one");
    check_text(rows.columns[2].texts[4], zero_inside, "a text may hold a zero byte");
    check_text(rows.columns[3].texts[0], three_bytes, "bytes are bytes");
    check(rows.columns[3].type == STORE_BLOB && !rows.columns[3].nulls[1] && rows.columns[3].nulls[2], "empty bytes are not absent bytes");
    check(rows.columns[4].nulls[3] && rows.columns[4].ints[3] == 0 && rows.columns[4].texts[3].len == 0, "a column of nulls reads as either type");
    arena_free(&a);
}

static void a_set_of_keys_gives_rows_with_their_origin(store *s)
{
    static const int64_t KEYS[] = {4, 99, 1, 4};
    arena a = {0};
    store_rows rows;
    heng_err err = {0};
    uint64_t before = store_call_count(s);
    const store_param key = {"key", STORE_INT, KEYS, NULL, NULL};
    check_ok(run_text(s, "SELECT n FROM t WHERE id = :key OR id = :key + 1 ORDER BY id", &key, 1, 4, &a, &rows, &err), &err, "four keys are looked up");
    check_int((int64_t)rows.count, 6, "each key gives its rows");
    check(rows.origin[0] == 0 && rows.origin[2] == 2 && rows.origin[4] == 3, "which say what key they are for");
    check_int((int64_t)(store_call_count(s) - before), 1, "a set is one call");
    check_ok(run_text(s, "SELECT n FROM t WHERE id = :key", &key, 1, 0, &a, &rows, &err) && rows.count == 0, &err, "no keys give no rows");
    arena_free(&a);
}

static void large_results_keep_their_values(store *s)
{
    static const char SQL[] = "WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < 99999) "
                              "SELECT i, CASE WHEN i < 1000 THEN NULL ELSE i * 3 END, 'w' || i, CASE WHEN i = 70000 THEN zeroblob(100000) END FROM c";
    arena a = {0};
    store_rows rows;
    heng_err err = {0};
    bool right = true;
    check_ok(run_text(s, SQL, NULL, 0, 1, &a, &rows, &err), &err, "a hundred thousand rows");
    for (size_t i = 0; i < rows.count && right; i++) {
        char word[32];
        snprintf(word, sizeof word, "w%zu", i);
        right = rows.columns[0].ints[i] == (int64_t)i && rows.columns[1].nulls[i] == (i < 1000) && rows.columns[1].ints[i] == (i < 1000 ? 0 : 3 * (int64_t)i) &&
                text_is(rows.columns[2].texts[i], word) && rows.columns[3].texts[i].len == (i == 70000 ? 100000 : 0);
    }
    check(right && rows.count == 100000, "all right, also where a column begins with nulls");
    arena_free(&a);
}

typedef struct tally { int64_t rows, stop_at; bool fail; store *s; } tally;

static bool count_one(void *context, const store_rows *one, heng_err *err)
{
    tally *t = context;
    arena a = {0};
    t->rows++;
    if (!text_is(one->columns[0].texts[0], "") && t->s) check_text(meta_get(&a, t->s, "zone"), TEXT("Asia/Shanghai"), "a callback may run statements");
    arena_free(&a);
    if (t->rows < t->stop_at) return true;
    return t->fail ? err_fill(err, &MSG_STORE_EXISTS, NULL, NULL, NULL) : false;
}

/* Inside the callback the same statement runs again. */
static bool each_inside(void *context, const store_rows *one, heng_err *err)
{
    tally *t = context, inner = {.stop_at = 1000};
    (void)one;
    t->rows++;
    return store_each(t->s, SQL_store_meta_all, NULL, 0, count_one, &inner, err) && inner.rows == 3;
}

static void each_row_is_handed_out(store *s)
{
    heng_err err = {0}, used = {.message = &MSG_STORE_IO};
    tally all = {.stop_at = 1000, .s = s}, two = {.stop_at = 2}, bad = {.stop_at = 2, .fail = true}, nested = {.s = s};
    bool ok = store_begin(s, &err) && meta_put(s, "zone", "Asia/Shanghai", &err) && meta_put(s, "a", "1", &err) && meta_put(s, "b", "2", &err) && store_commit(s, &err);
    check_ok(ok, &err, "three words are kept");
    check_ok(store_each(s, SQL_store_meta_all, NULL, 0, count_one, &all, &err) && all.rows == 3, &err, "each of three rows is seen");
    check(store_each(s, SQL_store_meta_all, NULL, 0, count_one, &two, &used) && two.rows == 2, "stopping early is no error, whatever err held");
    check_fails(store_each(s, SQL_store_meta_all, NULL, 0, count_one, &bad, &err), &err, "store.exists", "a callback's error is passed on");
    err_clear(&err);
    check_ok(store_each(s, SQL_store_meta_all, NULL, 0, each_inside, &nested, &err) && nested.rows == 3, &err, "a statement may run inside itself");
}

static void transactions_hold_or_vanish_whole(store *s)
{
    arena a = {0};
    heng_err err = {0};
    check_ok(store_begin(s, &err) && meta_put(s, "gone", "1", &err), &err, "a word is written");
    store_rollback(s);
    check_text(meta_get(&a, s, "gone"), TEXT(""), "and is gone when rolled back");
    check_ok(meta_put_committed(s, "kept", "1", &err) && meta_put_committed(s, "kept", "2", &err), &err, "a word is written twice");
    check_text(meta_get(&a, s, "kept"), TEXT("2"), "and the later one counts");
    arena_free(&a);
}

static const struct { const char *says, *sql, *id; heng_code code; const char *seen; } FAULTS[] = {
    {"the same key twice", "INSERT INTO t (id) VALUES (1)", "store.duplicate", HENG_CONFLICT, "t.id"},
    {"a parent that does not exist", "INSERT INTO t (id, parent) VALUES (100, 7)", "store.no_parent", HENG_CONFLICT, NULL},
    {"a check", "INSERT INTO t (id, n) VALUES (101, 13)", "store.constraint", HENG_CONFLICT, "n <> 13"},
    {"a sum in a column past 64 bits", "UPDATE t SET n = n + 1 WHERE id = 5", "store.overflow", HENG_OVERFLOW, "t.n"},
    {"a sum over rows past 64 bits", "UPDATE t SET word = (SELECT sum(n) FROM (SELECT 9223372036854775807 AS n UNION ALL SELECT 1)) WHERE id = 1", "store.overflow", HENG_OVERFLOW, NULL},
    {"a word in a number's column", "UPDATE t SET n = 'abc' WHERE id = 1", "store.constraint", HENG_CONFLICT, "t.n"},
    {"a statement that is wrong itself", "INSERT INTO nowhere VALUES (1)", "store.failed", HENG_IO, "no such table: nowhere"},
    {"a double-quoted word is no string", "UPDATE t SET word = \"abc\"", "store.failed", HENG_IO, NULL},
};

static void faults_have_their_messages(store *s)
{
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++) {
        arena a = {0};
        heng_err err = {0}, again = {0};
        check_ok(store_begin(s, &err), &err, "a transaction begins");
        check_fails(run_text(s, FAULTS[i].sql, NULL, 0, 1, &a, NULL, &err), &err, FAULTS[i].id, FAULTS[i].says);
        check(err.message && err.message->code == FAULTS[i].code && err.file[0], "with its code and file");
        if (FAULTS[i].seen) check_text(text_of(err.seen), text_of(FAULTS[i].seen), "and what was seen");
        if (err.message == &MSG_STORE_FAILED) store_rollback(s);
        else check_fails(store_commit(s, &again), &again, "store.broken", "what failed in part cannot be committed");
        arena_free(&a);
    }
}

static void real_numbers_and_mixed_columns_are_refused(store *s)
{
    arena a = {0};
    store_rows rows;
    heng_err err = {0};
    check_fails(run_text(s, "SELECT 1.5 AS half", NULL, 0, 1, &a, &rows, &err), &err, "store.value", "a real number is no value");
    check_text(text_of(err.field), TEXT("half"), "and the column is named");
    err_clear(&err);
    check_fails(run_text(s, "SELECT 1 UNION ALL SELECT 'a'", NULL, 0, 1, &a, &rows, &err), &err, "store.value", "a column has one type");
    arena_free(&a);
}

static void a_reader_sees_one_state(store *w, const char *path)
{
    arena a = {0};
    store *r = NULL;
    heng_err err = {0};
    if (!check_ok(store_open(path, STORE_READ, NULL, &r, &err), &err, "a reader opens beside the writer")) return;
    int64_t before = store_changed(r);
    check_ok(store_begin(r, &err), &err, "it begins");
    check_ok(meta_put_committed(w, "kept", "3", &err), &err, "the writer commits meanwhile");
    check_text(meta_get(&a, r, "kept"), TEXT("2"), "the reader sees the state of its beginning");
    check_ok(store_commit(r, &err), &err, "until it ends");
    check_text(meta_get(&a, r, "kept"), TEXT("3"), "then the new one");
    check(store_changed(r) != before, "and that there was a change");
    check(!store_is_writer(r) && store_is_writer(w), "who may write is known");
    check_int(sqlite3_exec(r->db, "INSERT INTO t (id) VALUES (77)", NULL, NULL, NULL), SQLITE_READONLY, "a reader cannot write, whatever it runs");
    store_close(r);
    arena_free(&a);
}

enum { MANY = 100 };

static bool put_many(store *s, const text *keys, const text *values, const bool *nulls, heng_err *err)
{
    arena a = {0};
    store_rows rows;
    const store_param params[] = {{"value", STORE_TEXT, NULL, values, nulls}, {"key", STORE_TEXT, NULL, keys, NULL}};
    bool ok = store_begin(s, err) && store_run(s, SQL_store_meta_put, params, 2, MANY, &a, &rows, err);
    if (ok) check_int((int64_t)rows.count, 0, "an insert gives no rows");
    ok = ok && store_commit(s, err);
    if (!ok) store_rollback(s);
    arena_free(&a);
    return ok;
}

/* Inserts of many rows take another way (feed.c); what is stored, refused and counted is the same. */
static void many_rows_go_in_by_one_run(store *s)
{
    arena a = {0};
    store_rows rows;
    heng_err err = {0};
    text keys[MANY], values[MANY];
    bool nulls[MANY] = {0}, right = true;
    for (int i = 0; i < MANY; i++) keys[i] = text_of(arena_printf(&a, "many%03d", i)), values[i] = (text){NULL, 0};
    check_ok(put_many(s, keys, values, NULL, &err), &err, "a hundred rows are added");
    for (int i = 0; i < MANY; i++) values[i] = text_of(arena_printf(&a, "value %d", i));
    uint64_t before = store_call_count(s);
    check_ok(put_many(s, keys, values, nulls, &err), &err, "and changed: an upsert works too");
    check_int((int64_t)(store_call_count(s) - before), 1, "by one call");
    nulls[MANY - 1] = true;
    values[0] = TEXT("never");
    check_fails(put_many(s, keys, values, nulls, &err), &err, "store.constraint", "a row that breaks a rule of the table is told");
    check_ok(store_run(s, SQL_store_meta_find, &(store_param){"key", STORE_TEXT, NULL, keys, NULL}, 1, MANY, &a, &rows, &err), &err, "all are read");
    for (size_t i = 0; i < rows.count; i++) right = right && text_equal(rows.columns[0].texts[i], text_of(arena_printf(&a, "value %zu", i)));
    check(right && rows.count == MANY, "and hold what was stored last, nothing of what failed");
    arena_free(&a);
}

int main(void)
{
    place p;
    if (!place_open(&p)) return 1;
    const char *path = place_file(&p, "a b#c?d%e 衡.heng");
    store *s = place_create(path, TABLES);
    values_come_back_as_they_went_in(s);
    a_set_of_keys_gives_rows_with_their_origin(s);
    large_results_keep_their_values(s);
    each_row_is_handed_out(s);
    transactions_hold_or_vanish_whole(s);
    faults_have_their_messages(s);
    real_numbers_and_mixed_columns_are_refused(s);
    a_reader_sees_one_state(s, path);
    many_rows_go_in_by_one_run(s);
    heng_err err = {0};
    check_ok(store_check(s, &err), &err, "the database passes its check");
    check_text(text_of(store_path(s)), text_of(path), "the path is as it was named");
    store_close(s);
    place_close(&p);
    return check_done();
}
