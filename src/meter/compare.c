/* Comparisons between channels, as the gates 67..79 list them: reading by reading where both sides are codes, else by the amounts of days. */
#include "messages.h"
#include "quality.h"

typedef struct pair { const meter_comparison *of; const rat *allowed; /* share */ int32_t left, right; const rat *factor; /* of the right side to the left's unit, NULL = 1 */ } pair;
typedef struct comparer {
    meter_book *m;
    const meter_gates *g;
    arena *a;                    /* of the findings */
    arena scratch;               /* of one pair */
    period when;
    int64_t known_us;
    size_t count, max;
    meter_finding *items;
    const int32_t *channels;     /* left sides that are asked for */
    size_t channel_count;
} comparer;

static const char *const SIGNS[] = {[METER_AT_MOST] = "≤", [METER_AT_LEAST] = "≥", [METER_EQUAL] = "="};
static const char *const BROKEN[] = {[METER_AT_MOST] = ">", [METER_AT_LEAST] = "<", [METER_EQUAL] = "≠"};

static bool is_asked(const comparer *c, int32_t id)
{
    for (size_t i = 0; i < c->channel_count; i++)
        if (c->channels[i] == id) return true;
    return c->channel_count == 0;
}

/* left keeps to right * (1 + allowed), or right * (1 - allowed). */
static bool keeps(arena *a, const pair *p, const rat *left, const rat *right)
{
    const rat *one = rat_int(a, 1), *room = p->allowed ? p->allowed : rat_int(a, 0);
    bool low = rat_compare(left, rat_mul(a, right, rat_sub(a, one, room))) >= 0, high = rat_compare(left, rat_mul(a, right, rat_add(a, one, room))) <= 0;
    return p->of->sign == METER_AT_MOST ? high : p->of->sign == METER_AT_LEAST ? low : low && high;
}

static text clock_text(comparer *c, const cal_zone *z, int64_t us)
{
    text t = instant_format(&c->scratch, z, us);
    return t.len > 16 ? (text){t.ptr + 11, 5} : t;
}

/* As a decimal as it is; what has no end is rounded to three digits. */
static text number_text(arena *a, const rat *x)
{
    size_t at;
    text t = rat_exact(a, x);
    return text_find(t, TEXT("/"), &at) || t.len > 20 ? rat_format(a, x, 3) : t;
}

/* ---- Reading by reading ---- */

typedef struct broken { int32_t day; int64_t count, of; int64_t first_us; const rat *left, *right; } broken; /* of a day: how many of how many, and the first */

static void say_day(comparer *c, const pair *p, const broken *b)
{
    if (b->count == 0) return;
    const cal_zone *z = meter_channel_zone(c->m, p->left);
    text left = number_text(&c->scratch, b->left), right = number_text(&c->scratch, b->right), clock = clock_text(c, z, b->first_us);
    *ARENA_PUSH(c->a, c->items, c->count, c->max) = (meter_finding){.channel = p->left, .gate = (uint16_t)p->of->gate, .when = {zone_day_start_us(z, b->day), zone_day_start_us(z, b->day + 1)},
        .seen = text_of(arena_printf(c->a, "%lld/%lld: %.*s %.*s %s %.*s", (long long)b->count, (long long)b->of, TEXT_FMT(clock), TEXT_FMT(left), BROKEN[p->of->sign], TEXT_FMT(right))),
        .wanted = text_of(arena_printf(c->a, "%s %.*s", SIGNS[p->of->sign], TEXT_FMT(meter_channel_get(c->m, p->right)->code)))};
}

static const rat *value_at(comparer *c, arena *a, int32_t id, int32_t day, int64_t count)
{
    const meter_channel *state = meter_channel_on(c->m, id, day);
    return meter_amount(a, state ? state : meter_channel_get(c->m, id), count);
}

/* Both series side by side, at equal times. */
static void compare_series(comparer *c, const pair *p, const meter_series *l, const meter_series *r)
{
    const cal_zone *z = meter_channel_zone(c->m, p->left);
    broken b = {.day = INT32_MIN};
    int64_t day_end = INT64_MIN;
    for (size_t i = 0, k = 0; i < l->count && k < r->count; i++) {
        while (k < r->count && r->time_us[k] < l->time_us[i]) k++;
        if (k == r->count || r->time_us[k] != l->time_us[i]) continue;
        if (l->time_us[i] >= day_end) {
            say_day(c, p, &b);
            b = (broken){.day = zone_day_of(z, l->time_us[i])};
            day_end = zone_day_start_us(z, b.day + 1);
        }
        arena_mark here = arena_here(&c->scratch);
        const rat *left = value_at(c, &c->scratch, p->left, b.day, l->value[i]), *right = value_at(c, &c->scratch, p->right, b.day, r->value[k]);
        if (p->factor) right = rat_mul(&c->scratch, right, p->factor);
        b.of++;
        if (keeps(&c->scratch, p, left, right)) {
            arena_rewind(&c->scratch, here);
        } else if (b.count++ == 0) {
            b.first_us = l->time_us[i], b.left = left, b.right = right;
        }
    }
    say_day(c, p, &b);
}

/* Values of different units are brought to one where their dimensions agree; else they are not compared. */
static bool units_agree(comparer *c, pair *p, bool *ret, heng_err *err)
{
    const rule_set *r;
    int32_t left = meter_channel_get(c->m, p->left)->unit, right = meter_channel_get(c->m, p->right)->unit;
    *ret = true;
    if (left == right || left < 0 || right < 0) return true;
    if (!book_rules(meter_book_of(c->m), &r, err)) return false;
    *ret = rule_dim_equal(r->units[left].dim, r->units[right].dim);
    return !*ret || rat_div(&c->scratch, r->units[right].factor, r->units[left].factor, &p->factor, err);
}

static bool compare_codes(comparer *c, pair *p, heng_err *err)
{
    meter_series l, r;
    bool agree;
    if (p->left == p->right || !is_asked(c, p->left)) return true;
    bool ok = units_agree(c, p, &agree, err);
    if (ok && agree && (ok = meter_readings(c->m, &c->scratch, p->left, c->when, c->known_us, &l, err) && meter_readings(c->m, &c->scratch, p->right, c->when, c->known_us, &r, err))) compare_series(c, p, &l, &r);
    arena_free(&c->scratch);
    return ok;
}

/* ---- Patterns ---- */

/* The letters that {x} stands for in code; false when the pattern does not fit. */
static bool letters_of(text pattern, text code, text *ret)
{
    size_t at;
    if (!text_find(pattern, TEXT("{x}"), &at) || code.len < pattern.len - 3) return false;
    text head = {pattern.ptr, at}, tail = {pattern.ptr + at + 3, pattern.len - at - 3}, front = {code.ptr, at}, back = {code.ptr + code.len - tail.len, tail.len};
    *ret = (text){code.ptr + at, code.len - pattern.len + 3};
    return ret->len > 0 && text_equal(head, front) && text_equal(tail, back);
}

static int32_t channel_of(comparer *c, text pattern, text letters)
{
    size_t at;
    if (!text_find(pattern, TEXT("{x}"), &at)) return meter_channel_find(c->m, pattern);
    text code = text_of(arena_printf(&c->scratch, "%.*s%.*s%.*s", (int)at, pattern.ptr, TEXT_FMT(letters), (int)(pattern.len - at - 3), pattern.ptr + at + 3));
    return meter_channel_find(c->m, code);
}

static bool compare_pattern(comparer *c, const meter_comparison *of, const rat *allowed, heng_err *err)
{
    text letters;
    for (size_t i = 0; i < meter_channel_count(c->m); i++) {
        if (!letters_of(of->left, meter_channel_get(c->m, (int32_t)i)->code, &letters)) continue;
        pair p = {of, allowed, (int32_t)i, channel_of(c, of->right, letters), NULL};
        if (p.right != METER_NONE && !compare_codes(c, &p, err)) return false;
    }
    return true;
}

/* ---- By days ---- */

/* The first channel that a formula names, so that a finding has its place. */
static int32_t first_named(comparer *c, text words)
{
    size_t at;
    int32_t found = METER_NONE;
    size_t best = words.len;
    for (size_t i = 0; i < meter_channel_count(c->m); i++)
        if (text_find(words, meter_channel_get(c->m, (int32_t)i)->code, &at) && at < best) best = at, found = (int32_t)i;
    return found;
}

/* A formula that names a channel of another place is no judge here; one that cannot be read is an error. */
static bool is_elsewhere(heng_err *err)
{
    bool is = err->message == &MSG_METER_CHANNEL_UNKNOWN;
    if (is) err_clear(err);
    return is;
}

static bool compare_day(comparer *c, const pair *p, period day_, heng_err *err)
{
    meter_value l, r;
    arena *a = &c->scratch;
    if (!meter_formula(c->m, a, p->of->left, day_, c->known_us, &l, err) || !meter_formula(c->m, a, p->of->right, day_, c->known_us, &r, err)) return is_elsewhere(err);
    if (!l.amount || !r.amount || keeps(a, p, l.amount, r.amount)) return true;
    text left = number_text(a, l.amount), right = number_text(a, r.amount);
    *ARENA_PUSH(c->a, c->items, c->count, c->max) = (meter_finding){.channel = p->left, .gate = (uint16_t)p->of->gate, .when = day_,
        .seen = text_of(arena_printf(c->a, "%.*s %s %.*s", TEXT_FMT(left), BROKEN[p->of->sign], TEXT_FMT(right))), .wanted = text_of(arena_printf(c->a, "%s %.*s", SIGNS[p->of->sign], TEXT_FMT(p->of->right)))};
    return true;
}

static bool compare_formulas(comparer *c, const meter_comparison *of, const rat *allowed, heng_err *err)
{
    pair p = {of, allowed, first_named(c, of->left), METER_NONE, NULL};
    if (p.left == METER_NONE || first_named(c, of->right) == METER_NONE || !is_asked(c, p.left)) return true;
    const cal_zone *z = meter_channel_zone(c->m, p.left);
    bool ok = true;
    for (int32_t day = zone_day_of(z, c->when.start_us); ok && zone_day_start_us(z, day) < c->when.end_us; day++) {
        ok = compare_day(c, &p, (period){zone_day_start_us(z, day), zone_day_start_us(z, day + 1)}, err);
        arena_free(&c->scratch);
    }
    return ok;
}

/* ---- All ---- */

static bool compare_one(comparer *c, const meter_comparison *of, heng_err *err)
{
    size_t at;
    const rat *allowed = meter_gate_of(c->g, of->gate)->parameter;
    int32_t left = meter_channel_find(c->m, of->left), right = meter_channel_find(c->m, of->right);
    if (text_find(of->left, TEXT("{x}"), &at)) return compare_pattern(c, of, allowed, err);
    if (left == METER_NONE || right == METER_NONE) return compare_formulas(c, of, allowed, err);
    pair p = {of, allowed, left, right, NULL};
    return compare_codes(c, &p, err);
}

bool meter_compare(meter_book *m, const meter_gates *g, arena *a, const int32_t *channels, size_t count, period when, int64_t known_us, meter_finding **ret, size_t *ret_count, heng_err *err)
{
    const meter_comparison *all;
    size_t n = meter_gate_comparisons(g, &all);
    comparer c = {.m = m, .g = g, .a = a, .when = when, .known_us = known_us, .channels = channels, .channel_count = count};
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++) ok = compare_one(&c, &all[i], err);
    arena_free(&c.scratch);
    *ret = c.items, *ret_count = c.count;
    return ok;
}
