/* Refused and held readings, in the file's own form: whole rows with the reason, and in a spreadsheet the cell marked. Mended, the file is loaded again. */
#include <stdlib.h>
#include "inside.h"
#include "readings_in.h"

static int by_row(const void *x, const void *y)
{
    const load_refusal *a = x, *b = y;
    if (a->sheet != b->sheet) return a->sheet - b->sheet;
    if (a->row != b->row) return a->row < b->row ? -1 : 1;
    return a->column != b->column ? a->column - b->column : a->step - b->step;
}

/* "-6 < 0": the value as the meter shows it, and the limit that it was judged by. */
static const char *value_of(load *l, const meter_gates *gates, const load_refusal *x)
{
    text limit = meter_gate_limit(l->a, l->m, gates, x->gate, x->channel, x->time_us, x->value);
    return arena_printf(l->a, "%.*s%s%.*s", TEXT_FMT(dec_format_trim(l->a, x->value, meter_channel_get(l->m, x->channel)->scale)), limit.len ? " " : "", TEXT_FMT(limit));
}

/* The error of a reading that a gate did not let pass. */
static void gate_error(load *l, const meter_gates *gates, const load_refusal *x, heng_err *ret)
{
    const meter_gate *g = meter_gate_of(gates, x->gate);
    err_fill(ret, &MSG_INTAKE_READINGS_GATE, text_str(l->a, g->sentence.zh), value_of(l, gates, x), text_str(l->a, g->sentence.en));
    const readings_value *v = &l->map.values[x->column];
    err_in_field(ret, text_str(l->a, v->across ? readings_cell(&l->head, v->at + x->step) : v->header));
    err_at_row(ret, x->row);
}

/* "流量：读数 -6 < 0 未收下：…（…）": the column, what is wrong, and what to do. */
static text reason_of(load *l, const meter_gates *gates, const load_refusal *x)
{
    char line[2048];
    heng_err why = {0};
    bool zh = l->options->lang == HENG_ZH;
    if (!x->gate) return x->reason;
    const meter_gate *g = meter_gate_of(gates, x->gate);
    text remedy = zh ? g->remedy.zh : g->remedy.en;
    gate_error(l, gates, x, &why);
    err_format_reason(&why, l->options->lang, line, sizeof line);
    if (!remedy.len) return text_of(arena_printf(l->a, zh ? "%s：%s" : "%s: %s", why.field, line));
    return text_of(arena_printf(l->a, zh ? "%s：%s（%.*s）" : "%s: %s (%.*s)", why.field, line, TEXT_FMT(remedy)));
}

typedef struct writer { load *l; const meter_gates *gates; sheet *s; sheet_book *out; size_t columns; int reason_at, unit_at /* -1 = no such column */, sheet; text *cells; size_t next; bool is_xlsx; } writer;

/* A unit that stood in a line above the table: the column of values it belongs to, for the file of the refused has no such line. */
static const readings_value *under_title_unit(const load *l, size_t column)
{
    for (size_t i = 0; l->map.title_unit.len && !l->options->mapping && i < l->map.value_count; i++) {
        const readings_value *v = &l->map.values[i];
        if (v->at == (int)column && text_equal(v->unit, l->map.title_unit)) return v;
    }
    return NULL;
}

static text head_of(writer *w, const table_row *head, size_t i)
{
    const readings_value *v = under_title_unit(w->l, i);
    bool zh = w->l->options->lang == HENG_ZH;
    if ((int)i == w->reason_at) return zh ? TEXT("原因") : TEXT("reason");
    if ((int)i == w->unit_at) return zh ? TEXT("单位") : TEXT("unit");
    if (v && !v->across) return text_of(arena_printf(w->l->a, "%.*s(%.*s)", TEXT_FMT(v->header), TEXT_FMT(v->unit)));
    return text_copy(w->l->a, head->cells[i].value);
}

static void begin(writer *w, const table_row *head)
{
    w->columns = head->count, w->reason_at = w->unit_at = -1;
    for (size_t i = 0; i < head->count; i++) {
        const readings_value *v = under_title_unit(w->l, i);
        if (text_is(head->cells[i].value, "原因") || text_is(head->cells[i].value, "reason")) w->reason_at = (int)i;
        if (v && v->across && w->unit_at < 0) w->unit_at = (int)w->columns++;
    }
    if (w->reason_at < 0) w->reason_at = (int)w->columns++;
    sheet_column *heads = NEW_ARRAY(w->l->a, w->columns, sheet_column);
    for (size_t i = 0; i < w->columns; i++) heads[i].id = heads[i].title = head_of(w, head, i);
    w->s = sheet_new(w->out, TEXT("refused"), (text){0}, heads, w->columns);
    w->cells = NEW_ARRAY(w->l->a, w->columns, text);
}

static void write_row(writer *w, const table_row *row)
{
    load *l = w->l;
    size_t from = w->next;
    text_buf reasons = {.a = l->a};
    for (; w->next < l->refusal_count && l->refusals[w->next].sheet == w->sheet && l->refusals[w->next].row == row->number; w->next++) {
        if (reasons.len) buf_str(&reasons, "; ");
        buf_add(&reasons, reason_of(l, w->gates, &l->refusals[w->next]));
    }
    if (w->next == from) return;
    for (size_t i = 0; i < w->columns; i++) w->cells[i] = (int)i == w->reason_at ? buf_text(&reasons) : i < row->count ? row->cells[i].value : (text){0};
    if (w->unit_at >= 0) w->cells[w->unit_at] = l->map.title_unit;
    sheet_row(w->s, w->cells);
    for (size_t k = from; w->is_xlsx && k < w->next; k++) {
        int column = l->refusals[k].column, at = column >= 0 ? l->map.values[column].at + l->refusals[k].step : l->map.times[0].at;
        if (at >= 0 && (size_t)at < w->columns) sheet_cell_mark(w->s, (size_t)at, reason_of(l, w->gates, &l->refusals[k]));
    }
}

static bool copy_rows(writer *w, table *t, heng_err *err)
{
    table_row row = {0};
    arena scratch = {0};
    bool ok = true;
    while (ok && w->next < w->l->refusal_count && (ok = table_next(t, &scratch, &row, err)) && !row.is_end) {
        write_row(w, &row);
        arena_free(&scratch);
    }
    arena_free(&scratch);
    return ok;
}

bool readings_write_refused(load *l, const char *path, bool is_xlsx, heng_err *err)
{
    bool blocked = l->refused_total > 0 && l->report.receipt.take == 0 && !l->options->keep_going;
    writer w = {.l = l, .is_xlsx = is_xlsx, .out = sheet_book_new(l->a)};
    if (l->refusal_count) qsort(l->refusals, l->refusal_count, sizeof *l->refusals, by_row);
    if (l->refusal_count == 0 || l->options->dry_run || blocked) return true;
    if (!meter_gates_open(l->a, l->m, &w.gates, err)) return false;
    const char *to = l->options->refused_path ? l->options->refused_path : arena_printf(l->a, "%s.refused.%s", path, is_xlsx ? "xlsx" : "csv");
    bool ok = true;
    begin(&w, &l->head);
    for (w.sheet = 0; ok && (size_t)w.sheet < l->sheet_count; w.sheet++) {
        table *t = NULL;
        ok = readings_open(l->a, path, l->sheets[w.sheet], &t, err) && copy_rows(&w, t, err);
        table_close(t);
    }
    l->report.refused_path = text_of(to);
    return ok && sheet_write(w.out, is_xlsx ? SHEET_XLSX : SHEET_CSV, to, &(sheet_style){.csv_bom = true}, err);
}

void readings_report_refusals(load *l)
{
    heng_err ignored = {0};
    const meter_gates *gates = NULL;
    size_t count = 0, most = l->refusal_count < READINGS_REFUSALS_KEPT ? l->refusal_count : READINGS_REFUSALS_KEPT;
    intake_refusal *items = NEW_ARRAY(l->a, most + 1, intake_refusal);
    if (most && !meter_gates_open(l->a, l->m, &gates, &ignored)) most = 0;
    for (size_t i = 0; i < l->refusal_count && count < most; i++) {
        const load_refusal *x = &l->refusals[i];
        if (x->gate) gate_error(l, gates, x, &items[count++].why);
        else if (x->why) items[count++].why = *x->why;
    }
    l->report.refusals = items, l->report.refusal_count = count;
}
