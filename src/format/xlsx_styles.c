/*
 * Which cell styles show a date. A style names a number format: either a built-in one, by number, or a code of its own. A code
 * is a date's when y, m, d, h or s stands in it outside quotes, brackets and escapes; [h], [mm], [ss] are elapsed time.
 */
#include <stdlib.h>
#include "xlsx.h"

enum { CODE_IDS_MAX = 65536 };

typedef struct styles_in {
    arena *a;
    xlsx *x;
    uint8_t *codes; /* by format number: 0 = no own code, else 1 + its form */
    bool in_cells;
} styles_in;

/* The built-in formats; 27 to 36 and 50 to 58 as in Chinese spreadsheet programs. */
static xlsx_form builtin_form(int id)
{
    if (id == 17 || id == 27 || id == 36 || id == 50 || id == 52 || id == 57) return FORM_MONTH;
    if (id == 22) return FORM_DATE_TIME;
    if (id == 46) return FORM_ELAPSED;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47 || id == 55 || id == 56) return FORM_TIME;
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58)) return FORM_DATE;
    return FORM_NUMBER;
}

static bool is_elapsed_bracket(text inside)
{
    if (inside.len == 0) return false;
    char c = (char)(inside.ptr[0] | 0x20);
    for (size_t i = 0; i < inside.len; i++)
        if ((inside.ptr[i] | 0x20) != c) return false;
    return c == 'h' || c == 'm' || c == 's';
}

/* Past what stands at i and is not itself a format letter: a quoted text, an escape, a bracket. */
static size_t skip_literal(text t, size_t i, bool *elapsed)
{
    char c = t.ptr[i];
    if (c == '\\' || c == '_' || c == '*') return i + 2;
    if (c != '"' && c != '[') return i;
    const char *close = memchr(t.ptr + i + 1, c == '"' ? '"' : ']', t.len - i - 1);
    size_t end = close ? (size_t)(close - t.ptr) : t.len;
    if (c == '[' && is_elapsed_bracket((text){t.ptr + i + 1, end - i - 1})) *elapsed = true;
    return end + 1;
}

xlsx_form xlsx_form_of_code(text t)
{
    bool year = false, day = false, month = false, clock = false, elapsed = false;
    if (text_find(t, TEXT("General"), &(size_t){0})) return FORM_NUMBER;
    for (size_t i = 0; i < t.len && t.ptr[i] != ';';) { /* the first section is the one for positive values */
        size_t next = skip_literal(t, i, &elapsed);
        if (next != i) {
            i = next;
            continue;
        }
        char c = (char)(t.ptr[i++] | 0x20);
        if (c == 'y') year = true;
        else if (c == 'd') day = true;
        else if (c == 'm') month = true;
        else if (c == 'h' || c == 's') clock = true;
    }
    if (elapsed) return FORM_ELAPSED;
    if (year && month && !day && !clock) return FORM_MONTH;
    if (year || (month && !clock)) day = true; /* beside h or s, m is minutes */
    return day && clock ? FORM_DATE_TIME : day ? FORM_DATE : clock ? FORM_TIME : FORM_NUMBER;
}

static xlsx_form form_of_id(const styles_in *s, int id)
{
    if (id >= 0 && id < CODE_IDS_MAX && s->codes[id] > 0) return (xlsx_form)(s->codes[id] - 1);
    return builtin_form(id);
}

static int id_attribute(const char **attributes)
{
    const char *id = xml_attribute(attributes, "numFmtId");
    return id ? atoi(id) : 0;
}

static void styles_start(void *ctx, xml_in *xml, const char *name, const char **attributes)
{
    (void)xml;
    styles_in *s = ctx;
    if (strcmp(name, "cellXfs") == 0) s->in_cells = true;
    if (strcmp(name, "numFmt") == 0) {
        int id = id_attribute(attributes);
        if (id >= 0 && id < CODE_IDS_MAX) s->codes[id] = (uint8_t)(1 + xlsx_form_of_code(text_of(xml_attribute(attributes, "formatCode"))));
    }
    if (s->in_cells && strcmp(name, "xf") == 0)
        *ARENA_PUSH(s->a, s->x->forms, s->x->form_count, s->x->form_max) = (uint8_t)form_of_id(s, id_attribute(attributes));
}

static void styles_end(void *ctx, xml_in *xml, const char *name)
{
    (void)xml;
    if (strcmp(name, "cellXfs") == 0) ((styles_in *)ctx)->in_cells = false;
}

bool xlsx_styles_load(arena *a, xlsx *x, const char *part, heng_err *err)
{
    static const xml_events EVENTS = {styles_start, styles_end, NULL};
    arena work = {0};
    styles_in s = {.a = a, .x = x, .codes = arena_zero(&work, CODE_IDS_MAX)};
    x->has_styles = true;
    bool ok = xml_all(x->zip, part, &EVENTS, &s, err);
    arena_free(&work);
    return ok;
}
