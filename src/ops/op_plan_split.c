/*
 * heng plan split: a goal shared out to districts and enterprises, checked exactly.
 *
 *   sum   amounts: the parts add up to the goal
 *   mean  shares and intensities: sum(value * weight) / sum(weight) is the goal; weights from the table, or a statistic of each party
 *
 * A difference is refused and named. With --slack the parts of an at-least goal may make more, of an at-most goal less. The split is kept as an entry
 * (plan.split, the goal's key) and each part as a bound, in one batch.
 */
#include "plan_view.h"

typedef struct part { int32_t party; text value, weight; int64_t row; } part;
typedef struct split { plan_view v; size_t goal; book_parties parties; bool is_mean, has_slack; text weights; size_t count, max; part *items; const rat *want, *made, *difference; } split;

/* ---- The table ---- */

typedef struct columns { int party, value, weight; } columns;

static bool is_one_of(text t, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(t, names[i])) return true;
    return false;
}

static bool find_columns(const table_row *head, columns *ret, heng_err *err)
{
    static const char *const PARTY[] = {"party", "主体", "地区", "单位", "责任主体"}, *const VALUE[] = {"value", "数值", "目标值", "分解值"}, *const WEIGHT[] = {"weight", "权重"};
    *ret = (columns){-1, -1, -1};
    for (size_t i = 0; i < head->count; i++) {
        text t = head->cells[i].value;
        if (is_one_of(t, PARTY, 5)) ret->party = (int)i;
        if (is_one_of(t, VALUE, 4)) ret->value = (int)i;
        if (is_one_of(t, WEIGHT, 2)) ret->weight = (int)i;
    }
    if (ret->party < 0) return err_fill(err, &MSG_OPS_SPLIT_COLUMN, NULL, "party (主体)", NULL);
    return ret->value >= 0 || err_fill(err, &MSG_OPS_SPLIT_COLUMN, NULL, "value (数值)", NULL);
}

static text cell_at(arena *a, const table_row *row, int at) { return at >= 0 && (size_t)at < row->count ? text_copy(a, row->cells[at].value) : (text){0}; }

static bool add_part(split *s, const table_row *row, const columns *at, heng_err *err)
{
    arena *a = s->v.c->a;
    text name = cell_at(a, row, at->party);
    part p = {.value = cell_at(a, row, at->value), .weight = cell_at(a, row, at->weight), .row = row->number};
    const rat *ignored;
    if (!name.len && !p.value.len) return true;
    if (!book_party_want(s->v.c->book, &s->parties, name, &p.party, err)) return err_in_field(err, "party");
    if (!rat_parse(a, p.value, &ignored, err)) return err_in_field(err, "value");
    if (p.weight.len && !rat_parse(a, p.weight, &ignored, err)) return err_in_field(err, "weight");
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].party == p.party) return err_fill_n(err, &MSG_OPS_SPLIT_TWICE, name.ptr, name.len, NULL);
    *(part *)ARENA_PUSH(a, s->items, s->count, s->max) = p;
    return true;
}

static bool read_rows(split *s, table *t, heng_err *err)
{
    columns at = {0};
    for (bool is_head = true;; is_head = false) {
        table_row row;
        if (!table_next(t, s->v.c->a, &row, err)) return false;
        if (row.is_end) return s->count || err_fill(err, &MSG_OPS_SPLIT_EMPTY, NULL, NULL, NULL);
        if (row.count && row.cells[0].value.len && row.cells[0].value.ptr[0] == '#') continue;
        if (!(is_head ? find_columns(&row, &at, err) : add_part(s, &row, &at, err))) return err_at_row(err, row.number);
    }
}

static bool read_table(split *s, const char *path, heng_err *err)
{
    table *t = NULL;
    if (!table_open(path, NULL, &t, err)) return err_in_file(err, path);
    bool ok = read_rows(s, t, err) || err_in_file(err, path);
    table_close(t);
    return ok;
}

/* ---- The check ---- */

static bool observed_weight(split *s, int32_t statistic, period year, part *p, heng_err *err)
{
    book_observation_row *rows;
    size_t count;
    ops_call *c = s->v.c;
    if (!book_observations(c->book, c->a, p->party, statistic, TEXT(""), &year, c->known_us, &rows, &count, err)) return false;
    if (count) p->weight = rat_exact(c->a, rat_scaled(c->a, rows[count - 1].count, rows[count - 1].scale));
    return true;
}

static bool load_weights(split *s, heng_err *err)
{
    ops_call *c = s->v.c;
    int32_t statistic;
    period year;
    if (!want_statistic(s->v.r, c->a, ops_get(c, "--weights"), &statistic, err) || !want_period(c, "--year", &year, err)) return false;
    s->weights = text_of(arena_printf(c->a, "%.*s %.*s", TEXT_FMT(s->v.r->statistics[statistic].id), TEXT_FMT(ops_get(c, "--year"))));
    for (size_t i = 0; i < s->count; i++)
        if (!s->items[i].weight.len && !observed_weight(s, statistic, year, &s->items[i], err)) return false;
    return true;
}

static bool make_mean(split *s, heng_err *err)
{
    arena *a = s->v.c->a;
    const rat *top = rat_int(a, 0), *bottom = rat_int(a, 0), *v = NULL, *w = NULL;
    for (size_t i = 0; i < s->count; i++) {
        text code = s->parties.items[s->items[i].party].code;
        if (!rat_parse(a, s->items[i].value, &v, err)) return false;
        if (!s->items[i].weight.len || !rat_parse(a, s->items[i].weight, &w, err) || rat_sign(w) <= 0)
            return err_fill_n(err, &MSG_OPS_SPLIT_WEIGHT, code.ptr, code.len, NULL) || err_at_row(err, s->items[i].row);
        top = rat_add(a, top, rat_mul(a, v, w));
        bottom = rat_add(a, bottom, w);
    }
    return rat_div(a, top, bottom, &s->made, err);
}

static bool make_sum(split *s, heng_err *err)
{
    arena *a = s->v.c->a;
    s->made = rat_int(a, 0);
    for (size_t i = 0; i < s->count; i++) {
        const rat *v;
        if (!rat_parse(a, s->items[i].value, &v, err)) return false;
        s->made = rat_add(a, s->made, v);
    }
    return true;
}

static bool is_stricter(const split *s)
{
    plan_op op = s->v.kept.goals[s->goal].row.op;
    if (op == PLAN_AT_MOST) return rat_sign(s->difference) < 0;
    return (op == PLAN_AT_LEAST || op == PLAN_DECREASE_BY || op == PLAN_INCREASE_BY) && rat_sign(s->difference) > 0;
}

static bool check_parts(split *s, heng_err *err)
{
    arena *a = s->v.c->a;
    const plan_goal *g = &s->v.kept.goals[s->goal].row;
    if (!rat_parse(a, g->value, &s->want, err) || !(s->is_mean ? make_mean(s, err) : make_sum(s, err))) return false;
    s->difference = rat_sub(a, s->made, s->want);
    if (rat_sign(s->difference) == 0 || (s->has_slack && is_stricter(s))) return true;
    return err_fill(err, &MSG_OPS_SPLIT_DIFFERS, text_str(a, rat_exact(a, s->made)), text_str(a, g->value), text_str(a, rat_exact(a, s->difference)));
}

/* ---- Keeping ---- */

static void add_field(text_buf *b, const char *name, text value)
{
    if (b->ptr[b->len - 1] != '{') buf_char(b, ',');
    buf_printf(b, "\"%s\":", name);
    json_string(b, value);
}

static text split_body(const split *s)
{
    text_buf b = {.a = s->v.c->a};
    buf_char(&b, '{');
    add_field(&b, "method", s->is_mean ? TEXT("mean") : TEXT("sum"));
    add_field(&b, "goal", s->v.kept.goals[s->goal].row.value);
    add_field(&b, "unit", s->v.kept.goals[s->goal].row.unit);
    add_field(&b, "slack", s->has_slack ? TEXT("1") : TEXT("0"));
    add_field(&b, "weights", s->weights);
    buf_str(&b, ",\"parts\":[");
    for (size_t i = 0; i < s->count; i++) {
        buf_str(&b, i ? ",{" : "{");
        add_field(&b, "party", s->parties.items[s->items[i].party].code);
        add_field(&b, "value", s->items[i].value);
        add_field(&b, "weight", s->items[i].weight);
        buf_char(&b, '}');
    }
    buf_str(&b, "]}");
    return buf_text(&b);
}

/* The goal's bound for each part; none where the goal makes none (said). */
static size_t part_bounds(const split *s, book_bound **ret, text *ret_reason)
{
    arena *a = s->v.c->a;
    book_bound whole;
    *ret = NEW_ARRAY(a, s->count, book_bound);
    if (!goal_bound(&s->v, s->goal, s->items[0].party, &whole, ret_reason)) return 0;
    for (size_t i = 0; i < s->count; i++) {
        int32_t unit;
        book_bound *b = &(*ret)[i];
        *b = whole;
        b->party = s->items[i].party;
        b->key = text_of(arena_printf(a, "split/%.*s/%.*s", TEXT_FMT(s->v.kept.goals[s->goal].head.key), TEXT_FMT(s->parties.items[b->party].code)));
        if (!plan_view_limit(&s->v, &s->v.kept.goals[s->goal].row, s->items[i].value, &b->value, &unit)) return 0;
    }
    return s->count;
}

static bool keep_split(split *s, heng_err *err)
{
    ops_call *c = s->v.c;
    text reason = {0};
    book_entry entry = {.kind = TEXT("plan.split"), .key = s->v.kept.goals[s->goal].head.key, .body = split_body(s)};
    book_batch batch = {.source = TEXT("plan"), .all_or_none = true, .supersede = true, .entry_count = 1, .entries = &entry, .dry_run = ops_has(c, "--dry-run")};
    book_bound *bounds;
    book_receipt receipt;
    batch.bound_count = part_bounds(s, &bounds, &reason);
    batch.bounds = bounds;
    if (!post_one(c, &batch, &receipt, NULL, err)) return false;
    if (batch.dry_run) say(c, "%s", "%s", c->lang == HENG_ZH ? "试运行，没有写入" : "dry run, nothing written");
    else if (batch.bound_count) say(c, "已分解到 %zu 个主体，各成一条约束", "split to %zu parties, each with a bound", s->count);
    else say(c, "已分解到 %zu 个主体；没有约束：%.*s", "split to %zu parties; no bounds: %.*s", s->count, TEXT_FMT(reason));
    return true;
}

static text field(const json *x, const char *name)
{
    const json *f = json_get(x, name);
    return f ? f->value : (text){0};
}

static bool load_split(split *s, heng_err *err)
{
    ops_call *c = s->v.c;
    text key = s->v.kept.goals[s->goal].head.key;
    book_entry_row *rows;
    size_t count, at = 0;
    const json *body;
    if (!book_entries(c->book, c->a, TEXT("plan.split"), key, c->known_us, false, &rows, &count, err)) return false;
    while (at < count && !(text_equal(rows[at].key, key) && rows[at].body.len)) at++;
    if (at == count) return err_fill_n(err, &MSG_OPS_SPLIT_NONE, key.ptr, key.len, NULL);
    if (!json_parse(c->a, rows[at].body, &body, err)) return false;
    s->is_mean = text_is(field(body, "method"), "mean");
    s->has_slack = text_is(field(body, "slack"), "1");
    s->weights = field(body, "weights");
    const json *parts = json_get(body, "parts");
    for (const json *x = parts ? parts->first : NULL; x; x = x->next) {
        part p = {.party = book_party_find(c->book, field(x, "party")), .value = field(x, "value"), .weight = field(x, "weight")};
        if (p.party != BOOK_NONE) *(part *)ARENA_PUSH(c->a, s->items, s->count, s->max) = p;
    }
    return true;
}

/* ---- Showing ---- */

static void show_check(const split *s, sheet *out)
{
    ops_call *c = s->v.c;
    const plan_goal *g = &s->v.kept.goals[s->goal].row;
    const char *made = text_str(c->a, rat_exact(c->a, s->made)), *unit = text_str(c->a, g->unit);
    bool zh = c->lang == HENG_ZH;
    const char *method = s->is_mean ? zh ? "加权平均" : "weighted mean" : zh ? "合计" : "sum";
    int sign = rat_sign(s->difference);
    const char *by = sign == 0 ? "" : arena_printf(c->a, zh ? "，严于目标 %s%s（--slack）" : ", stricter by %s%s (--slack)", text_str(c->a, rat_exact(c->a, sign < 0 ? rat_neg(c->a, s->difference) : s->difference)), unit);
    const char *weights = s->weights.len ? arena_printf(c->a, zh ? "；权重：%.*s" : "; weights: %.*s", TEXT_FMT(s->weights)) : "";
    sheet_note(out, text_of(arena_printf(c->a, zh ? "核对：%s %s%s，目标 %.*s%s%s%s" : "check: %s %s%s, goal %.*s%s%s%s", method, made, unit, TEXT_FMT(goal_text(c, g)), "", by, weights)));
}

static void show_split(const split *s)
{
    ops_call *c = s->v.c;
    const plan_goal *g = &s->v.kept.goals[s->goal].row;
    const sheet_column heads[] = {column(TEXT("party"), pick(c->lang, "主体", "party"), false), column(TEXT("value"), text_of(arena_printf(c->a, c->lang == HENG_ZH ? "数值(%.*s)" : "value(%.*s)", TEXT_FMT(g->unit))), true),
                                  column(TEXT("weight"), pick(c->lang, "权重", "weight"), true), column(TEXT("bound"), pick(c->lang, "约束", "bound"), false)};
    text title = text_of(arena_printf(c->a, "%.*s %.*s %.*s", TEXT_FMT(goal_words(c, g)), TEXT_FMT(goal_text(c, g)), TEXT_FMT(g->target_year)));
    sheet *out = sheet_new(c->out, pick(c->lang, "目标分解", "split"), title, heads, 4);
    for (size_t i = 0; i < s->count; i++) {
        const book_party *p = &s->parties.items[s->items[i].party];
        sheet_row(out, (text[]){party_cell(c, p), s->items[i].value, s->items[i].weight, text_of(arena_printf(c->a, "split/%.*s/%.*s", TEXT_FMT(s->v.kept.goals[s->goal].head.key), TEXT_FMT(p->code)))});
    }
    show_check(s, out);
}

/* Governments right below the plan's place, as far as the book has them. */
static size_t template_parties(const split *s, const plan_kept_document *d, sheet *out)
{
    size_t count = 0;
    int32_t own = plan_view_party(&s->v, &s->parties, d);
    for (size_t i = 0; i < s->parties.count; i++) {
        const book_party *p = &s->parties.items[i];
        bool is_government = text_is(s->v.r->party_classes[p->class_].id, "government");
        if (own == BOOK_NONE || p->place != own || !is_government) continue;
        sheet_row(out, (text[]){p->name_zh.len ? p->name_zh : p->code, (text){0}, (text){0}});
        count++;
    }
    return count;
}

/* Where the book has none: the parts of the plan's region by their names; how many. */
static size_t template_regions(const split *s, const plan_kept_document *d, sheet *out)
{
    size_t count = 0;
    int32_t today = today_in(s->v.c);
    for (size_t i = 0; i < s->v.r->region_count; i++) {
        const rule_region *g = &s->v.r->regions[i];
        if (!d->row.gbt2260.len || !text_equal(g->parent, d->row.gbt2260) || today < g->row->valid_from || today > g->row->valid_to) continue;
        sheet_row(out, (text[]){g->name.zh, (text){0}, (text){0}});
        count++;
    }
    return count;
}

/* An empty table: one row for each government below the plan's place. */
static bool write_template(const split *s, text path, heng_err *err)
{
    ops_call *c = s->v.c;
    const plan_kept_document *d = plan_view_document_of(&s->v, &s->v.kept.goals[s->goal].head);
    const sheet_column heads[] = {column(TEXT("party"), TEXT("party"), false), column(TEXT("value"), TEXT("value"), true), column(TEXT("weight"), TEXT("weight"), true)};
    sheet_book *b = sheet_book_new(c->a);
    sheet *out = sheet_new(b, TEXT("split"), (text){0}, heads, 3);
    sheet_style style = {.csv_bom = false};
    size_t parties = template_parties(s, d, out), regions = parties ? 0 : template_regions(s, d, out);
    if (!sheet_write(b, text_ends(path, ".xlsx") ? SHEET_XLSX : SHEET_CSV, text_str(c->a, path), &style, err)) return false;
    say(c, "已写出 %.*s：%zu 行", "wrote %.*s: %zu rows", TEXT_FMT(path), parties + regions);
    if (regions) say(c, "这些地区还不是库中的主体：先用 heng party add 或 heng import 添加", "these places are no parties of the book yet: add them first with heng party add or heng import");
    show_record(c, "plan split", (shown_field[]){{"file", "文件", "file", path, false}, {"rows", "行数", "rows", number_text(c->a, (int64_t)(parties + regions)), true}}, 2);
    return true;
}

static bool want_mean(const split *s)
{
    const plan_goal *g = &s->v.kept.goals[s->goal].row;
    int32_t indicator = s->v.links[s->goal].indicator;
    text method = ops_get(s->v.c, "--method");
    if (method.len) return text_is(method, "mean");
    if (indicator != RULE_NONE) return !text_is(s->v.r->indicators[indicator].kind, "level");
    return !g->unit.len || text_is(g->unit, "%");
}

static bool new_split(split *s, text file, heng_err *err)
{
    ops_call *c = s->v.c;
    const plan_kept_goal *g = &s->v.kept.goals[s->goal];
    if ((g->row.is_suspect && g->head.state == PLAN_AS_READ) || g->row.value_hi.len) return err_fill_n(err, &MSG_OPS_SPLIT_GOAL, g->head.key.ptr, g->head.key.len, NULL);
    s->is_mean = want_mean(s);
    s->has_slack = ops_has(c, "--slack");
    if (!read_table(s, text_str(c->a, file), err) || (ops_has(c, "--weights") && !load_weights(s, err))) return false;
    return (check_parts(s, err) || err_in_file(err, text_str(c->a, file))) && keep_split(s, err);
}

bool op_plan_split(ops_call *c, heng_err *err)
{
    split s = {0};
    text file = ops_get(c, "FILE"), template = ops_get(c, "--template");
    if (!plan_view_load(c, (text){0}, &s.v, err) || !plan_view_goal(&s.v, ops_get(c, "GOAL"), &s.goal, err)) return false;
    if (!book_parties_at(c->book, c->a, today_in(c), c->known_us, &s.parties, err)) return false;
    if (template.len) return write_template(&s, template, err);
    if (file.len ? !new_split(&s, file, err) : !load_split(&s, err) || !check_parts(&s, err)) return false;
    show_split(&s);
    return true;
}
