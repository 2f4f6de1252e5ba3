/*
 * Errors that carry their context, in two languages.
 *
 * Each room declares its messages once in <room>/messages.def (see HENG_MSG below): an id, a code,
 * an English and a Chinese template, and an optional remedy (hint) in both. A function that can
 * fail returns bool, takes heng_err *err last, fills it where the fault is known with err_fill, and
 * callers on the way up add place with err_at_row, err_in_file, err_in_field. On success err is
 * untouched. Only surfaces print (err_format).
 *
 * Template placeholders: {seen} {wanted} {other}. They are data (names, numbers), never prose, so that
 * one error reads whole in either language. A part that begins with {wanted? and ends with ?} (or seen, other) is
 * left out when that is empty: "no unit '{seen}'{wanted?, nearest: {wanted}?}".
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))

typedef enum heng_code {
    HENG_OK = 0,
    HENG_BAD_INPUT,   /* what came from outside is wrong: mend it and come again */
    HENG_USAGE,       /* the command line is wrong */
    HENG_NOT_FOUND,
    HENG_CONFLICT,    /* same key, other content; already superseded; overlap */
    HENG_REFUSED,     /* judged and declined: balance below zero, kind does not fit */
    HENG_OVERFLOW,
    HENG_LIMIT,       /* a stated limit of size, depth or count is passed */
    HENG_BUSY,        /* another writer holds the database */
    HENG_IO,          /* disk, permission, read-only, full */
    HENG_CORRUPT,     /* the store or chain does not verify */
    HENG_NEWER,       /* made by a newer version */
    HENG_NO_MEMORY
} heng_code;

typedef enum heng_lang { HENG_ZH = 0, HENG_EN = 1 } heng_lang;

typedef struct heng_message {
    const char *id; /* "rule.unknown_unit": stable, lower case, room first */
    heng_code code;
    const char *en, *zh;           /* one short line, no full stop */
    const char *hint_en, *hint_zh; /* NULL = no remedy to offer */
} heng_message;

enum { HENG_ERR_FILE_MAX = 512, HENG_ERR_FIELD_MAX = 128, HENG_ERR_TEXT_MAX = 512 };

typedef struct heng_err {
    const heng_message *message; /* NULL = no error yet */
    char file[HENG_ERR_FILE_MAX];
    char sheet[HENG_ERR_FIELD_MAX]; /* of a spreadsheet; "" = none */
    int64_t row;                    /* from 1; 0 = none */
    int64_t column;                 /* character in the line, from 1; 0 = none */
    char field[HENG_ERR_FIELD_MAX];
    char seen[HENG_ERR_TEXT_MAX];
    char wanted[HENG_ERR_TEXT_MAX];
    char other[HENG_ERR_TEXT_MAX];
} heng_err;

/*
 * messages.def holds lines HENG_MSG(NAME, "room.id", CODE, "en", "zh", "hint en" or NULL, "hint zh" or NULL)
 * A room's messages.h does:   #define HENG_MSG(n, ...) extern const heng_message MSG_##n;
 * and its messages.c:         #define HENG_MSG(n, id, c, en, zh, he, hz) \
 *                                 const heng_message MSG_##n = {id, HENG_##c, en, zh, he, hz};
 * plus one table  const heng_message *const <room>_messages[]  ending in NULL, for the gallery.
 */

/* Between the Chinese and the English of a value that is words of ours (a party's name), see text_words. */
#define HENG_ERR_WORDS '\x1f'

/* Fill err (seen, wanted, other may be NULL; cut at a character boundary if too long). Returns false,
 * so that `return err_fill(...)` reads well. An err already filled is overwritten. */
bool err_fill(heng_err *err, const heng_message *message, const char *seen, const char *wanted, const char *other);
bool err_fill_n(heng_err *err, const heng_message *message, const char *seen, size_t seen_len, const char *wanted);
/* Add place, on the way up; the innermost word wins (a field already set is kept). Return false. */
bool err_in_file(heng_err *err, const char *file);
bool err_in_sheet(heng_err *err, const char *sheet);
bool err_at_row(heng_err *err, int64_t row);
bool err_at_column(heng_err *err, int64_t column);
bool err_in_field(heng_err *err, const char *field);
void err_clear(heng_err *err);

/*
 * One line: `file:row: field: message`, in Chinese `文件 第N行 字段“…”：…`; then, when there is one,
 * a second line with the hint. Writes at most size bytes with the final 0; returns the length needed.
 */
size_t err_format(const heng_err *err, heng_lang lang, char *out, size_t size);
/* The message and its remedy in one line, without place (for a spreadsheet comment or a refused row's column). */
size_t err_format_reason(const heng_err *err, heng_lang lang, char *out, size_t size);

/* A programming mistake stops the program, in release builds too. No input may cause one. */
#define must(x) ((x) ? (void)0 : must_failed(#x, __FILE__, __LINE__))
_Noreturn void must_failed(const char *what, const char *file, int line);

extern const heng_message *const base_messages[];
#endif
