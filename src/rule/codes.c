/*
 * Codes of industries (GB/T 4754) and of regions (GB/T 2260) that a party may bear, by the lists of the pack.
 *
 * The lists need not be whole: a class of a listed division is taken, and so is a region below a listed one of which no part is listed.
 * Where the list goes into a place, what it does not name there is a mistake.
 */
#include "inside.h"

/* Names and codes that come near, as "34 通用设备制造业". */
typedef struct near_list { arena *a; text *words, *shown; size_t count; } near_list;

static void near_add(near_list *l, text word, text code, text name)
{
    if (!word.len) return;
    l->words[l->count] = word;
    l->shown[l->count++] = text_of(arena_printf(l->a, "%.*s %.*s", TEXT_FMT(code), TEXT_FMT(name)));
}

static char *near_text(const near_list *l, text seen)
{
    size_t at[3], n = text_nearest(l->a, seen, l->words, l->count, 3, at);
    text_buf b = {.a = l->a};
    for (size_t i = 0; i < n; i++) {
        size_t found;
        if (b.len && text_find(buf_text(&b), l->shown[at[i]], &found)) continue; /* near by code and by name */
        buf_printf(&b, "%s%.*s", b.len ? ", " : "", TEXT_FMT(l->shown[at[i]]));
    }
    return text_str(l->a, buf_text(&b));
}

static near_list near_new(arena *a, size_t max)
{
    return (near_list){.a = a, .words = NEW_ARRAY(a, max + 1, text), .shown = NEW_ARRAY(a, max + 1, text)};
}

static bool all_digits(text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] < '0' || t.ptr[i] > '9') return false;
    return t.len > 0;
}

static bool is_industry_code(const rule_set *r, text code)
{
    for (size_t i = 0; i < r->industry_count; i++)
        if (text_equal(r->industries[i].code, code)) return true;
    return false;
}

static bool is_industry(const rule_set *r, text code)
{
    if (is_industry_code(r, code)) return true;
    if (code.len > 1 && code.ptr[0] >= 'A' && code.ptr[0] <= 'Z') code = (text){code.ptr + 1, code.len - 1};
    return all_digits(code) && code.len >= 2 && code.len <= 4 && is_industry_code(r, (text){code.ptr, 2});
}

bool rule_industry_check(arena *a, const rule_set *r, text code, heng_err *err)
{
    if (!r->industry_count || is_industry(r, code)) return true;
    near_list l = near_new(a, 3 * r->industry_count);
    for (size_t i = 0; i < r->industry_count; i++) {
        const rule_industry *x = &r->industries[i];
        near_add(&l, x->name.zh, x->code, x->name.zh);
        near_add(&l, x->name.en, x->code, x->name.zh);
    }
    return err_fill(err, &MSG_RULE_UNKNOWN_INDUSTRY, text_str(a, code), near_text(&l, code), NULL);
}

enum { REGION_DIGITS = 6 };

/* The longest listed region above code (440305: 440300, else 440000), and whether any part of it is listed. */
static bool is_below_listed(const rule_set *r, text code)
{
    for (size_t known = REGION_DIGITS - 2; known >= 2; known -= 2) {
        bool is_listed = false, has_parts = false;
        for (size_t i = 0; i < r->region_count; i++) {
            text c = r->regions[i].code;
            if (c.len != REGION_DIGITS || memcmp(c.ptr, code.ptr, known) != 0) continue;
            bool is_whole = memcmp(c.ptr + known, "0000", REGION_DIGITS - known) == 0;
            is_listed |= is_whole;
            has_parts |= !is_whole;
        }
        if (is_listed) return !has_parts;
    }
    return false;
}

static bool is_region(const rule_set *r, text code)
{
    for (size_t i = 0; i < r->region_count; i++)
        if (text_equal(r->regions[i].code, code)) return true; /* of any year: a party may bear a code of its time */
    return all_digits(code) && code.len == REGION_DIGITS && is_below_listed(r, code);
}

bool rule_region_check(arena *a, const rule_set *r, text code, heng_err *err)
{
    if (!r->region_count || is_region(r, code)) return true;
    near_list l = near_new(a, 3 * r->region_count);
    for (size_t i = 0; i < r->region_count; i++) {
        const rule_region *x = &r->regions[i];
        near_add(&l, x->name.zh, x->code, x->name.zh);
        near_add(&l, x->name.en, x->code, x->name.zh);
        near_add(&l, x->code, x->code, x->name.zh);
    }
    return err_fill(err, &MSG_RULE_UNKNOWN_REGION, text_str(a, code), near_text(&l, code), NULL);
}
