/* Finding an operation, reading its arguments, opening the book it needs. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "meter.h"
#include "ops_internal.h"

const ops_op *ops_find(const char *noun, const char *verb)
{
    size_t count;
    const ops_op *ops = ops_table(&count);
    for (size_t i = 0; i < count; i++) {
        const char *space = strchr(ops[i].name, ' ');
        size_t noun_len = space ? (size_t)(space - ops[i].name) : strlen(ops[i].name);
        if (strncmp(ops[i].name, noun, noun_len) != 0 || noun[noun_len] != '\0') continue;
        if (space ? (verb && strcmp(space + 1, verb) == 0) : !verb) return &ops[i];
    }
    return NULL;
}

text ops_get(const ops_call *c, const char *name)
{
    for (size_t i = 0; i < c->given_count; i++)
        if (strcmp(c->given[i].name, name) == 0) return c->given[i].value;
    return (text){0};
}

bool ops_has(const ops_call *c, const char *name)
{
    for (size_t i = 0; i < c->given_count; i++)
        if (strcmp(c->given[i].name, name) == 0) return true;
    return false;
}

int ops_exit_of(const heng_err *err)
{
    switch (err->message ? err->message->code : HENG_OK) {
    case HENG_OK: return OPS_OK;
    case HENG_USAGE: return OPS_USAGE;
    case HENG_BAD_INPUT: case HENG_NOT_FOUND: case HENG_CONFLICT: case HENG_REFUSED: case HENG_OVERFLOW: case HENG_LIMIT: return OPS_INPUT;
    case HENG_BUSY: return OPS_BUSY;
    case HENG_CORRUPT: return OPS_DAMAGED;
    case HENG_IO: case HENG_NEWER: case HENG_NO_MEMORY: return OPS_STORE;
    }
    return OPS_STORE;
}

static bool check_arguments(const ops_call *c, heng_err *err)
{
    for (const ops_arg *x = c->op->args; x->name; x++) {
        bool is_given = ops_has(c, x->name) && (x->name[0] != '-' || ops_get(c, x->name).len > 0); /* --name '' names nothing */
        if (x->required && !is_given) return err_fill(err, &MSG_OPS_MISSING_ARGUMENT, c->op->name, x->name, NULL);
        text value = ops_get(c, x->name);
        if (!x->choices || !value.len) continue;
        text rest = text_of(x->choices);
        bool found = false;
        while (rest.len) found |= text_equal(text_next(&rest, '|'), value);
        if (!found) return err_fill_n(err, &MSG_OPS_NOT_A_CHOICE, value.ptr, value.len, x->choices) || err_in_field(err, x->name);
    }
    return true;
}

bool ops_known(const cal_zone *zone, text t, int64_t *ret_us, heng_err *err)
{
    period p;
    heng_err inner = {0};
    if (!period_parse(zone, t, &p, &inner)) return err_fill_n(err, &MSG_OPS_KNOWN_BAD, t.ptr, t.len, NULL);
    *ret_us = period_is_instant(p) ? p.start_us : p.end_us - 1; /* a day: all that was known at its end */
    return true;
}

bool ops_run(ops_call *c, const book_options *options, heng_err *err)
{
    if (!check_arguments(c, err)) return false;
    if (!c->out) c->out = sheet_book_new(c->a);
    if (!c->lines.a) c->lines.a = c->a;
    bool opened_here = false;
    if (c->op->needs != OPS_NO_BOOK && !c->book) {
        if (access(c->book_path, F_OK) != 0 && errno == ENOENT) return err_fill(err, &MSG_OPS_NO_BOOK, c->book_path, NULL, NULL);
        if (!book_open(c->book_path, c->op->needs == OPS_WRITES, options, &c->book, err)) return false;
        opened_here = true;
    }
    bool ok = !c->book || !c->known.len || ops_known(book_zone(c->book), c->known, &c->known_us, err) || err_in_field(err, "--known");
    ok = ok && c->op->run(c, err);
    if (opened_here) {
        book_close(c->book);
        c->book = NULL;
    }
    return ok;
}

int32_t today_in(const ops_call *c)
{
    int64_t us = c->known_us == BOOK_KNOWN_NOW ? now_us() : c->known_us;
    return zone_day_of(book_zone(c->book), us);
}

bool want_party(ops_call *c, const char *arg, int64_t us, int32_t *ret, book_parties *ret_parties, heng_err *err)
{
    book_parties parties;
    int32_t day = us ? zone_day_of(book_zone(c->book), us) : today_in(c);
    if (!book_parties_at(c->book, c->a, day, c->known_us, &parties, err)) return false;
    if (ret_parties) *ret_parties = parties;
    return book_party_want(c->book, &parties, ops_get(c, arg), ret, err) || err_in_field(err, arg);
}

bool want_period(ops_call *c, const char *arg, period *ret, heng_err *err)
{
    return want_period_in(c, book_zone(c->book), arg, ret, err);
}

bool want_period_in(ops_call *c, const cal_zone *z, const char *arg, period *ret, heng_err *err)
{
    return period_parse(z, ops_get(c, arg), ret, err) || err_in_field(err, arg);
}

/* A set of warming potentials that is not there would make every CO2e missing without a word. */
static bool want_gwp(const ops_call *c, heng_err *err)
{
    text gwp = ops_get(c, "--gwp");
    size_t at;
    const rule_set *r;
    const rule_row *const *rows;
    text_buf sets = {.a = c->a};
    if (!gwp.len) return true;
    if (!book_rules(c->book, &r, err)) return false;
    size_t count = rule_rows(r, "gwp", &rows);
    for (size_t i = 0; i < count; i++) {
        text set = rule_cell(rows[i], "set");
        if (text_equal(set, gwp)) return true;
        if (!text_find(buf_text(&sets), set, &at)) buf_printf(&sets, "%s%.*s", sets.len ? "|" : "", TEXT_FMT(set));
    }
    return err_fill_n(err, &MSG_OPS_NOT_A_CHOICE, gwp.ptr, gwp.len, text_str(c->a, buf_text(&sets))) || err_in_field(err, "--gwp");
}

bool want_account(ops_call *c, account **ret, heng_err *err)
{
    account_options options = {.known_us = c->known_us, .profile = ops_get(c, "--profile"), .basis = ops_get(c, "--basis"),
                               .unit = ops_get(c, "--unit"), .gwp = ops_get(c, "--gwp"),
                               .tree = text_is(ops_get(c, "--tree"), "owner") ? BOOK_BY_OWNER : BOOK_BY_PLACE};
    return want_gwp(c, err) && account_open(c->a, c->book, &options, ret, err);
}

bool want_number(ops_call *c, const char *arg, int64_t *ret, heng_err *err)
{
    return dec_parse(ops_get(c, arg), 0, DEC_EXACT, ret, err) || err_in_field(err, arg);
}

static char *nearest_names(arena *a, text name, const text *names, size_t count)
{
    size_t at[3];
    size_t n = text_nearest(a, name, names, count, 3, at);
    text_buf b = {.a = a};
    for (size_t i = 0; i < n; i++) {
        if (i) buf_str(&b, ", ");
        buf_add(&b, names[at[i]]);
    }
    return text_str(a, buf_text(&b));
}

bool want_statistic(const rule_set *r, arena *a, text name, int32_t *ret, heng_err *err)
{
    *ret = rule_statistic_find(r, name);
    if (*ret != RULE_NONE) return true;
    text *names = NEW_ARRAY(a, r->statistic_count * 2, text);
    for (size_t i = 0; i < r->statistic_count; i++) {
        names[2 * i] = r->statistics[i].id;
        names[2 * i + 1] = r->statistics[i].name.zh;
    }
    return err_fill_n(err, &MSG_OPS_UNKNOWN_STATISTIC, name.ptr, name.len, nearest_names(a, name, names, r->statistic_count * 2));
}

bool want_indicator(const rule_set *r, arena *a, text name, int32_t *ret, heng_err *err)
{
    *ret = rule_indicator_find(r, name);
    if (*ret != RULE_NONE) return true;
    text *names = NEW_ARRAY(a, r->indicator_count * 2, text);
    for (size_t i = 0; i < r->indicator_count; i++) {
        names[2 * i] = r->indicators[i].id;
        names[2 * i + 1] = r->indicators[i].name.zh;
    }
    return err_fill_n(err, &MSG_OPS_UNKNOWN_INDICATOR, name.ptr, name.len, nearest_names(a, name, names, r->indicator_count * 2));
}

bool post_one(ops_call *c, book_batch *batch, book_receipt *receipt, book_result *ret, heng_err *err)
{
    size_t items = book_batch_items(batch);
    book_result *results = NEW_ARRAY(c->a, items ? items : 1, book_result);
    if (!book_post(c->book, c->a, batch, results, receipt, err)) return false;
    for (size_t i = 0; i < items; i++) {
        if (results[i].status != BOOK_REFUSED) continue;
        *err = *results[i].why;
        return false;
    }
    if (ret && items) *ret = results[items - 1];
    return true;
}

const heng_message *const *const *ops_all_messages(void)
{
    static const heng_message *const *const all[] = {base_messages, format_messages, store_messages, rule_messages, book_messages,
                                                     account_messages, meter_messages, plan_messages, intake_messages, filing_messages, wire_messages, ops_messages, NULL};
    return all;
}
