/*
 * The power goes at a random write or sync, in hundreds of seeded rounds: what store_commit acknowledged is there, what it did not is absent whole.
 *
 * Each transaction writes the same round number under several keys; so a transaction that is half there shows as two numbers. A
 * second argument is the first seed, to run one round again.
 */
#include "place.h"
#include "powercut_vfs.h"

enum { ROUNDS = 400, KEYS = 12, TRANSACTIONS_MAX = 12 };

static const char TABLES[] = "CREATE TABLE slot (k INTEGER PRIMARY KEY, v INTEGER NOT NULL, fill BLOB) STRICT";
static const char PUT[] = "INSERT INTO slot (k, v, fill) VALUES (:k, :v, :fill) ON CONFLICT (k) DO UPDATE SET v = excluded.v, fill = excluded.fill";

static uint64_t next_random(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static bool put_all(store *s, int64_t value, uint64_t *random, heng_err *err)
{
    static const char FILL[9000];
    arena a = {0};
    int64_t keys[KEYS], values[KEYS];
    text fills[KEYS];
    for (int i = 0; i < KEYS; i++) {
        keys[i] = i;
        values[i] = value;
        fills[i] = (text){FILL, next_random(random) % sizeof FILL};
    }
    const store_param params[] = {{"k", STORE_INT, keys, NULL, NULL}, {"v", STORE_INT, values, NULL, NULL}, {"fill", STORE_BLOB, NULL, fills, NULL}};
    bool ok = store_begin(s, err) && run_text(s, PUT, params, 3, KEYS, &a, NULL, err) && store_commit(s, err);
    store_rollback(s);
    arena_free(&a);
    return ok;
}

/* What a round did: the last acknowledged value, and the one under way when the power went. */
typedef struct outcome { int64_t acknowledged, tried; } outcome;

/* Several sessions, since closing the last connection merges the log: the cut falls there too. */
static outcome work_until_cut(const char *path, powercut *layer, uint64_t *random)
{
    outcome o = {0, 0};
    while (!powercut_happened(layer)) {
        store *s = NULL;
        heng_err err = {0};
        if (!store_open(path, STORE_WRITE, &(store_options){.vfs = "cut", .wait_ms = 50}, &s, &err)) break;
        int transactions = 1 + (int)(next_random(random) % TRANSACTIONS_MAX);
        for (int i = 0; i < transactions && !powercut_happened(layer); i++) {
            o.tried = o.acknowledged + 1;
            if (put_all(s, o.tried, random, &err)) o.acknowledged = o.tried;
        }
        store_close(s);
    }
    return o;
}

static bool copy_file(const char *from, const char *to)
{
    static char bytes[1 << 20];
    int fd = open(from, O_RDONLY);
    ssize_t got = read(fd, bytes, sizeof bytes);
    close(fd);
    return got > 0 && place_write(to, bytes, (size_t)got);
}

static bool is_right(store *s, outcome o, bool some_kept)
{
    arena a = {0};
    store_rows rows;
    heng_err err = {0};
    bool ok = store_check(s, &err) && run_text(s, "SELECT v, count(*) FROM slot GROUP BY v", NULL, 0, 1, &a, &rows, &err) && rows.count <= 1;
    int64_t value = ok && rows.count ? rows.columns[0].ints[0] : 0;
    ok = ok && (value == 0 || rows.columns[1].ints[0] == KEYS);
    /* Where the disk had written all of the last transaction already, it may be there whole although nobody was told. */
    ok = ok && (value == o.acknowledged || (some_kept && value == o.tried));
    if (!ok) printf("# acknowledged %lld, tried %lld, seen %lld\n", (long long)o.acknowledged, (long long)o.tried, (long long)value);
    arena_free(&a);
    return ok;
}

static bool round_holds(place *p, const char *fresh, uint64_t seed, int64_t *acknowledged)
{
    static const int KEEP[] = {0, 0, 20, 50, 90, 100};
    uint64_t random = seed;
    store *s = NULL;
    heng_err err = {0};
    const char *path = place_file(p, "round");
    path_remove_database(path);
    if (!copy_file(fresh, path)) return false;

    powercut *layer = powercut_install("cut", seed);
    int keep = KEEP[next_random(&random) % (sizeof KEEP / sizeof *KEEP)];
    powercut_arm(layer, POWERCUT_CUT, 1 + (int64_t)(next_random(&random) % 1000), keep);
    outcome o = work_until_cut(path, layer, &random);
    powercut_remove(layer);
    *acknowledged += o.acknowledged;

    bool ok = store_open(path, STORE_WRITE, NULL, &s, &err) && is_right(s, o, keep > 0) && put_all(s, 1000000, &random, &err);
    if (err.message) printf("# %s %s\n", err.message->id, err.seen);
    store_close(s);
    return ok;
}

/* The test's own test: without the sync, acknowledged commits must be seen to get lost. */
static void the_layer_does_lose_what_is_not_synced(place *p, const char *fresh)
{
    store *s = NULL;
    heng_err err = {0};
    uint64_t random = 1;
    const char *path = place_file(p, "unsynced");
    powercut *layer = powercut_install("cut", 1);
    copy_file(fresh, path);
    check_ok(store_open(path, STORE_WRITE, &(store_options){.vfs = "cut", .no_sync = true}, &s, &err) && put_all(s, 1, &random, &err), &err, "a commit without sync");
    powercut_arm(layer, POWERCUT_CUT, 1, 0);
    check(!put_all(s, 2, &random, &err), "then the power goes");
    store_close(s);
    powercut_remove(layer);
    s = NULL;
    err_clear(&err);
    check_ok(store_open(path, STORE_READ, NULL, &s, &err), &err, "the file opens");
    check_int(count_rows(s, "SELECT count(*) FROM slot"), 0, "and the commit is lost, so the layer does lose things");
    store_close(s);
}

int main(int argc, char **argv)
{
    place p;
    int64_t acknowledged = 0;
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    if (!place_open(&p)) return 1;
    const char *fresh = place_file(&p, "fresh");
    store_close(place_create(fresh, TABLES));
    the_layer_does_lose_what_is_not_synced(&p, fresh);
    for (uint64_t seed = first; seed < first + (argc > 1 ? 1 : ROUNDS); seed++) {
        char says[64];
        if (round_holds(&p, fresh, seed, &acknowledged)) continue;
        snprintf(says, sizeof says, "round with seed %llu", (unsigned long long)seed);
        check(false, says);
    }
    printf("# %d rounds, %lld commits acknowledged\n", ROUNDS, (long long)acknowledged);
    check(argc > 1 || acknowledged > ROUNDS, "what was acknowledged survived the cut, what was not is absent whole");
    place_close(&p);
    return check_done();
}
