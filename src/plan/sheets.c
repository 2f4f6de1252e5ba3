/* The tables of docs/plan.md: what was read, one row each, with the columns that readers' annotations have. */
#include <stdio.h>
#include "inside.h"

enum { COLUMNS_MAX = 32 };

static sheet *begin(sheet_book *b, const char *name, const char *const *ids, size_t *ret_count)
{
    sheet_column columns[COLUMNS_MAX] = {0};
    size_t count = 0;
    for (; ids[count] && count < COLUMNS_MAX; count++) columns[count] = (sheet_column){.id = text_of(ids[count]), .title = text_of(ids[count])};
    *ret_count = count;
    return sheet_new(b, text_of(name), TEXT(""), columns, count);
}

typedef struct row { text cells[COLUMNS_MAX]; size_t count; char numbers[COLUMNS_MAX][24]; } row;

static void add(row *r, text t) { r->cells[r->count++] = t; }

static void add_number(row *r, int64_t n)
{
    int len = snprintf(r->numbers[r->count], sizeof r->numbers[0], "%lld", (long long)n);
    r->cells[r->count] = (text){r->numbers[r->count], len > 0 ? (size_t)len : 0};
    r->count++;
}

static void add_flag(row *r, bool on) { add(r, on ? TEXT("1") : TEXT("0")); }
static void add_place(row *r, const plan_doc *d, plan_span s)
{
    plan_place p = s.start < d->place_count ? d->places[s.start] : (plan_place){0, 0};
    add_number(r, p.block + 1);
    add_number(r, p.byte);
}

static void end(sheet *s, const row *r, size_t columns)
{
    must(r->count == columns);
    sheet_row(s, r->cells);
}

void plan_sheet_documents(sheet_book *b, const plan_read *const *plans, const text *docs, size_t count)
{
    static const char *const IDS[] = {"doc", "title", "issuer", "doc_number", "issue_date", "kind", "region", "gbt2260", "note", "copies", "notice_title", "publish_date", "basis", "is_plan",
        "sections", "goals", "trends", "tasks", "damage", NULL};
    size_t columns;
    sheet *s = begin(b, "documents", IDS, &columns);
    for (size_t i = 0; i < count; i++) {
        const plan_read *p = plans[i];
        const plan_doc *d = &p->doc;
        row r = {.count = 0};
        const text cells[] = {docs[i], d->title, d->issuer, d->doc_number, d->issue_date, d->kind, d->region, d->gbt2260, d->note, TEXT(""), d->notice_title, d->publish_date, d->basis};
        for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) add(&r, cells[k]);
        add_flag(&r, p->is_plan);
        const size_t counts[] = {p->section_count, p->goal_count, p->trend_count, p->task_count, p->damage_count};
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) add_number(&r, (int64_t)counts[k]);
        end(s, &r, columns);
    }
}

void plan_sheet_sections(sheet_book *b, const plan_read *p, text doc)
{
    static const char *const IDS[] = {"doc", "order", "part", "level", "chapter", "parent", "number", "heading", "note", "block", "byte", NULL};
    size_t columns;
    sheet *s = begin(b, "sections", IDS, &columns);
    for (size_t i = 0; i < p->section_count; i++) {
        const plan_section *x = &p->sections[i];
        row r = {.count = 0};
        add(&r, doc);
        add_number(&r, x->order);
        add(&r, x->in_annex ? TEXT("annex") : TEXT("body"));
        add_number(&r, x->level);
        add(&r, x->level == 1 ? x->number : x->chapter);
        add(&r, x->parent);
        add(&r, x->number);
        add(&r, x->heading);
        add(&r, x->note);
        add_place(&r, &p->doc, x->span);
        end(s, &r, columns);
    }
}

static const char *const OPS[] = {">=", "<=", "=", "~", "decrease_by", "increase_by", "rank"};

void plan_sheet_goals(sheet_book *b, const plan_read *p, text doc)
{
    static const char *const IDS[] = {"doc", "indicator", "op", "value", "value_hi", "unit", "base_year", "target_year", "firmness", "scope", "suspect", "note", "quote", "cue", "chapter",
        "section", "occurrences", "likely", "borderline", "base_value", "binding", "block", "byte", NULL};
    size_t columns;
    sheet *s = begin(b, "goals", IDS, &columns);
    for (size_t i = 0; i < p->goal_count; i++) {
        const plan_goal *g = &p->goals[i];
        row r = {.count = 0};
        const text cells[] = {doc, g->indicator, text_of(OPS[g->op]), g->value, g->value_hi, g->unit, g->base_year, g->target_year, g->firmness, g->scope};
        for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) add(&r, cells[k]);
        add_flag(&r, g->is_suspect);
        const text more[] = {g->note, g->quote, g->cue, g->chapter, g->section};
        for (size_t k = 0; k < sizeof more / sizeof *more; k++) add(&r, more[k]);
        add_number(&r, (int64_t)g->occurrence_count);
        add(&r, g->likely);
        add_flag(&r, g->is_borderline);
        add(&r, g->base_value);
        add(&r, g->binding);
        add_place(&r, &p->doc, g->span);
        end(s, &r, columns);
    }
}

void plan_sheet_trends(sheet_book *b, const plan_read *p, text doc)
{
    static const char *const IDS[] = {"doc", "target_year", "subject", "direction", "quote", "note", "firmness", "chapter", "section", "occurrences", "block", "byte", NULL};
    size_t columns;
    sheet *s = begin(b, "trends", IDS, &columns);
    for (size_t i = 0; i < p->trend_count; i++) {
        const plan_trend *x = &p->trends[i];
        row r = {.count = 0};
        const text cells[] = {doc, x->target_year, x->subject, x->direction, x->quote, x->note, x->firmness, x->chapter, x->section};
        for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) add(&r, cells[k]);
        add_number(&r, (int64_t)x->occurrence_count);
        add_place(&r, &p->doc, x->span);
        end(s, &r, columns);
    }
}

static text role_list(arena *a, const plan_task *t, plan_role role)
{
    text_buf b = {.a = a};
    for (size_t i = 0; i < t->body_count; i++) {
        if (t->items[i].role != role) continue;
        if (b.len) buf_str(&b, "、");
        buf_add(&b, t->items[i].as_written);
    }
    return buf_text(&b);
}

void plan_sheet_tasks(sheet_book *b, const plan_read *p, text doc)
{
    static const char *const IDS[] = {"doc", "no", "chapter", "section", "seq", "first_12_chars", "last_12_chars", "bodies", "mode", "bodies_norm", "open_list", "n_chars", "note",
        "lead", "support", "no_bodies", "text", "block", "byte", NULL};
    size_t columns;
    sheet *s = begin(b, "tasks", IDS, &columns);
    arena scratch = {0};
    for (size_t i = 0; i < p->task_count; i++) {
        const plan_task *t = &p->tasks[i];
        size_t chars = text_chars(t->whole);
        row r = {.count = 0};
        add(&r, doc);
        add_number(&r, t->no);
        add(&r, t->chapter);
        add(&r, t->section);
        add_number(&r, t->seq);
        add(&r, char_part(t->whole, 0, 12));
        add(&r, char_part(t->whole, chars > 12 ? chars - 12 : 0, 12));
        add(&r, t->bodies);
        add(&r, t->mode);
        add(&r, t->bodies_norm);
        add_flag(&r, t->is_open_list);
        add_number(&r, (int64_t)chars);
        add(&r, t->note);
        add(&r, role_list(&scratch, t, PLAN_LEAD));
        add(&r, role_list(&scratch, t, PLAN_SUPPORT));
        add_flag(&r, t->has_no_bodies);
        add(&r, t->whole);
        add_place(&r, &p->doc, t->span);
        end(s, &r, columns);
    }
    arena_free(&scratch);
}

void plan_sheet_damage(sheet_book *b, const plan_read *p, text doc)
{
    static const char *const IDS[] = {"doc", "kind", "severity", "count", "what_zh", "what_en", "quote", "block", "byte", NULL};
    size_t columns;
    sheet *s = begin(b, "damage", IDS, &columns);
    for (size_t i = 0; i < p->damage_count; i++) {
        const plan_damage *x = &p->damages[i];
        row r = {.count = 0};
        add(&r, doc);
        add(&r, x->kind);
        add(&r, x->severity);
        add_number(&r, (int64_t)x->count);
        add(&r, x->what_zh);
        add(&r, x->what_en);
        add(&r, char_part(text_part(p->doc.clean, x->span.start, x->span.end), 0, 40));
        add_place(&r, &p->doc, x->span);
        end(s, &r, columns);
    }
}
