/*
 * One document kept: its head, its rows and its sketch as entries of one delivery, with the bytes it came in.
 *
 *   same bytes kept? --> id --> the same plan kept? --> cells --> keys (match.c) --> entries; rows that are gone withdrawn --> book_post
 */
#include <stdio.h>
#include <stdlib.h>
#include "keep_inside.h"

typedef struct known_sketch { text doc; uint64_t *hashes; size_t count; } known_sketch;
struct plan_known {
    arena *a;
    bool is_loaded;
    plan_records documents;
    size_t sketch_count, sketch_max; known_sketch *sketches;
    text_map by_id, by_hash;     /* -> documents */
};

typedef struct keeping {
    book *b;
    arena *a;
    const document *d;
    const plan_read *p;
    const plan_keep_options *o;
    plan_keep_report *report;
    plan_known *known;
    const plan_record *before;   /* the document as it is kept, NULL = not yet */
    const text *cells;           /* of its head */
    text doc, file;
    char hex[HASH_HEX + 1];
    size_t count, max; book_entry *entries;
    text sketch;
    int64_t withdrawn;
} keeping;

/* ---- Is it to be kept? ---- */

static bool is_wanted(const keeping *k, heng_err *err)
{
    return (k->o->anyway && !k->d->has_no_text) || plan_fits(k->p, err);
}

/* ---- Its id ---- */

enum { DOC_BYTES_MAX = 160, TITLE_CHARS_MIN = 8 };

/* The file's name without folder and ending; a slash, blank or semicolon would break keys and lists. */
static text name_base(arena *a, text name)
{
    size_t start = 0, end = name.len;
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '/') start = i + 1;
    for (size_t i = name.len; i > start + 1; i--)
        if (name.ptr[i - 1] == '.') { end = i - 1; break; }
    if (end - start > DOC_BYTES_MAX) end = start + DOC_BYTES_MAX;
    while (end > start && end < name.len && ((unsigned char)name.ptr[end] & 0xC0) == 0x80) end--;
    char *id = text_str(a, text_part(name, start, end));
    for (char *c = id; *c; c++)
        if (*c == ' ' || *c == ';' || *c == '\t' || *c == '\n') *c = '-';
    return text_of(*id ? id : "document");
}

static const plan_record *document_of(const keeping *k, text doc)
{
    int64_t at;
    return text_map_find(&k->known->by_id, doc, &at) ? &k->known->documents.items[at] : NULL;
}

static const plan_record *document_of_bytes(const keeping *k)
{
    int64_t at;
    return text_map_find(&k->known->by_hash, text_of(k->hex), &at) ? &k->known->documents.items[at] : NULL;
}

static void doc_id(keeping *k)
{
    text base = name_base(k->a, k->file);
    k->doc = base;
    for (int n = 2; document_of(k, k->doc); n++) k->doc = text_of(arena_printf(k->a, "%.*s-%d", TEXT_FMT(base), n));
}

/* ---- What is kept already ---- */

plan_known *plan_known_new(arena *a)
{
    plan_known *k = NEW(a, plan_known);
    *k = (plan_known){.a = a, .by_id = {.a = a}, .by_hash = {.a = a}};
    return k;
}

static size_t sketch_parse(arena *a, text t, uint64_t **ret)
{
    size_t n = t.len / 16;
    char digits[17] = {0};
    *ret = NEW_ARRAY(a, n, uint64_t);
    for (size_t i = 0; i < n; i++) {
        memcpy(digits, t.ptr + i * 16, 16);
        (*ret)[i] = strtoull(digits, NULL, 16);
    }
    return n;
}

static void known_index(plan_known *k, size_t i)
{
    text_map_put(&k->by_id, k->documents.items[i].head.doc, (int64_t)i);
    text_map_put(&k->by_hash, plan_cell(&k->documents.items[i], "hash"), (int64_t)i);
}

static bool known_load(plan_known *k, book *b, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    if (k->is_loaded) return true;
    if (!plan_records_load(b, k->a, BOOK_KNOWN_NOW, PLAN_DOCUMENTS, (text){"", 0}, true, &k->documents, err)) return false;
    if (!book_entries(b, k->a, TEXT("plan.sketch"), TEXT(""), BOOK_KNOWN_NOW, false, &rows, &count, err)) return false;
    for (size_t i = 0; i < k->documents.count; i++) known_index(k, i);
    for (size_t i = 0; i < count; i++) {
        known_sketch *s = ARENA_PUSH(k->a, k->sketches, k->sketch_count, k->sketch_max);
        s->doc = rows[i].key;
        s->count = sketch_parse(k->a, rows[i].body, &s->hashes);
    }
    k->is_loaded = true;
    return true;
}

/* A document just kept: the next one of the same import sees it. */
static void known_add(keeping *k, const text *cells)
{
    plan_known *to = k->known;
    const plan_column *columns;
    size_t count = plan_columns(PLAN_DOCUMENTS, &columns);
    plan_record r = {.table = PLAN_DOCUMENTS, .cells = NEW_ARRAY(to->a, count, text), .order = to->documents.count ? to->documents.items[to->documents.count - 1].order + 1 : 1};
    for (size_t i = 0; i < count; i++) r.cells[i] = cells[i].len ? text_copy(to->a, cells[i]) : (text){"", 0};
    r.head.doc = r.head.key = text_copy(to->a, k->doc);
    r.cells[plan_column_any(PLAN_DOCUMENTS, "delivery")] = text_of(arena_printf(to->a, "%lld", (long long)k->report->delivery));
    *ARENA_PUSH(to->a, to->documents.items, to->documents.count, to->documents.max) = r;
    known_index(to, to->documents.count - 1);
    known_sketch *s = ARENA_PUSH(to->a, to->sketches, to->sketch_count, to->sketch_max);
    s->doc = r.head.doc;
    s->count = sketch_parse(to->a, k->sketch, &s->hashes);
}

/* ---- The same plan found again ---- */

static void sketch_make(keeping *k, uint64_t **ret, size_t *ret_count)
{
    text_buf b = {.a = k->a};
    *ret_count = plan_sketch(k->a, &k->p->doc, PLAN_SKETCH, ret);
    for (size_t i = 0; i < *ret_count; i++) buf_printf(&b, "%016llx", (unsigned long long)(*ret)[i]);
    k->sketch = buf_text(&b);
}

static bool one_in_other(text x, text y)
{
    const text shorter = x.len < y.len ? x : y, longer = x.len < y.len ? y : x;
    return text_chars(shorter) >= TITLE_CHARS_MIN && text_find(longer, shorter, &(size_t){0});
}

/*
 * A city may take over its province's plan sentence by sentence, so likeness alone does not make two documents one plan: the title or number must be the same
 * too, unless hardly a word differs, and two places are two plans.
 */
static bool is_same_plan(const keeping *k, const plan_record *d, int alike)
{
    const plan_doc *own = &k->p->doc;
    text place = plan_cell(d, "gbt2260"), number = plan_cell(d, "doc_number");
    if (alike < PLAN_SAME_PERMILLE) return false;
    if (place.len && own->gbt2260.len && !text_equal(place, own->gbt2260)) return false;
    return alike >= PLAN_EQUAL_PERMILLE || (number.len && text_equal(number, own->doc_number)) || one_in_other(own->title, plan_cell(d, "title"));
}

static void find_copy(keeping *k)
{
    size_t n;
    uint64_t *own;
    sketch_make(k, &own, &n);
    for (size_t i = 0; i < k->known->sketch_count && n && !k->before; i++) {
        const known_sketch *s = &k->known->sketches[i];
        const plan_record *d = document_of(k, s->doc);
        int alike = d ? plan_sketch_likeness(own, n, s->hashes, s->count, PLAN_SKETCH) : 0;
        if (!d || alike <= k->report->likeness || !is_same_plan(k, d, alike)) continue;
        text of = plan_cell(d, "copy_of");
        k->report->likeness = alike;
        k->report->copy_of = of.len && document_of(k, of) ? of : s->doc;
    }
}

/* ---- Entries ---- */

static void entry_add(keeping *k, const char *kind, text key, text body, int64_t row)
{
    *ARENA_PUSH(k->a, k->entries, k->count, k->max) = (book_entry){text_of(kind), key, body, row};
}

static int64_t order_next(const keeping *k)
{
    int64_t last = 0;
    for (size_t i = 0; i < k->known->documents.count; i++)
        if (k->known->documents.items[i].order > last) last = k->known->documents.items[i].order;
    return last + 1;
}

static bool same_cells(const text *x, const text *y)
{
    const plan_column *columns;
    size_t count = plan_columns(PLAN_DOCUMENTS, &columns);
    for (size_t i = 0; i < count; i++)
        if (plan_column_is_kept(&columns[i]) && !text_equal(x[i], y[i])) return false;
    return true;
}

static void document_entry(keeping *k)
{
    const plan_read *p = k->p;
    plan_kept_document x = {.row = p->doc, .file = k->file, .is_plan = p->is_plan, .sections = p->section_count, .goals = p->goal_count, .trends = p->trend_count, .tasks = p->task_count,
                            .damages = p->damage_count, .copy_of = k->report->copy_of};
    text *cells = plan_cells_of(k->a, PLAN_DOCUMENTS, &x);
    k->cells = cells;
    const plan_record *was = k->before;
    cells[plan_column_any(PLAN_DOCUMENTS, "hash")] = text_of(k->hex);
    cells[plan_column_any(PLAN_DOCUMENTS, "order")] = was ? plan_cell(was, "order") : text_of(arena_printf(k->a, "%lld", (long long)order_next(k)));
    if (was) { /* what belongs to the first import stays */
        static const char *const STAY[] = {"delivery", "file", "copy_of"};
        for (size_t i = 0; i < sizeof STAY / sizeof *STAY; i++) {
            int at = plan_column_any(PLAN_DOCUMENTS, STAY[i]);
            cells[at] = was->read ? was->read[at] : was->cells[at];
        }
    }
    if (!was || !same_cells(was->read ? was->read : was->cells, cells)) entry_add(k, "plan.document", k->doc, plan_cells_json(k->a, PLAN_DOCUMENTS, cells), 0);
    entry_add(k, "plan.sketch", k->doc, k->sketch, 0);
}

static void place_cells(arena *a, const plan_doc *d, plan_table t, text *cells, plan_span s)
{
    plan_place at = s.start < d->place_count ? d->places[s.start] : (plan_place){0, 0};
    cells[plan_column_any(t, "block")] = text_of(arena_printf(a, "%d", at.block + 1));
    cells[plan_column_any(t, "byte")] = text_of(arena_printf(a, "%d", at.byte));
}

static const void *row_at(const plan_read *p, plan_table t, size_t i)
{
    switch (t) {
    case PLAN_SECTIONS: return &p->sections[i];
    case PLAN_GOALS: return &p->goals[i];
    case PLAN_TRENDS: return &p->trends[i];
    case PLAN_TASKS: return &p->tasks[i];
    default: return &p->damages[i];
    }
}

static size_t row_count(const plan_read *p, plan_table t)
{
    const size_t counts[] = {[PLAN_DOCUMENTS] = 0, [PLAN_SECTIONS] = p->section_count, [PLAN_GOALS] = p->goal_count, [PLAN_TRENDS] = p->trend_count, [PLAN_TASKS] = p->task_count,
                             [PLAN_DAMAGES] = p->damage_count};
    return counts[t];
}

static text damage_words(const plan_doc *d, plan_span s)
{
    text t = text_part(d->clean, s.start, s.end);
    size_t at = 0;
    for (int i = 0; i < 40 && at < t.len; i++) at += char_bytes(t.ptr + at, t.len - at);
    return text_part(t, 0, at);
}

static text *read_cells(arena *a, const plan_read *p, plan_table t, size_t i, plan_span *ret_span)
{
    text *cells = plan_cells_of(a, t, row_at(p, t, i));
    *ret_span = plan_span_of(cells[plan_column_any(t, "span")]);
    place_cells(a, &p->doc, t, cells, *ret_span);
    if (t == PLAN_DAMAGES) cells[plan_column_any(t, "quote")] = damage_words(&p->doc, *ret_span);
    return cells;
}

static void fresh_rows(keeping *k, plan_table t, plan_fresh *fresh, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        plan_span s;
        fresh[i].cells = read_cells(k->a, k->p, t, i, &s);
        fresh[i].start = s.start;
        fresh[i].end = s.end;
    }
}

void plan_read_records(arena *a, const plan_read *p, text doc, plan_table t, plan_records *ret)
{
    *ret = (plan_records){.count = row_count(p, t), .items = NEW_ARRAY(a, row_count(p, t), plan_record)};
    for (size_t i = 0; i < ret->count; i++) {
        plan_span s;
        plan_record *r = &ret->items[i];
        *r = (plan_record){.table = t, .head.doc = doc, .cells = read_cells(a, p, t, i, &s)};
        r->start = s.start;
        r->end = s.end;
        plan_head_cells(a, r);
    }
}

static bool keys_of_added(keeping *k, text_map *ret, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    text prefix = text_of(arena_printf(k->a, "%.*s/", TEXT_FMT(k->doc)));
    if (!book_entries(k->b, k->a, TEXT("plan.edit"), prefix, BOOK_KNOWN_NOW, false, &rows, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        plan_kept_edit e;
        if (!plan_edit_parse(k->a, &rows[i], &e, err)) return false;
        if (e.added) text_map_put(ret, e.key, 1);
    }
    return true;
}

static bool table_entries(keeping *k, plan_table t, const text_map *taken, heng_err *err)
{
    plan_records before = {0};
    size_t count = row_count(k->p, t);
    text_map now = {.a = k->a};
    plan_fresh *fresh = NEW_ARRAY(k->a, count, plan_fresh);
    if (k->before && !plan_rows_read(k->b, k->a, BOOK_KNOWN_NOW, t, k->doc, &before, err)) return false;
    fresh_rows(k, t, fresh, count);
    plan_match_keys(k->a, t, k->doc, fresh, count, &before, taken);
    for (size_t i = 0; i < count; i++) {
        bool ok;
        entry_add(k, plan_table_kind(t), fresh[i].key, plan_cells_json(k->a, t, fresh[i].cells), text_to_i64(fresh[i].cells[plan_column_any(t, "block")], &ok));
        text_map_put(&now, fresh[i].key, 1);
    }
    for (size_t i = 0; i < before.count; i++) {
        int64_t there;
        if (text_map_find(&now, before.items[i].head.key, &there)) continue;
        entry_add(k, plan_table_kind(t), before.items[i].head.key, TEXT(""), 0);
        k->withdrawn++;
    }
    return true;
}

/* ---- Posting ---- */

static bool post(keeping *k, heng_err *err)
{
    bool is_new = !k->before;
    book_batch batch = {.source = TEXT("plan"), .file = k->file, .sheet = is_new ? (text){"", 0} : TEXT("reread"), .content = k->d->hash, .has_content = is_new, .all_or_none = true,
                        .bytes = is_new ? k->d->original : (text){"", 0}, .dry_run = k->o->dry_run, .entry_count = k->count, .entries = k->entries};
    book_result *results = NEW_ARRAY(k->a, k->count, book_result);
    book_receipt receipt;
    if (!book_post(k->b, k->a, &batch, results, &receipt, err)) return false;
    for (size_t i = 0; i < k->count; i++)
        if (results[i].status == BOOK_REFUSED) return *err = *results[i].why, false;
    k->report->delivery = receipt.delivery;
    k->report->created = receipt.created;
    k->report->changed = receipt.superseded - k->withdrawn;
    k->report->withdrawn = k->withdrawn;
    k->report->same = receipt.exists;
    return true;
}

static void report_fill(keeping *k)
{
    plan_keep_report *r = k->report;
    r->doc = k->doc;
    r->status = !k->before ? PLAN_KEPT_NEW : k->o->reread ? PLAN_KEPT_REREAD : PLAN_KEPT_EXISTS;
    r->is_plan = k->p->is_plan;
    r->sections = k->p->section_count;
    r->goals = k->p->goal_count;
    r->trends = k->p->trend_count;
    r->tasks = k->p->task_count;
    r->damages = k->p->damage_count;
    for (size_t i = 0; i < k->p->goal_count; i++) r->suspects += k->p->goals[i].is_suspect;
}

static bool keep_all(keeping *k, heng_err *err)
{
    text_map taken = {.a = k->a};
    find_copy(k);
    if (!keys_of_added(k, &taken, err)) return false;
    document_entry(k);
    for (int t = PLAN_SECTIONS; t < PLAN_TABLES; t++)
        if (!table_entries(k, (plan_table)t, &taken, err)) return false;
    if (!post(k, err)) return false;
    if (!k->before && !k->o->dry_run) known_add(k, k->cells);
    return true;
}

bool plan_keep_document(book *b, arena *a, text name, const document *d, const plan_read *p, const plan_keep_options *o, plan_keep_report *ret, heng_err *err)
{
    *ret = (plan_keep_report){0};
    keeping k = {.b = b, .a = a, .d = d, .p = p, .o = o, .report = ret, .file = name};
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '/') k.file = text_part(name, i + 1, name.len);
    k.known = o->known ? o->known : plan_known_new(a);
    if (!is_wanted(&k, err) || !known_load(k.known, b, err)) return false;
    hash_hex(d->hash, k.hex);
    k.before = document_of_bytes(&k);
    if (k.before) k.doc = k.before->head.doc;
    else doc_id(&k);
    report_fill(&k);
    return ret->status == PLAN_KEPT_EXISTS || keep_all(&k, err);
}

bool plan_reopen(book *b, arena *a, const plan_rules *rules, const rule_set *regions, text doc, document *ret_d, plan_read *ret, heng_err *err)
{
    plan_records d;
    book_delivery delivery;
    text bytes;
    bool ok;
    if (!plan_records_load(b, a, BOOK_KNOWN_NOW, PLAN_DOCUMENTS, doc, true, &d, err)) return false;
    if (d.count == 0) return err_fill(err, &MSG_PLAN_DOCUMENT_UNKNOWN, text_str(a, doc), NULL, NULL);
    int64_t id = text_to_i64(plan_cell(&d.items[0], "delivery"), &ok);
    if (!book_delivery_bytes(b, a, id, &delivery, &bytes, err)) return false;
    if (!bytes.len) return err_fill(err, &MSG_PLAN_BYTES_NOT_KEPT, text_str(a, doc), NULL, NULL);
    return document_open_bytes(a, bytes.ptr, bytes.len, text_str(a, plan_cell(&d.items[0], "file")), ret_d, err) && plan_read_document(a, rules, regions, ret_d, ret, err);
}
