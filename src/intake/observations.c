/* Rows of the form observations. */
#include "inside.h"

static char *nearest_statistics(reading *x, text name)
{
    const rule_set *r = x->rules;
    text *names = NEW_ARRAY(x->a, r->statistic_count * 2 + 1, text);
    for (size_t i = 0; i < r->statistic_count; i++) {
        names[2 * i] = r->statistics[i].id;
        names[2 * i + 1] = r->statistics[i].name.zh;
    }
    size_t at[3], n = text_nearest(x->a, name, names, r->statistic_count * 2, 3, at);
    text_buf b = {.a = x->a};
    for (size_t i = 0; i < n; i++) buf_printf(&b, "%s%.*s", i ? ", " : "", TEXT_FMT(names[at[i]]));
    return text_str(x->a, buf_text(&b));
}

static bool read_unit(reading *x, const row_in *row, book_observation *o, heng_err *err)
{
    const rule_set *r = x->rules;
    const rule_unit *own = &r->units[r->statistics[o->statistic].unit];
    text unit = cell_at(x, row, "unit");
    o->unit = r->statistics[o->statistic].unit;
    if (!unit.len) return true;
    if (!rule_unit_want(r, unit, &o->unit, err)) return err_in_field(err, "unit");
    if (rule_dim_equal(r->units[o->unit].dim, own->dim)) return true;
    return err_fill(err, &MSG_INTAKE_UNIT_OTHER_DIMENSION, text_str(x->a, unit), text_str(x->a, own->id), text_str(x->a, r->statistics[o->statistic].id)) || err_in_field(err, "unit");
}

static bool read_row(reading *x, const row_in *row, book_observation *o, heng_err *err)
{
    text statistic, value;
    if (!cell_party(x, row, "party", &o->party, err) || !want_cell(x, row, "statistic", &statistic, err) || !want_cell(x, row, "value", &value, err)) return false;
    o->statistic = rule_statistic_find(x->rules, statistic);
    if (o->statistic == RULE_NONE) return err_fill(err, &MSG_INTAKE_UNKNOWN_STATISTIC, text_str(x->a, statistic), nearest_statistics(x, statistic), NULL) || err_in_field(err, "statistic");
    if (!dec_parse_any(plain_text(x->a, value), &o->count, &o->scale, err)) return err_in_field(err, "value");
    o->item = cell_at(x, row, "item");
    o->vintage = cell_at(x, row, "vintage");
    o->source_note = cell_at(x, row, "source");
    o->row = row->number;
    return cell_period(x, row, &o->when, err) && read_unit(x, row, o, err);
}

bool read_observations(reading *x, heng_err *err)
{
    book_observation *out = NEW_ARRAY(x->a, x->row_count + 1, book_observation);
    size_t count = 0;
    (void)err;
    for (size_t i = 0; i < x->row_count; i++) {
        heng_err why = {0};
        book_observation o = {0};
        if (!read_row(x, &x->rows[i], &o, &why)) {
            refuse(x, &x->rows[i], &why);
            continue;
        }
        x->rows[i].item = (int64_t)count;
        out[count++] = o;
    }
    x->batch.observations = out;
    x->batch.observation_count = count;
    return true;
}
