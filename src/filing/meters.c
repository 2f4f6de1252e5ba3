/*
 * Reports beside meters: sums of the metered movements of a party (with all that lies inside it by place) in a period, by what they are to it.
 *
 *   bought  from outside, of whatever kind      used  final use, non-energy use, losses and transformation, the taker inside
 *   sold    to outside                          made  production and output of transformation, the taker inside
 */
#include "inside.h"

struct filing_meters { const filing *f; book_sums sums; };

bool filing_meters_load(filing *f, period when, const filing_meters **ret, heng_err *err)
{
    filing_meters *m = NEW(f->a, filing_meters);
    int32_t first = zone_month_of(f->zone, when.start_us), last = zone_month_of(f->zone, when.end_us - 1);
    m->f = f;
    if (!filing_at(f, when, err) || !book_sums_load(f->b, f->a, f->known_us, first, last - first + 1, &m->sums, err)) return false;
    *ret = m;
    return true;
}

static bool is_use(text cell) { return text_is(cell, "final") || text_is(cell, "nonenergy") || text_is(cell, "transform_in") || text_is(cell, "loss"); }

static bool counts(const filing *f, const book_flow *x, const bool *inside, rule_report_meter what)
{
    bool gives = inside[x->giver], takes = inside[x->taker];
    text cell = f->r->kinds[x->kind].balance_cell;
    switch (what) {
    case REPORT_BOUGHT: return takes && !gives;
    case REPORT_SOLD: return gives && !takes;
    case REPORT_USED: return takes && is_use(cell);
    case REPORT_MADE: return takes && (text_is(cell, "transform_out") || text_is(cell, "production"));
    case REPORT_NOT_METERED: return false;
    }
    return false;
}

const rat *filing_metered_of(const filing_meters *m, const bool *inside, int32_t commodity, int32_t unit, rule_report_meter what)
{
    i128 sum = 0;
    bool any = false;
    for (size_t i = 0; i < m->sums.count; i++) {
        const book_flow *x = &m->sums.flows[m->sums.flow[i]];
        if (x->basis != BOOK_METERED || x->commodity != commodity || x->unit != unit || !counts(m->f, x, inside, what)) continue;
        sum += m->sums.sum[i];
        any = any || m->sums.sum[i] != 0;
    }
    return any ? rat_scaled(m->f->a, sum, m->f->r->units[unit].scale) : NULL;
}

bool filing_recorded(const filing *f, int32_t commodity, int32_t unit, const rat *value, int32_t *ret_unit, const rat **ret, heng_err *err)
{
    const rat *ratio;
    if (!rule_recording_unit(f->r, commodity, unit, ret_unit, &ratio, f->a, err)) return false;
    *ret = value ? rat_mul(f->a, value, ratio) : NULL;
    return true;
}

const rat *filing_metered_amount(filing *f, const filing_meters *m, int32_t party, int32_t commodity, int32_t unit, rule_report_meter what)
{
    const rat *ratio, *v;
    int32_t recorded;
    heng_err ignored = {0};
    if (!rule_recording_unit(f->r, commodity, unit, &recorded, &ratio, f->a, &ignored)) return NULL;
    const rat *metered = filing_metered_of(m, book_subtree(f->a, &f->parties, BOOK_BY_PLACE, party), commodity, recorded, what);
    return metered && rat_div(f->a, metered, ratio, &v, &ignored) ? v : NULL;
}

static const rat *gap_of(filing *f, const rat *x, const rat *y)
{
    const rat *d = rat_sub(f->a, x, y);
    return rat_sign(d) < 0 ? rat_neg(f->a, d) : d;
}

static bool compare_cell(filing *f, const filing_meters *m, const filing_report *x, const filing_row *row, int column, const bool *inside, filing_compared *ret, heng_err *err)
{
    const rat *ratio, *parameter;
    heng_err ignored = {0};
    int32_t recorded;
    *ret = (filing_compared){.party = x->party, .commodity = row->commodity, .unit = row->unit, .column = column, .reported = row->values[column]};
    if (!rule_recording_unit(f->r, row->commodity, row->unit, &recorded, &ratio, f->a, err)) return false;
    const rat *metered = filing_metered_of(m, inside, row->commodity, recorded, f->forms[x->form].columns[column].meter);
    if (!metered || !rat_div(f->a, metered, ratio, &ret->metered, &ignored)) return true;
    ret->is_double = row->posted[column];
    if (!ret->reported) ret->reported = rat_int(f->a, 0);
    const rat *gap = gap_of(f, ret->reported, ret->metered);
    if (rat_sign(ret->reported) > 0 && !rat_div(f->a, gap, ret->reported, &ret->off, &ignored)) ret->off = NULL;
    ret->is_far = filing_gate(f, 80, &parameter, NULL) && parameter && rat_compare(gap, rat_mul(f->a, parameter, ret->reported)) > 0;
    return true;
}

static bool compare_row(filing *f, const filing_meters *m, const filing_report *x, const filing_row *row, const bool *inside, filing_compared *items, size_t *count, heng_err *err)
{
    const rule_report_form *form = &f->forms[x->form];
    for (size_t c = 0; c < form->column_count; c++) {
        if (form->columns[c].meter == REPORT_NOT_METERED) continue;
        if (!compare_cell(f, m, x, row, (int)c, inside, &items[*count], err)) return false;
        *count += items[*count].metered != NULL;
    }
    return true;
}

/* Energies that the party's meters have and its report leaves out. */
static bool is_left_out(const filing_meters *m, const filing_report *x, const bool *inside, int32_t commodity)
{
    for (size_t i = 0; i < x->row_count; i++)
        if (x->rows[i].commodity == commodity) return false;
    for (size_t i = 0; i < m->sums.flow_count; i++) {
        const book_flow *y = &m->sums.flows[i];
        if (y->basis == BOOK_METERED && y->commodity == commodity && (inside[y->giver] || inside[y->taker])) return true;
    }
    return false;
}

bool filing_compare(filing *f, const filing_meters *m, const filing_report *x, filing_compared **ret, size_t *ret_count, heng_err *err)
{
    const rule_report_form *form = &f->forms[x->form];
    const bool *inside = book_subtree(f->a, &f->parties, BOOK_BY_PLACE, x->party);
    *ret = NEW_ARRAY(f->a, (x->row_count + form->row_count) * form->column_count + 1, filing_compared);
    *ret_count = 0;
    for (size_t i = 0; i < x->row_count; i++)
        if (!compare_row(f, m, x, &x->rows[i], inside, *ret, ret_count, err)) return false;
    for (size_t i = 0; i < form->row_count; i++) {
        if (!is_left_out(m, x, inside, form->rows[i].commodity)) continue;
        filing_row *empty = filing_row_new(f->a, form);
        empty->commodity = form->rows[i].commodity, empty->unit = form->rows[i].unit;
        if (!compare_row(f, m, x, empty, inside, *ret, ret_count, err)) return false;
    }
    return true;
}
