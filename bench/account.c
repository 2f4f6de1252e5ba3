/*
 * A year's energy and carbon account of a city of 10,000 parties and 50 commodities, 6 million monthly sums, beside one SQL query with
 * the same result in SQLite on the same file.
 *
 *   account [FOLDER [PARTIES]]     FOLDER keeps the book between runs (default /tmp/heng-bench-account); made in the first
 *   account --csv TO [FOLDER]      writes party.csv, flow.csv, month.csv, factor.csv there for account_peers.py
 *   account --cold BOOK            what the cold rounds start: open, both tables, print the two totals
 *
 * warm    the account is open; each round forgets the sums of the last and makes both tables again (two threads)
 * new     a new process: open the book, map the columns, make both tables; files in the page cache, and put out of it
 * The totals of both sides are compared exactly before anything is printed. Amounts are seeded, so every run has the same.
 */
#include <fcntl.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "account.h"

enum { ROUNDS = 11, COLD_ROUNDS = 5, COMMODITIES = 50, PARTIES = 10000, BATCH = 80, SECTORS = 20 };
extern char **environ;

typedef struct bench { arena a; char folder[256], path[300], pack[300]; size_t parties; book *b; const rule_set *r; int32_t commodities[COMMODITIES]; uint64_t seed; } bench;
typedef struct totals { const rat *tce, *co2; } totals;

static void need(bool ok, const heng_err *err, const char *what)
{
    char line[2048] = "";
    if (ok) return;
    if (err) err_format(err, HENG_EN, line, sizeof line);
    fprintf(stderr, "%s: %s\n", what, line);
    exit(1);
}

static double seconds(void) { return (double)now_us() / 1e6; }
static uint64_t next_random(bench *x) { return x->seed ^= x->seed << 13, x->seed ^= x->seed >> 7, x->seed ^= x->seed << 17; }

/* ---- The city ---- */

static const char *kind_of(size_t commodity) { return commodity % 10 == 0 ? "nonenergy" : commodity % 10 == 1 ? "import" : "use"; }

/* The first 50 energy commodities with a unit of their own. */
static size_t find_commodities(const rule_set *r, int32_t *ret)
{
    size_t n = 0;
    int32_t tag = rule_tag_find(r, TEXT("energy")), tce = rule_unit_find(r, TEXT("tce"));
    for (size_t i = 0; i < r->commodity_count && n < COMMODITIES; i++)
        if ((r->commodities[i].tags[tag / 64] >> (tag % 64) & 1) && r->commodities[i].units[0] != tce && r->commodities[i].class_ != RULE_RESIDUAL) ret[n++] = (int32_t)i;
    return n;
}

static FILE *file_in(const char *folder, const char *name)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    need(f != NULL, NULL, path);
    return f;
}

/* Millionths of a tce, and of a t of CO2, per unit of commodity i of the list. */
static int64_t tce_of(size_t i) { return 500000 + (int64_t)i * 10007; }
static int64_t co2_of(size_t i) { return 1000000 + (int64_t)i * 20011; }

static const rule_set *load_rules(bench *x, const char *const *folders, size_t count)
{
    heng_err err = {0}, item = {0};
    rule_faults faults = {&item, 0, 1, 0};
    const rule_set *r;
    bool ok = rule_load_folders(&x->a, folders, count, &r, &faults, &err);
    need(ok, faults.count ? &item : &err, "rules");
    return r;
}

static void write_pack(bench *x)
{
    const char *const ground[] = {BENCH_RULEBOOK};
    const rule_set *r = load_rules(x, ground, 1);
    int32_t list[COMMODITIES];
    need(find_commodities(r, list) == COMMODITIES, NULL, "too few commodities");
    mkdir(x->pack, 0700);
    FILE *f = file_in(x->pack, "pack.csv"), *c = file_in(x->pack, "conversions.csv"), *e = file_in(x->pack, "emission_factors.csv"), *k = file_in(x->pack, "factor_choices.csv");
    fputs("key,value,source\nid,bench,bench\nversion,1,bench\ntitle_zh,测,bench\ntitle_en,bench,bench\nover,cn,bench\n", f);
    fclose(f);
    fputs("set,commodity,unit,to,basis,value,source\n", c), fputs("set,kind,id,name_zh,name_en,unit,gas,sector,factor,factor_unit,source\n", e), fputs("choice,commodity,unit,sector,set,id,source\n", k);
    for (size_t i = 0; i < COMMODITIES; i++) {
        const rule_commodity *w = &r->commodities[list[i]];
        text unit = r->units[w->units[0]].id;
        fprintf(c, "B-CONV,%.*s,%.*s,tce,,%lld/1000000,bench\n", TEXT_FMT(w->id), TEXT_FMT(unit), (long long)tce_of(i));
        fprintf(e, "B-EMI,fuel,%.*s,x,x,%.*s,co2,,%lld.%06lld,tCO2/%.*s,bench\n", TEXT_FMT(w->id), TEXT_FMT(unit), (long long)co2_of(i) / 1000000, (long long)co2_of(i) % 1000000, TEXT_FMT(unit));
        fprintf(k, "bench,%.*s,,,B-EMI,%.*s,bench\n", TEXT_FMT(w->id), TEXT_FMT(w->id));
    }
    fclose(c), fclose(e), fclose(k);
    f = file_in(x->pack, "sets.csv");
    fputs("id,role,name_zh,name_en,fallback,source\nB-CONV,conversion,x,x,none,bench\nB-EMI,emission,x,x,none,bench\n", f);
    fclose(f);
    f = file_in(x->pack, "profiles.csv");
    fputs("profile,role,set,source\nbench,conversion,B-CONV,bench\nbench,emission,bench,bench\n", f);
    fclose(f);
}

static const char *industry_of(bench *x, size_t i) { return arena_printf(&x->a, "%zu", 13 + i % SECTORS); }

static void post_parties(bench *x)
{
    size_t count = x->parties + 3, facts = 0;
    heng_err err = {0};
    book_party_new *p = NEW_ARRAY(&x->a, count, book_party_new);
    book_party_fact *f = NEW_ARRAY(&x->a, count * 2, book_party_fact);
    const struct { const char *code, *class_; } first[] = {{"city", "government"}, {"pool", "pool"}, {"rest", "rest_of_country"}};
    for (size_t i = 0; i < 3; i++) p[i] = (book_party_new){text_of(first[i].code), rule_party_class_find(x->r, text_of(first[i].class_)), 0};
    f[facts++] = (book_party_fact){TEXT("pool"), TEXT("place"), TEXT("city"), day_from(2000, 1, 1), 0};
    for (size_t i = 0; i < x->parties; i++) {
        text code = text_of(arena_printf(&x->a, "e%zu", i));
        p[i + 3] = (book_party_new){code, rule_party_class_find(x->r, TEXT("enterprise")), 0};
        f[facts++] = (book_party_fact){code, TEXT("place"), TEXT("city"), day_from(2000, 1, 1), 0};
        f[facts++] = (book_party_fact){code, TEXT("industry"), text_of(industry_of(x, i)), day_from(2000, 1, 1), 0};
    }
    book_batch batch = {.source = TEXT("bench"), .party_count = count, .parties = p, .party_fact_count = facts, .party_facts = f};
    book_receipt receipt;
    need(book_post(x->b, &x->a, &batch, NULL, &receipt, &err), &err, "parties");
    need(receipt.refused == 0, NULL, "parties refused");
}

/* A group is a party's year: 50 movements of a year each, so 12 sums each. */
static void post_year(bench *x)
{
    heng_err err = {0};
    period year = period_year(book_zone(x->b), 2021);
    int32_t pool = book_party_find(x->b, TEXT("pool")), rest = book_party_find(x->b, TEXT("rest")), first = book_party_find(x->b, TEXT("e0"));
    double start = seconds();
    for (size_t at = 0; at < x->parties; at += BATCH) {
        arena scratch = {0};
        size_t n = x->parties - at < BATCH ? x->parties - at : BATCH;
        book_group *g = NEW_ARRAY(&scratch, n, book_group);
        for (size_t i = 0; i < n; i++) {
            book_movement *m = NEW_ARRAY(&scratch, COMMODITIES, book_movement);
            for (size_t c = 0; c < COMMODITIES; c++)
                m[c] = (book_movement){.giver = c % 10 == 1 ? rest : pool, .taker = first + (int32_t)(at + i), .commodity = x->commodities[c], .unit = x->r->commodities[x->commodities[c]].units[0],
                                       .kind = rule_kind_find(x->r, text_of(kind_of(c))), .basis = BOOK_REPORTED, .amount = (int64_t)(next_random(x) % 1000000000), .when = year};
            g[i] = (book_group){.ext_id = text_of(arena_printf(&scratch, "y%zu", at + i)), .movements = m, .count = COMMODITIES};
        }
        book_batch batch = {.source = TEXT("bench"), .group_count = n, .groups = g};
        book_receipt receipt;
        need(book_post(x->b, &scratch, &batch, NULL, &receipt, &err), &err, "movements");
        need(receipt.refused == 0, NULL, "movements refused");
        arena_free(&scratch);
    }
    fprintf(stderr, "made the book in %.1f s\n", seconds() - start);
}

static void open_city(bench *x)
{
    heng_err err = {0};
    book_options o = {.user = TEXT("bench")};
    mkdir(x->folder, 0700);
    if (access(x->path, R_OK) != 0) {
        write_pack(x);
        const char *const folders[] = {BENCH_RULEBOOK, x->pack};
        need(book_create(x->path, &o, &x->b, &err), &err, "create");
        book_batch batch = {.source = TEXT("pack"), .rules = load_rules(x, folders, 2)};
        need(book_post(x->b, &x->a, &batch, NULL, NULL, &err) && book_rules(x->b, &x->r, &err), &err, "rules");
        need(find_commodities(x->r, x->commodities) == COMMODITIES, NULL, "commodities");
        post_parties(x);
        post_year(x);
        book_close(x->b);
        x->b = NULL;
    }
    need(book_open(x->path, false, &o, &x->b, &err) && book_rules(x->b, &x->r, &err), &err, "open");
    need(find_commodities(x->r, x->commodities) == COMMODITIES, NULL, "commodities");
}

/* ---- Heng's side ---- */

static const rat *cell(const account_table *t, const char *line, const char *column)
{
    for (size_t l = 0; l < t->line_count; l++)
        for (size_t c = 0; c < t->column_count; c++)
            if (text_is(t->lines[l].id, line) && text_is(t->columns[c].id, column)) return t->cells[l * t->column_count + c].value;
    return NULL;
}

static totals both_tables(account *x, arena *a, int32_t city, const cal_zone *z)
{
    heng_err err = {0};
    account_table energy, carbon;
    need(account_energy(x, a, city, period_year(z, 2021), ENERGY_STANDARD, &energy, &err), &err, "energy");
    need(account_carbon(x, a, city, period_year(z, 2021), &carbon, &err), &err, "carbon");
    totals t = {cell(&energy, "total", "total"), cell(&carbon, "total", "co2")};
    need(t.tce && t.co2, NULL, "a total is missing");
    return t;
}

static int by_size(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }
static double median(double *v, size_t n) { return qsort(v, n, sizeof *v, by_size), v[n / 2]; }

static account *open_account(arena *a, book *b, bool no_snapshot)
{
    account *x;
    heng_err err = {0};
    account_options o = {.known_us = BOOK_KNOWN_NOW, .profile = TEXT("bench"), .no_snapshot = no_snapshot};
    need(account_open(a, b, &o, &x, &err), &err, "account");
    return x;
}

static totals warm(bench *x, double *ret_median, double *ret_one)
{
    double times[ROUNDS];
    account *view = open_account(&x->a, x->b, false);
    int32_t city = book_party_find(x->b, TEXT("city"));
    totals t = both_tables(view, &x->a, city, book_zone(x->b));
    for (int i = 0; i < ROUNDS; i++) {
        arena scratch = {0};
        double start = seconds();
        account_forget(view);
        both_tables(view, &scratch, city, book_zone(x->b));
        times[i] = seconds() - start;
        arena_free(&scratch);
    }
    *ret_median = median(times, ROUNDS);
    *ret_one = times[0];
    return t;
}

static int cold(const char *path)
{
    arena a = {0};
    heng_err err = {0};
    book *b;
    book_options o = {.user = TEXT("bench")};
    need(book_open(path, false, &o, &b, &err), &err, "open");
    double opened = seconds();
    account *x = open_account(&a, b, false);
    double mapped = seconds();
    totals t = both_tables(x, &a, book_party_find(b, TEXT("city")), book_zone(b));
    printf("%.*s tce, %.*s t CO2 (columns %.1f ms, tables %.1f ms)\n", TEXT_FMT(rat_exact(&a, t.tce)), TEXT_FMT(rat_exact(&a, t.co2)), (mapped - opened) * 1e3, (seconds() - mapped) * 1e3);
    book_close(b);
    arena_free(&a);
    return 0;
}

/* Clean pages of a file leave the cache; no root needed. */
static void put_out(const char *path)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0) return;
    fsync(fd);
    if (posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0) fprintf(stderr, "%s stays in the cache\n", path);
    close(fd);
}

static double new_process(bench *x, char *self, bool out_of_cache)
{
    double times[COLD_ROUNDS];
    for (int i = 0; i < COLD_ROUNDS; i++) {
        char *args[] = {self, (char[]){"--cold"}, x->path, NULL};
        pid_t child;
        int status;
        if (out_of_cache) put_out(x->path), put_out(arena_printf(&x->a, "%s-columns", x->path));
        double start = seconds();
        need(posix_spawn(&child, self, NULL, NULL, args, environ) == 0 && waitpid(child, &status, 0) == child && status == 0, NULL, "cold");
        times[i] = seconds() - start;
    }
    return median(times, COLD_ROUNDS);
}

/* ---- SQLite's side ---- */

static void sql(sqlite3 *db, const char *s) { need(sqlite3_exec(db, s, NULL, NULL, NULL) == SQLITE_OK, NULL, s); }

static void peer_tables(bench *x, sqlite3 *db)
{
    sql(db, "CREATE TEMP TABLE sector (party INTEGER PRIMARY KEY, sector INTEGER)");
    sql(db, "CREATE TEMP TABLE factor (kind TEXT, commodity TEXT, tce INTEGER, co2 INTEGER, PRIMARY KEY (kind, commodity))");
    sql(db, "BEGIN");
    int32_t first = book_party_find(x->b, TEXT("e0"));
    for (size_t i = 0; i < x->parties; i++) sql(db, arena_printf(&x->a, "INSERT INTO sector VALUES (%d, %zu)", first + (int32_t)i, i % SECTORS));
    int32_t carbon = rule_tag_find(x->r, TEXT("carbon_fuel"));
    for (size_t c = 0; c < COMMODITIES; c++) {
        const rule_commodity *w = &x->r->commodities[x->commodities[c]];
        bool burns = c % 10 > 1 && (w->tags[carbon / 64] >> (carbon % 64) & 1);
        sql(db, arena_printf(&x->a, "INSERT INTO factor VALUES ('%s', '%.*s', %lld, %lld)", kind_of(c), TEXT_FMT(w->id), c % 10 == 1 ? 0LL : (long long)tce_of(c), burns ? (long long)co2_of(c) : 0LL));
    }
    sql(db, "COMMIT");
}

static const char PEER_QUERY[] =
    "SELECT f.kind, f.commodity, f.unit, s.sector, SUM(m.delta), SUM(m.delta) * k.tce, SUM(m.delta) * k.co2 FROM flow f JOIN flow_month m ON m.flow = f.id "
    "JOIN sector s ON s.party = f.taker JOIN factor k ON k.kind = f.kind AND k.commodity = f.commodity WHERE m.month BETWEEN 612 AND 623 GROUP BY 1, 2, 3, 4";

static totals peer(bench *x, double *ret_median)
{
    double times[3];
    sqlite3 *db;
    totals t = {0};
    need(sqlite3_open(x->path, &db) == SQLITE_OK, NULL, x->path);
    sql(db, "PRAGMA cache_size=-1000000");
    peer_tables(x, db);
    for (int i = 0; i < 3; i++) {
        sqlite3_stmt *q;
        double start = seconds();
        t = (totals){rat_int(&x->a, 0), rat_int(&x->a, 0)};
        need(sqlite3_prepare_v2(db, PEER_QUERY, -1, &q, NULL) == SQLITE_OK, NULL, sqlite3_errmsg(db));
        while (sqlite3_step(q) == SQLITE_ROW) {
            int scale = x->r->units[rule_unit_find(x->r, text_of((const char *)sqlite3_column_text(q, 2)))].scale;
            t.tce = rat_add(&x->a, t.tce, rat_scaled(&x->a, sqlite3_column_int64(q, 5), scale + 6));
            t.co2 = rat_add(&x->a, t.co2, rat_scaled(&x->a, sqlite3_column_int64(q, 6), scale + 6));
        }
        sqlite3_finalize(q);
        times[i] = seconds() - start;
    }
    sqlite3_close(db);
    *ret_median = median(times, 3);
    return t;
}

/* ---- For the other peers ---- */

static void write_csv(bench *x, const char *folder)
{
    book_sums s;
    heng_err err = {0};
    mkdir(folder, 0755);
    need(book_sums_load(x->b, &x->a, BOOK_KNOWN_NOW, 0, 0, &s, &err), &err, "sums");
    FILE *p = file_in(folder, "party.csv"), *f = file_in(folder, "flow.csv"), *m = file_in(folder, "month.csv"), *k = file_in(folder, "factor.csv");
    int32_t first = book_party_find(x->b, TEXT("e0")), carbon = rule_tag_find(x->r, TEXT("carbon_fuel"));
    fputs("party,sector\n", p), fputs("flow,giver,taker,commodity,kind,scale\n", f), fputs("flow,month,sum\n", m), fputs("kind,commodity,tce_millionth,co2_millionth\n", k);
    for (size_t i = 0; i < x->parties; i++) fprintf(p, "%d,%zu\n", first + (int32_t)i, i % SECTORS);
    for (size_t i = 0; i < s.flow_count; i++)
        fprintf(f, "%zu,%d,%d,%.*s,%.*s,%d\n", i, s.flows[i].giver, s.flows[i].taker, TEXT_FMT(x->r->commodities[s.flows[i].commodity].id), TEXT_FMT(x->r->kinds[s.flows[i].kind].id), x->r->units[s.flows[i].unit].scale);
    for (size_t i = 0; i < s.count; i++) fprintf(m, "%u,%d,%lld\n", s.flow[i], s.month[i], (long long)s.sum[i]);
    for (size_t c = 0; c < COMMODITIES; c++) {
        const rule_commodity *w = &x->r->commodities[x->commodities[c]];
        bool burns = c % 10 > 1 && (w->tags[carbon / 64] >> (carbon % 64) & 1);
        fprintf(k, "%s,%.*s,%lld,%lld\n", kind_of(c), TEXT_FMT(w->id), c % 10 == 1 ? 0LL : (long long)tce_of(c), burns ? (long long)co2_of(c) : 0LL);
    }
    fclose(p), fclose(f), fclose(m), fclose(k);
}

static void print_size(const char *what, const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0) printf("%-28s %8.1f MB\n", what, (double)st.st_size / 1e6);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--cold") == 0) return cold(argv[2]);
    bench *x = calloc(1, sizeof *x);
    bool csv = argc >= 3 && strcmp(argv[1], "--csv") == 0;
    const char *folder = csv ? (argc > 3 ? argv[3] : NULL) : argc > 1 ? argv[1] : NULL;
    double warm_s, one, sqlite_s;
    x->seed = 42;
    x->parties = !csv && argc > 2 ? strtoull(argv[2], NULL, 10) : PARTIES;
    snprintf(x->folder, sizeof x->folder, "%s", folder ? folder : "/tmp/heng-bench-account");
    snprintf(x->path, sizeof x->path, "%s/city.heng", x->folder);
    snprintf(x->pack, sizeof x->pack, "%s/pack", x->folder);
    open_city(x);
    if (csv) return write_csv(x, argv[2]), 0;
    totals heng = warm(x, &warm_s, &one), other = peer(x, &sqlite_s);
    need(rat_equal(heng.tce, other.tce) && rat_equal(heng.co2, other.co2), NULL,
         arena_printf(&x->a, "the sides differ: %.*s / %.*s tce, %.*s / %.*s t", TEXT_FMT(rat_exact(&x->a, heng.tce)), TEXT_FMT(rat_exact(&x->a, other.tce)), TEXT_FMT(rat_exact(&x->a, heng.co2)),
                      TEXT_FMT(rat_exact(&x->a, other.co2))));
    printf("%zu parties x %d commodities x 12 months = %zu sums; seed 42\n", x->parties, COMMODITIES, x->parties * COMMODITIES * 12);
    printf("both sides: %.*s tce, %.*s t CO2\n", TEXT_FMT(rat_exact(&x->a, heng.tce)), TEXT_FMT(rat_exact(&x->a, heng.co2)));
    print_size("book", x->path);
    print_size("columns", arena_printf(&x->a, "%s-columns", x->path));
    fflush(stdout);
    double cached = new_process(x, argv[0], false), uncached = new_process(x, argv[0], true);
    printf("%-28s %8.1f ms   median of %d, 2 threads, both tables\n", "heng, account open", warm_s * 1e3, ROUNDS);
    printf("%-28s %8.1f ms   median of %d, file in the page cache\n", "heng, new process", cached * 1e3, COLD_ROUNDS);
    printf("%-28s %8.1f ms   median of %d, file out of the page cache\n", "heng, new process", uncached * 1e3, COLD_ROUNDS);
    printf("%-28s %8.1f ms   median of 3, 1 GB cache, warm: %.0f times heng's warm\n", "sqlite, one query", sqlite_s * 1e3, sqlite_s / warm_s);
    book_close(x->b);
    arena_free(&x->a);
    free(x);
    return 0;
}
