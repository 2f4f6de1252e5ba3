/*
 * Errors: filling, adding the place, and printing in two languages. See err.h.
 *
 * A template is copied byte by byte; {seen} {wanted} {other} are replaced by the data of the error. The writer counts on past the
 * end of the caller's buffer, so that the length needed is known, as with snprintf.
 */
#include "err.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Copies at most max-1 bytes and never cuts a UTF-8 character in two. */
static void copy_cut(char *to, size_t max, const char *from, size_t len)
{
    if (len >= max) {
        len = max - 1;
        while (len > 0 && ((unsigned char)from[len] & 0xC0) == 0x80) len--;
    }
    if (len > 0) memmove(to, from, len);
    to[len] = 0;
}

static void copy_string(char *to, size_t max, const char *from)
{
    copy_cut(to, max, from ? from : "", from ? strlen(from) : 0);
}

/* Made aside and then moved, because seen, wanted and other may point into the old content of err. */
static bool fill(heng_err *err, const heng_message *message, const char *seen, size_t seen_len, const char *wanted, const char *other)
{
    heng_err next = {.message = message};
    copy_cut(next.seen, sizeof next.seen, seen ? seen : "", seen ? seen_len : 0);
    copy_string(next.wanted, sizeof next.wanted, wanted);
    copy_string(next.other, sizeof next.other, other);
    *err = next;
    return false;
}

bool err_fill(heng_err *err, const heng_message *message, const char *seen, const char *wanted, const char *other)
{
    return fill(err, message, seen, seen ? strlen(seen) : 0, wanted, other);
}

bool err_fill_n(heng_err *err, const heng_message *message, const char *seen, size_t seen_len, const char *wanted)
{
    return fill(err, message, seen, seen_len, wanted, NULL);
}

bool err_in_file(heng_err *err, const char *file)
{
    if (!err->file[0]) copy_string(err->file, sizeof err->file, file);
    return false;
}

bool err_in_sheet(heng_err *err, const char *sheet)
{
    if (!err->sheet[0]) copy_string(err->sheet, sizeof err->sheet, sheet);
    return false;
}

bool err_at_row(heng_err *err, int64_t row)
{
    if (!err->row) err->row = row;
    return false;
}

bool err_at_column(heng_err *err, int64_t column)
{
    if (!err->column) err->column = column;
    return false;
}

bool err_in_field(heng_err *err, const char *field)
{
    if (!err->field[0]) copy_string(err->field, sizeof err->field, field);
    return false;
}

void err_clear(heng_err *err)
{
    *err = (heng_err){0};
}

typedef struct writer {
    char *out;
    size_t size, len; /* len counts what is wanted, even past size */
} writer;

static void put_char(writer *w, char c)
{
    if (w->len + 1 < w->size) w->out[w->len] = c;
    w->len++;
}

static void put(writer *w, const char *s)
{
    for (; *s; s++) put_char(w, *s);
}

static void put_number(writer *w, int64_t n)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)n);
    put(w, digits);
}

/* "{wanted?; nearest: {wanted}?}": a part that is left out when there is nothing to put into it. */
static const char *skip_part(const char *template, bool is_shown)
{
    const char *end = strstr(template, "?}");
    return is_shown || !end ? strchr(template, '?') + 1 : end + 2;
}

/* Words in both languages, Chinese first (text_words): the half of the reader's language. */
static void put_words(writer *w, const char *s, heng_lang lang)
{
    const char *between = strchr(s, HENG_ERR_WORDS);
    if (between && lang == HENG_EN) s = between + 1;
    for (; *s && *s != HENG_ERR_WORDS; s++) put_char(w, *s);
}

static void put_template(writer *w, const char *template, const heng_err *err, heng_lang lang)
{
    const struct { const char *mark, *part, *value; } marks[] = {
        {"{seen}", "{seen?", err->seen}, {"{wanted}", "{wanted?", err->wanted}, {"{other}", "{other?", err->other}};
    while (*template) {
        size_t i = 0, count = sizeof marks / sizeof *marks;
        while (i < count && strncmp(template, marks[i].mark, strlen(marks[i].mark)) != 0 && strncmp(template, marks[i].part, strlen(marks[i].part)) != 0) i++;
        if (i == count && strncmp(template, "?}", 2) == 0) template += 2;
        else if (i == count) put_char(w, *template++);
        else if (strncmp(template, marks[i].part, strlen(marks[i].part)) == 0) template = skip_part(template, marks[i].value[0] != 0);
        else {
            put_words(w, marks[i].value, lang);
            template += strlen(marks[i].mark);
        }
    }
}

/* "data.xlsx [energy]:12:3: used: " */
static void put_place_en(writer *w, const heng_err *err)
{
    put(w, err->file);
    if (err->sheet[0]) {
        put(w, err->file[0] ? " [" : "[");
        put(w, err->sheet);
        put(w, "]");
    }
    bool has_file = w->len > 0;
    if (err->row) {
        put(w, has_file ? ":" : "row ");
        put_number(w, err->row);
    }
    if (err->column) {
        put(w, w->len > 0 ? ":" : "column ");
        put_number(w, err->column);
    }
    if (w->len > 0) put(w, ": ");
    if (err->field[0]) {
        put(w, err->field);
        put(w, ": ");
    }
}

static void put_blank_unless_first(writer *w)
{
    if (w->len > 0) put_char(w, ' ');
}

/* "data.xlsx 工作表“能源” 第12行 第3字 字段“用量”：" */
static void put_place_zh(writer *w, const heng_err *err)
{
    put(w, err->file);
    if (err->sheet[0]) {
        put_blank_unless_first(w);
        put(w, "工作表“");
        put(w, err->sheet);
        put(w, "”");
    }
    if (err->row) {
        put_blank_unless_first(w);
        put(w, "第");
        put_number(w, err->row);
        put(w, "行");
    }
    if (err->column) {
        put_blank_unless_first(w);
        put(w, "第");
        put_number(w, err->column);
        put(w, "字");
    }
    if (err->field[0]) {
        put_blank_unless_first(w);
        put(w, strncmp(err->field, "--", 2) == 0 ? "选项“" : "字段“");
        put(w, err->field);
        put(w, "”");
    }
    if (w->len > 0) put(w, "：");
}

/* Ends the text with 0, before a character that was cut in two. */
static size_t finish(writer *w)
{
    if (w->size == 0) return w->len;
    size_t end = w->len;
    if (end >= w->size) {
        end = w->size - 1;
        size_t start = end;
        while (start > 0 && ((unsigned char)w->out[start - 1] & 0xC0) == 0x80) start--;
        if (start > 0 && ((unsigned char)w->out[start - 1] & 0xC0) == 0xC0) {
            unsigned char lead = (unsigned char)w->out[start - 1];
            size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
            if (end - (start - 1) < wanted) end = start - 1;
        }
    }
    w->out[end] = 0;
    return w->len;
}

static void put_reason(writer *w, const heng_err *err, heng_lang lang)
{
    if (!err->message) return;
    put_template(w, lang == HENG_EN ? err->message->en : err->message->zh, err, lang);
}

static void put_hint(writer *w, const heng_err *err, heng_lang lang, const char *before)
{
    const char *hint = !err->message ? NULL : lang == HENG_EN ? err->message->hint_en : err->message->hint_zh;
    if (!hint) return;
    put(w, before);
    put_template(w, hint, err, lang);
}

size_t err_format(const heng_err *err, heng_lang lang, char *out, size_t size)
{
    writer w = {.out = out, .size = size};
    if (lang == HENG_EN) put_place_en(&w, err);
    else put_place_zh(&w, err);
    put_reason(&w, err, lang);
    put_hint(&w, err, lang, lang == HENG_EN ? "\nhint: " : "\n提示：");
    return finish(&w);
}

size_t err_format_reason(const heng_err *err, heng_lang lang, char *out, size_t size)
{
    writer w = {.out = out, .size = size};
    put_reason(&w, err, lang);
    put_hint(&w, err, lang, lang == HENG_EN ? "; " : "；");
    return finish(&w);
}

_Noreturn void must_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: must hold: %s\n", file, line, what);
    abort();
}
