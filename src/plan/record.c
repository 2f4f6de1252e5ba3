/*
 * What is kept, loaded again: rows as read, corrections laid over them, in the order of documents and places.
 *
 *   entries of the table --> rows of documents that are there --> corrections by key --> rows of corrections alone (added, left) --> sorted
 */
#include <stdlib.h>
#include "keep_inside.h"

typedef struct loading {
    book *b;
    arena *a;
    int64_t known_us;
    plan_table t;
    text doc;
    bool with_dropped;
    const plan_records *documents; /* NULL: this is the table of documents */
    text_map doc_at, edit_at;
    size_t edit_count, edit_max; plan_kept_edit *edits;
    plan_records *out;
} loading;

static text doc_of_key(text key) { return text_next(&key, '/'); }

/* ---- Corrections ---- */

static bool json_is(const json *object, const char *key)
{
    const json *x = json_get(object, key);
    return x && text_is(x->value, "1");
}

bool plan_edit_parse(arena *a, const book_entry_row *e, plan_kept_edit *ret, heng_err *err)
{
    const json *root, *under;
    const plan_column *columns;
    plan_table t = plan_table_of_key(e->key);
    if (t == PLAN_TABLES || !json_parse(a, e->body, &root, err)) return err->message ? false : err_fill(err, &MSG_PLAN_ENTRY_BAD, text_str(a, e->key), NULL, NULL);
    size_t count = plan_columns(t, &columns);
    *ret = (plan_kept_edit){.key = e->key, .author = e->author, .version = e->version, .known_us = e->known_us, .drop = json_is(root, "drop"), .confirm = json_is(root, "confirmed"),
                            .added = json_is(root, "added"), .set = NEW_ARRAY(a, count, text), .is_set = NEW_ARRAY(a, count, bool)};
    plan_cells_from(t, json_get(root, "set"), ret->set, ret->is_set);
    if ((under = json_get(root, "under")) != NULL) {
        ret->under = NEW_ARRAY(a, count, text);
        plan_cells_from(t, under, ret->under, NULL);
    }
    return true;
}

static bool edits_load(loading *l, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    if (!book_entries(l->b, l->a, TEXT("plan.edit"), l->doc, l->known_us, false, &rows, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        if (plan_table_of_key(rows[i].key) != l->t || (l->doc.len && !text_equal(doc_of_key(rows[i].key), l->doc))) continue;
        plan_kept_edit *e = ARENA_PUSH(l->a, l->edits, l->edit_count, l->edit_max);
        if (!plan_edit_parse(l->a, &rows[i], e, err)) return false;
        text_map_put(&l->edit_at, e->key, (int64_t)l->edit_count - 1);
    }
    return true;
}

static plan_kept_edit *edit_of(loading *l, text key)
{
    int64_t at;
    return text_map_find(&l->edit_at, key, &at) ? &l->edits[at] : NULL;
}

/* ---- Rows ---- */

static int64_t whole_number(text t)
{
    bool ok;
    int64_t n = text_to_i64(t, &ok);
    return ok ? n : 0;
}

static void place_of(plan_record *r)
{
    text block = plan_cell(r, "block");
    plan_span s = plan_span_of(plan_cell(r, "span"));
    r->start = s.start;
    r->end = s.end;
    r->head.place = block.len ? (plan_place){(int32_t)whole_number(block) - 1, (int32_t)whole_number(plan_cell(r, "byte"))} : (plan_place){-1, -1};
}

/* Which document a row is of; false: none that is there. */
static bool row_document(const loading *l, plan_record *r)
{
    int64_t at;
    if (l->t == PLAN_DOCUMENTS) return r->order = whole_number(plan_cell(r, "order")), true;
    if (!l->documents) return true; /* of one document that is known to be there */
    if (!text_map_find(&l->doc_at, r->head.doc, &at)) return false;
    if (l->documents->items[at].head.state == PLAN_DROPPED && !l->with_dropped) return false;
    r->order = l->documents->items[at].order;
    r->head.is_copy = l->documents->items[at].head.is_copy;
    return true;
}

static void edit_over(loading *l, plan_record *r, plan_kept_edit *e)
{
    const plan_column *columns;
    size_t count = plan_columns(l->t, &columns);
    bool changed = false;
    int suspect = plan_column_any(l->t, "suspect"); /* to say that a number is right is no change of it */
    e->is_used = true;
    r->read = NEW_ARRAY(l->a, count, text);
    memcpy(r->read, r->cells, count * sizeof *r->read);
    for (size_t i = 0; i < count; i++) {
        if (!e->is_set[i]) continue;
        changed = changed || ((int)i != suspect && !text_equal(r->cells[i], e->set[i]));
        r->cells[i] = e->set[i];
    }
    r->head.state = e->drop ? PLAN_DROPPED : changed ? PLAN_CORRECTED : e->confirm ? PLAN_CONFIRMED : PLAN_AS_READ;
    r->head.version += e->version;
    if (e->known_us >= r->head.known_us) r->head.known_us = e->known_us, r->head.author = e->author;
}

static bool row_make(loading *l, const book_entry_row *e, plan_record *ret, heng_err *err)
{
    const plan_column *columns;
    const json *root;
    *ret = (plan_record){.table = l->t, .cells = NEW_ARRAY(l->a, plan_columns(l->t, &columns), text),
                         .head = {.doc = doc_of_key(e->key), .key = e->key, .version = e->version, .author = e->author, .known_us = e->known_us}};
    if (!json_parse(l->a, e->body, &root, err)) return false;
    plan_cells_from(l->t, root, ret->cells, NULL);
    return true;
}

static void row_keep(loading *l, plan_record *r)
{
    if (r->head.state == PLAN_DROPPED && !l->with_dropped) return;
    if (!row_document(l, r)) return;
    place_of(r);
    plan_head_cells(l->a, r);
    *ARENA_PUSH(l->a, l->out->items, l->out->count, l->out->max) = *r;
}

static bool rows_load(loading *l, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    text prefix = l->doc.len && l->t != PLAN_DOCUMENTS ? text_of(arena_printf(l->a, "%.*s/", TEXT_FMT(l->doc))) : l->doc;
    if (!book_entries(l->b, l->a, text_of(plan_table_kind(l->t)), prefix, l->known_us, false, &rows, &count, err)) return false;
    for (size_t i = 0; i < count; i++) {
        plan_record r;
        if (l->t == PLAN_DOCUMENTS && l->doc.len && !text_equal(rows[i].key, l->doc)) continue;
        if (!row_make(l, &rows[i], &r, err)) return false;
        if (l->t == PLAN_DOCUMENTS && !r.cells[plan_column_any(l->t, "delivery")].len) r.cells[plan_column_any(l->t, "delivery")] = text_of(arena_printf(l->a, "%lld", (long long)rows[i].delivery));
        plan_kept_edit *e = edit_of(l, r.head.key);
        if (e) edit_over(l, &r, e);
        row_keep(l, &r);
    }
    return true;
}

/* Corrections without a row: added by a person, or the row below is gone. */
static void edits_alone(loading *l)
{
    const plan_column *columns;
    size_t count = plan_columns(l->t, &columns);
    for (size_t i = 0; i < l->edit_count; i++) {
        plan_kept_edit *e = &l->edits[i];
        if (e->is_used || l->t == PLAN_DOCUMENTS || (!e->added && (!e->under || e->drop))) continue;
        plan_record r = {.table = l->t, .cells = NEW_ARRAY(l->a, count, text),
                         .head = {.doc = doc_of_key(e->key), .key = e->key, .version = e->version, .author = e->author, .known_us = e->known_us}};
        for (size_t k = 0; k < count; k++) r.cells[k] = e->is_set[k] ? e->set[k] : e->under ? e->under[k] : (text){"", 0};
        r.read = e->under;
        r.head.state = e->drop ? PLAN_DROPPED : e->added ? PLAN_ADDED : PLAN_LEFT;
        row_keep(l, &r);
    }
}

static int by_place(const void *x, const void *y)
{
    const plan_record *a = x, *b = y;
    if (a->order != b->order) return a->order < b->order ? -1 : 1;
    if (!a->end != !b->end) return a->end ? -1 : 1; /* added rows have no place: last */
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    if (a->head.key.len != b->head.key.len) return a->head.key.len < b->head.key.len ? -1 : 1; /* -2 before -10 */
    return text_compare(a->head.key, b->head.key);
}

/* ---- Documents that are the same plan ---- */

static text root_of(const plan_records *d, text_map *at, size_t i)
{
    int64_t other;
    text of = plan_cell(&d->items[i], "copy_of");
    return of.len && text_map_find(at, of, &other) && (size_t)other != i ? of : d->items[i].head.doc;
}

/* Each list is written once; a document's own id is cut out of it. */
static text list_without(arena *a, text list, text own)
{
    size_t at;
    text word = text_of(arena_printf(a, ";%.*s;", TEXT_FMT(own)));
    if (!text_find(list, word, &at) || list.len <= word.len) return (text){"", 0};
    size_t from = at + word.len - 1;
    text_buf b = {.a = a};
    buf_add(&b, text_part(list, 1, at));
    if (at > 0 && from + 1 < list.len) buf_char(&b, ';');
    buf_add(&b, text_part(list, from + 1, list.len - 1));
    return b.len ? buf_text(&b) : (text){"", 0};
}

static void copies_fill(arena *a, plan_records *d)
{
    text_map at = {.a = a}, groups = {.a = a};
    int copies = plan_column_any(PLAN_DOCUMENTS, "copies");
    text_buf *lists = NEW_ARRAY(a, d->count, text_buf); /* ;x;y; */
    int64_t *group = NEW_ARRAY(a, d->count, int64_t);
    for (size_t i = 0; i < d->count; i++) text_map_put(&at, d->items[i].head.doc, (int64_t)i);
    for (size_t i = 0; i < d->count; i++) {
        text root = root_of(d, &at, i);
        d->items[i].head.is_copy = !text_equal(root, d->items[i].head.doc);
        group[i] = (int64_t)i;
        if (!text_map_find(&groups, root, &group[i])) text_map_put(&groups, root, group[i]), lists[i] = (text_buf){.a = a}, buf_char(&lists[i], ';');
        buf_printf(&lists[group[i]], "%.*s;", TEXT_FMT(d->items[i].head.doc));
    }
    for (size_t i = 0; i < d->count; i++) d->items[i].cells[copies] = list_without(a, buf_text(&lists[group[i]]), d->items[i].head.doc);
}

/* ---- Tables ---- */

static bool table_load(loading *l, bool with_edits, heng_err *err)
{
    l->edit_at.a = l->doc_at.a = l->a;
    *l->out = (plan_records){0};
    for (size_t i = 0; l->documents && i < l->documents->count; i++) text_map_put(&l->doc_at, l->documents->items[i].head.doc, (int64_t)i);
    if ((with_edits && !edits_load(l, err)) || !rows_load(l, err)) return false;
    edits_alone(l);
    if (l->out->count > 1) qsort(l->out->items, l->out->count, sizeof *l->out->items, by_place);
    return true;
}

/* All of them, as which one is a copy depends on the others. */
static bool documents_load(book *b, arena *a, int64_t known_us, plan_records *ret, heng_err *err)
{
    loading l = {.b = b, .a = a, .known_us = known_us, .t = PLAN_DOCUMENTS, .with_dropped = true, .out = ret};
    if (!table_load(&l, true, err)) return false;
    copies_fill(a, ret);
    return true;
}

static void documents_only(plan_records *d, text doc, bool with_dropped)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->count; i++)
        if ((!doc.len || text_equal(d->items[i].head.doc, doc)) && (with_dropped || d->items[i].head.state != PLAN_DROPPED)) d->items[kept++] = d->items[i];
    d->count = kept;
}

bool plan_records_load(book *b, arena *a, int64_t known_us, plan_table t, text doc, bool with_dropped, plan_records *ret, heng_err *err)
{
    plan_records documents;
    if (!documents_load(b, a, known_us, &documents, err)) return false;
    loading l = {.b = b, .a = a, .known_us = known_us, .t = t, .doc = doc, .with_dropped = with_dropped, .documents = &documents, .out = ret};
    if (t != PLAN_DOCUMENTS) return table_load(&l, true, err);
    documents_only(&documents, doc, with_dropped);
    *ret = documents;
    return true;
}

bool plan_rows_read(book *b, arena *a, int64_t known_us, plan_table t, text doc, plan_records *ret, heng_err *err)
{
    loading l = {.b = b, .a = a, .known_us = known_us, .t = t, .doc = doc, .out = ret};
    return table_load(&l, false, err);
}

/* ---- Typed ---- */

static void document_fill(const plan_records *d, arena *a, plan_kept *ret)
{
    ret->documents = NEW_ARRAY(a, d->count, plan_kept_document);
    ret->document_count = d->count;
    for (size_t i = 0; i < d->count; i++) {
        plan_kept_document *x = &ret->documents[i];
        plan_row_of(a, &d->items[i], x);
        x->head = d->items[i].head;
        x->copies = plan_cell(&d->items[i], "copies");
        x->delivery = whole_number(plan_cell(&d->items[i], "delivery"));
        if (!x->head.is_copy) x->copy_of = (text){"", 0};
    }
}

#define FILL(records, type, field, count_field) \
    do { \
        ret->field = NEW_ARRAY(a, (records).count, type); \
        ret->count_field = (records).count; \
        for (size_t i = 0; i < (records).count; i++) { \
            ret->field[i].head = (records).items[i].head; \
            plan_row_of(a, &(records).items[i], &ret->field[i].row); \
        } \
    } while (0)

static bool kept_load(book *b, arena *a, int64_t known_us, text doc, bool all, plan_kept *ret, heng_err *err)
{
    plan_records r[PLAN_TABLES];
    *ret = (plan_kept){0};
    if (!documents_load(b, a, known_us, &r[PLAN_DOCUMENTS], err)) return false;
    for (int t = PLAN_SECTIONS; t < PLAN_TABLES; t++) {
        loading l = {.b = b, .a = a, .known_us = known_us, .t = (plan_table)t, .doc = doc, .with_dropped = all, .documents = &r[PLAN_DOCUMENTS], .out = &r[t]};
        if (!table_load(&l, true, err)) return false;
    }
    documents_only(&r[PLAN_DOCUMENTS], doc, all);
    document_fill(&r[PLAN_DOCUMENTS], a, ret);
    FILL(r[PLAN_SECTIONS], plan_kept_section, sections, section_count);
    FILL(r[PLAN_GOALS], plan_kept_goal, goals, goal_count);
    FILL(r[PLAN_TRENDS], plan_kept_trend, trends, trend_count);
    FILL(r[PLAN_TASKS], plan_kept_task, tasks, task_count);
    FILL(r[PLAN_DAMAGES], plan_kept_damage, damages, damage_count);
    return true;
}

bool plan_kept_load(book *b, arena *a, int64_t known_us, text doc, plan_kept *ret, heng_err *err) { return kept_load(b, a, known_us, doc, false, ret, err); }

/* ---- Finding ---- */

static bool nearest_in(arena *a, text seen, const text *names, size_t count, const char **ret)
{
    size_t near[3], n = text_nearest(a, seen, names, count, 3, near);
    text_buf b = {.a = a};
    for (size_t i = 0; i < n; i++) buf_printf(&b, "%s%.*s", i ? ", " : "", TEXT_FMT(names[near[i]]));
    *ret = n ? text_str(a, buf_text(&b)) : NULL;
    return n > 0;
}

/* The one name that is the words or holds them; several: their list. */
static size_t fits(arena *a, text words, const text *names, size_t count, size_t *ret_at, const char **ret_list)
{
    size_t found = 0;
    text_buf b = {.a = a};
    for (size_t i = 0; i < count; i++)
        if (text_equal(names[i], words)) return *ret_at = i, 1;
    for (size_t i = 0; i < count; i++) {
        if (!text_find(names[i], words, &(size_t){0})) continue;
        *ret_at = i;
        if (found++ < 5) buf_printf(&b, "%s%.*s", b.len ? ", " : "", TEXT_FMT(names[i]));
    }
    *ret_list = b.len ? text_str(a, buf_text(&b)) : NULL;
    return found;
}

bool plan_document_want(book *b, arena *a, int64_t known_us, text name, text *ret, heng_err *err)
{
    plan_records d;
    const char *list = NULL;
    size_t at = 0;
    if (!documents_load(b, a, known_us, &d, err)) return false;
    text *names = NEW_ARRAY(a, d.count, text);
    for (size_t i = 0; i < d.count; i++) names[i] = d.items[i].head.doc;
    size_t n = name.len ? fits(a, name, names, d.count, &at, &list) : 0;
    if (n > 1) return err_fill(err, &MSG_PLAN_DOCUMENT_AMBIGUOUS, text_str(a, name), list, NULL);
    if (n == 0) {
        nearest_in(a, name, names, d.count, &list);
        return err_fill(err, &MSG_PLAN_DOCUMENT_UNKNOWN, text_str(a, name), list, NULL);
    }
    *ret = names[at];
    return true;
}

typedef struct key_list { size_t count, max; text *keys; } key_list;

static bool keys_add(book *b, arena *a, int64_t known_us, const char *kind, text prefix, key_list *l, heng_err *err)
{
    book_entry_row *rows;
    size_t count;
    if (!book_entries(b, a, text_of(kind), prefix, known_us, false, &rows, &count, err)) return false;
    for (size_t i = 0; i < count; i++) *ARENA_PUSH(a, l->keys, l->count, l->max) = rows[i].key;
    return true;
}

static int by_text(const void *x, const void *y) { return text_compare(*(const text *)x, *(const text *)y); }

/* All keys that there are; below a prefix that names a document, only its own. */
static bool keys_all(book *b, arena *a, int64_t known_us, text key, key_list *l, heng_err *err)
{
    const char *slash = key.len ? memchr(key.ptr, '/', key.len) : NULL;
    text prefix = slash ? (text){key.ptr, (size_t)(slash - key.ptr) + 1} : (text){"", 0};
    for (int t = 0; t < PLAN_TABLES; t++)
        if ((t != PLAN_DOCUMENTS || !slash) && !keys_add(b, a, known_us, plan_table_kind((plan_table)t), prefix, l, err)) return false;
    if (!keys_add(b, a, known_us, "plan.edit", prefix, l, err)) return false;
    if (l->count > 1) qsort(l->keys, l->count, sizeof *l->keys, by_text);
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++)
        if (!kept || !text_equal(l->keys[kept - 1], l->keys[i])) l->keys[kept++] = l->keys[i];
    l->count = kept;
    return true;
}

static bool key_want(book *b, arena *a, int64_t known_us, text key, text *ret, heng_err *err)
{
    key_list l = {0};
    size_t at = 0;
    const char *list = NULL;
    if (!key.len) return err_fill(err, &MSG_PLAN_KEY_UNKNOWN, "", NULL, NULL);
    if (!keys_all(b, a, known_us, key, &l, err)) return false;
    size_t n = fits(a, key, l.keys, l.count, &at, &list);
    if (n == 0 && !l.count && !keys_all(b, a, known_us, TEXT(""), &l, err)) return false; /* no document of that id: which are near */
    if (n == 0) {
        nearest_in(a, key, l.keys, l.count, &list);
        return err_fill(err, &MSG_PLAN_KEY_UNKNOWN, text_str(a, key), list, NULL);
    }
    if (n > 1) return err_fill(err, &MSG_PLAN_KEY_AMBIGUOUS, text_str(a, key), list, NULL);
    *ret = l.keys[at];
    return true;
}

bool plan_record_want(book *b, arena *a, int64_t known_us, text key, plan_record *ret, heng_err *err)
{
    plan_records rows;
    text whole;
    key = text_trim(key);
    if (!key_want(b, a, known_us, key, &whole, err)) return false;
    if (!plan_records_load(b, a, known_us, plan_table_of_key(whole), doc_of_key(whole), true, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (text_equal(rows.items[i].head.key, whole)) return *ret = rows.items[i], true;
    return err_fill(err, &MSG_PLAN_KEY_UNKNOWN, text_str(a, key), NULL, NULL);
}
