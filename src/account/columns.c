/*
 * The book's monthly sums as columns, and their snapshot file.
 *
 * Every flow has one row of twelve months for each calendar year in which it moved, so that a year's sum is one contiguous
 * run of twelve numbers. Kind, commodity, unit and basis
 * of a flow are one number, its sort, of which there are few. The file <book>-columns holds the same arrays and is mapped as it lies:
 *
 *   head (256 bytes) | sums | flow_id | giver | taker | sort | row_start | row_year | sorts
 *
 * each part starting at a multiple of 64 bytes. The head carries the hash of the book's last link (which stands for all
 * facts, of parties too) and the hash of the rules (the indexes mean nothing under others). A file that does not fit, is
 * cut, or fails its checksum is no error: the store is the truth, the columns are made again. One that cannot be written is done without.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "format.h"
#include "inside.h"

enum { COLUMNS_VERSION = 2, COLUMNS_ORDER = 0x01020304, COLUMNS_ALIGN = 64, COLUMNS_PARTS = 8, COLUMNS_COUNT_MAX = 1 << 30 };

typedef struct columns_head {
    char magic[8];
    uint32_t version, order;
    int64_t link;
    uint8_t book[HASH_BYTES], rules[HASH_BYTES];
    uint64_t flow_count, row_count, sort_count, is_narrow, checksum;
    uint8_t zero[128];
} columns_head;
_Static_assert(sizeof(columns_head) == 256, "the head of a column file is 256 bytes");

typedef struct columns_layout { size_t at[COLUMNS_PARTS], bytes; } columns_layout;

static columns_layout layout_of(uint64_t flows, uint64_t rows, uint64_t sorts)
{
    const uint64_t sizes[COLUMNS_PARTS] = {rows * ACCOUNT_ROW_MONTHS * 8, flows * 8, flows * 4, flows * 4, flows * 4, (flows + 1) * 4, rows * 4, sorts * sizeof(flow_sort)};
    columns_layout l = {.bytes = sizeof(columns_head)};
    for (size_t i = 0; i < COLUMNS_PARTS; i++) {
        l.at[i] = l.bytes;
        l.bytes += (sizes[i] + COLUMNS_ALIGN - 1) / COLUMNS_ALIGN * COLUMNS_ALIGN;
    }
    return l;
}

/* Four lanes, so that reading memory is the limit. Not against forgers, who could write to the book itself. */
static uint64_t checksum_of(const void *bytes, size_t len)
{
    const uint64_t *w = bytes;
    uint64_t lane[4] = {1, 2, 3, 4};
    for (size_t i = 0; i + 4 <= len / 8; i += 4)
        for (size_t k = 0; k < 4; k++) lane[k] = (lane[k] ^ w[i + k]) * 0x9E3779B97F4A7C15u;
    return lane[0] ^ (lane[1] << 1) ^ (lane[2] << 2) ^ (lane[3] << 3);
}

/* The pieces of a buffer laid out as above; must be 64-byte aligned in its layout, 16-byte in memory. */
static void columns_point(columns *c, uint8_t *base, const columns_layout *l)
{
    void *at[COLUMNS_PARTS];
    for (size_t i = 0; i < COLUMNS_PARTS; i++) at[i] = base + l->at[i];
    c->sums = at[0], c->flow_id = at[1], c->giver = at[2], c->taker = at[3];
    c->sort = at[4], c->row_start = at[5], c->row_year = at[6], c->sorts = at[7];
}

static size_t count_rows(const book_sums *s)
{
    size_t rows = 0;
    uint32_t flow = UINT32_MAX;
    int year = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (s->flow[i] == flow && month_year(s->month[i]) == year) continue;
        flow = s->flow[i], year = month_year(s->month[i]);
        rows++;
    }
    return rows;
}

/* The sorts of all flows, in order of first appearance, and each flow's. */
static uint32_t *find_sorts(arena *a, const book_sums *s, flow_sort **ret, size_t *ret_count)
{
    uint32_t *sort = NEW_ARRAY(a, s->flow_count + 1, uint32_t);
    text_map known = {.a = a};
    size_t max = 0;
    *ret = NULL, *ret_count = 0;
    for (size_t f = 0; f < s->flow_count; f++) {
        const book_flow *w = &s->flows[f];
        flow_sort k = {w->kind, w->commodity, w->unit, w->basis};
        int64_t found;
        if (!text_map_find(&known, (text){(const char *)&k, sizeof k}, &found)) {
            *ARENA_PUSH(a, *ret, *ret_count, max) = k;
            found = (int64_t)*ret_count - 1;
            text_map_put(&known, text_copy(a, (text){(const char *)&k, sizeof k}), found);
        }
        sort[f] = (uint32_t)found;
    }
    return sort;
}

static void fill_flows(const book_sums *s, uint8_t *base, const columns_layout *l, const uint32_t *sort, const flow_sort *sorts, size_t sort_count)
{
    int32_t *giver = (void *)(base + l->at[2]), *taker = (void *)(base + l->at[3]);
    int64_t *ids = (void *)(base + l->at[1]);
    for (size_t f = 0; f < s->flow_count; f++) giver[f] = s->flows[f].giver, taker[f] = s->flows[f].taker, ids[f] = s->flow_ids[f];
    memcpy(base + l->at[4], sort, s->flow_count * sizeof *sort);
    if (sort_count > 0) memcpy(base + l->at[7], sorts, sort_count * sizeof *sorts);
}

/* Rows of twelve months; returns whether every row adds up within int64. */
static bool fill_rows(const book_sums *s, uint8_t *base, const columns_layout *l)
{
    int64_t *sums = (void *)(base + l->at[0]);
    uint32_t *start = (void *)(base + l->at[5]);
    int32_t *years = (void *)(base + l->at[6]);
    size_t i = 0, row = 0;
    bool narrow = true;
    for (size_t f = 0; f < s->flow_count; f++) {
        start[f] = (uint32_t)row;
        while (i < s->count && s->flow[i] == f) {
            int year = month_year(s->month[i]);
            i128 size = 0;
            years[row] = year;
            for (; i < s->count && s->flow[i] == f && month_year(s->month[i]) == year; i++) {
                sums[row * ACCOUNT_ROW_MONTHS + (size_t)(month_number(s->month[i]) - 1)] = s->sum[i];
                size += s->sum[i] < 0 ? -(i128)s->sum[i] : (i128)s->sum[i];
            }
            narrow = narrow && size <= INT64_MAX;
            row++;
        }
    }
    start[s->flow_count] = (uint32_t)row;
    return narrow;
}

static bool build(arena *a, const book_sums *s, columns *ret, uint8_t **ret_base, columns_layout *ret_layout, heng_err *err)
{
    size_t rows = count_rows(s);
    if (rows > COLUMNS_COUNT_MAX || s->flow_count > COLUMNS_COUNT_MAX) return err_fill(err, &MSG_TOO_MANY_ROWS, NULL, NULL, NULL);
    arena scratch = {0};
    flow_sort *sorts;
    size_t sort_count;
    uint32_t *sort = find_sorts(&scratch, s, &sorts, &sort_count);
    columns_layout l = layout_of(s->flow_count, rows, sort_count);
    uint8_t *base = arena_zero(a, l.bytes);
    *ret = (columns){.flow_count = s->flow_count, .row_count = rows, .sort_count = sort_count, .link = s->link};
    fill_flows(s, base, &l, sort, sorts, sort_count);
    arena_free(&scratch);
    ret->is_narrow = fill_rows(s, base, &l);
    columns_point(ret, base, &l);
    *ret_base = base;
    *ret_layout = l;
    return true;
}

/* ---- The file ---- */

static const char *columns_path(const account *x)
{
    return arena_printf(x->a, "%s-columns", store_path(book_store(x->b)));
}

static void columns_write(const account *x, const columns *c, uint8_t *base, const columns_layout *l, hash head)
{
    columns_head h = {.magic = "HENGCOL", .version = COLUMNS_VERSION, .order = COLUMNS_ORDER, .link = c->link, .flow_count = c->flow_count,
                      .row_count = c->row_count, .sort_count = c->sort_count, .is_narrow = c->is_narrow};
    memcpy(h.book, head.bytes, HASH_BYTES);
    memcpy(h.rules, x->r->hash.bytes, HASH_BYTES);
    h.checksum = checksum_of(base + sizeof h, l->bytes - sizeof h);
    memcpy(base, &h, sizeof h);
    heng_err ignored = {0};
    if (!file_write(columns_path(x), (text){(const char *)base, l->bytes}, &ignored)) return; /* read-only folder, full disk: done without */
}

typedef struct mapping { void *at; size_t bytes; } mapping;

static void unmap(void *m)
{
    mapping *p = m;
    munmap(p->at, p->bytes);
}

/* Every index that the pass will follow stays inside its array, whatever the file says. */
static bool columns_fit(const account *x, const columns *c)
{
    uint32_t bad = c->row_start[0] != 0 || c->row_start[c->flow_count] != c->row_count;
    for (size_t f = 0; f < c->flow_count; f++)
        bad |= (uint32_t)(c->row_start[f] > c->row_start[f + 1]) | (uint32_t)(c->sort[f] >= c->sort_count) | ((uint32_t)(c->giver[f] | c->taker[f]) >> 31);
    for (size_t i = 0; i < c->sort_count; i++) {
        const flow_sort *k = &c->sorts[i];
        bad |= (uint32_t)k->commodity >= x->r->commodity_count || (uint32_t)k->unit >= x->r->unit_count || (uint32_t)k->kind >= x->r->kind_count;
    }
    return bad == 0;
}

static bool head_fits(const account *x, const columns_head *h, hash head, int64_t bytes)
{
    return memcmp(h->magic, "HENGCOL", 8) == 0 && h->version == COLUMNS_VERSION && h->order == COLUMNS_ORDER &&
           memcmp(h->book, head.bytes, HASH_BYTES) == 0 && memcmp(h->rules, x->r->hash.bytes, HASH_BYTES) == 0 &&
           h->flow_count <= COLUMNS_COUNT_MAX && h->row_count <= COLUMNS_COUNT_MAX && h->sort_count <= h->flow_count &&
           layout_of(h->flow_count, h->row_count, h->sort_count).bytes == (uint64_t)bytes;
}

/* False when there is no file that fits. */
static bool columns_map(account *x, hash head, columns *ret)
{
    int fd = open(columns_path(x), O_RDONLY | O_CLOEXEC);
    struct stat st;
    void *at = MAP_FAILED;
    if (fd < 0) return false;
    if (fstat(fd, &st) == 0 && st.st_size >= (off_t)sizeof(columns_head))
        at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    close(fd);
    if (at == MAP_FAILED) return false;
    mapping *m = NEW(x->a, mapping);
    *m = (mapping){at, (size_t)st.st_size};
    arena_on_free(x->a, unmap, m);
    const columns_head *h = at;
    if (!head_fits(x, h, head, st.st_size)) return false;
    if (checksum_of((const uint8_t *)at + sizeof *h, m->bytes - sizeof *h) != h->checksum) return false;
    columns_layout l = layout_of(h->flow_count, h->row_count, h->sort_count);
    *ret = (columns){.flow_count = h->flow_count, .row_count = h->row_count, .sort_count = h->sort_count, .is_narrow = h->is_narrow != 0, .link = h->link};
    columns_point(ret, at, &l);
    return columns_fit(x, ret);
}

static bool columns_load(account *x, columns *ret, heng_err *err)
{
    bool is_now = x->known_us == BOOK_KNOWN_NOW && !x->o.no_snapshot;
    book_head before = {0}, after = {0};
    if (is_now && !book_head_of(x->b, &before, err)) return false;
    if (is_now && columns_map(x, before.hash, ret)) return true;

    arena scratch = {0};
    book_sums sums = {0};
    uint8_t *base = NULL;
    columns_layout l = {0};
    bool ok = book_sums_load(x->b, &scratch, x->known_us, 0, 0, &sums, err) && build(x->a, &sums, ret, &base, &l, err);
    /* Written only when nothing was posted meanwhile: the hash and the sums belong together. */
    if (ok && is_now) {
        ok = book_head_of(x->b, &after, err);
        if (ok && after.link == before.link && sums.link == after.link) columns_write(x, ret, base, &l, after.hash);
    }
    arena_free(&scratch);
    return ok;
}

bool columns_open(account *x, columns **ret, heng_err *err)
{
    columns *c = NEW(x->a, columns);
    if (!columns_load(x, c, err)) return false;
    *ret = c;
    return true;
}
