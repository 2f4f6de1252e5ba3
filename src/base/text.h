/*
 * UTF-8 text as pointer and length. Not 0-terminated unless said. Folding for comparison:
 * NFKC and radicals (utf8proc, radical table), Traditional to Simplified (OpenCC), case.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H
#include "arena.h"

typedef struct text { const char *ptr; size_t len; } text;
#define TEXT(literal) ((text){"" literal, sizeof(literal) - 1})
#define TEXT_FMT(t) (int)(t).len, (t).ptr /* for "%.*s" */

text text_of(const char *s);                       /* NULL gives empty */
char *text_str(arena *a, text t);                  /* 0-terminated copy */
text text_copy(arena *a, text t);
char *text_words(arena *a, text zh, text en);      /* a value of a message in both languages, see err.h */
bool text_equal(text a, text b);
bool text_is(text a, const char *s);
int text_compare(text a, text b);                  /* bytewise, which for UTF-8 is by code point */
bool text_starts(text t, const char *prefix);
bool text_ends(text t, const char *suffix);
bool text_find(text t, text needle, size_t *ret_at);
text text_trim(text t);                            /* ASCII, full-width (U+3000) and no-break blanks */
text text_next(text *rest, char separator);        /* cut the next piece off *rest */
size_t text_split(arena *a, text t, char separator, text **ret_parts); /* trimmed; empty text gives 0 */
bool text_is_utf8(text t, size_t *ret_bad_at);
uint64_t text_hash(text t);                        /* for hash tables; not stable across versions */

text text_nfkc(arena *a, text t);                  /* NFKC, and CJK radical supplement (⻔⻋⺠⻛) by table */
/* Traditional to Simplified, configuration tw2s; the converter is opened once and shared (thread safe). */
bool text_simplify(arena *a, text t, text *ret, heng_err *err);
/* The character at p (3 bytes) may be part of a phrase that text_simplify converts as a whole; any other is converted the same wherever it stands. */
bool text_in_phrase(const char *p);
/* Key for "same word?": NFKC, simplified, lower case, blanks out, full-width brackets to ASCII. */
bool text_fold(arena *a, text t, text *ret, heng_err *err);
/* Initials of the pinyin reading, lower case ("天津市" -> "tjs"; Latin and digits kept); for finding names. From a table
 * of GB 2312 level 1 by reading order and a listed rest; a character without reading gives nothing. */
text text_pinyin_initials(arena *a, text t);
size_t text_width(text t);                         /* columns on a terminal: East Asian wide = 2, combining = 0 */
size_t text_chars(text t);                         /* code points */
/* Up to max nearest of names (edit distance in characters, at most a third of the longer); returns how many. */
size_t text_nearest(arena *a, text t, const text *names, size_t count, size_t max, size_t *ret_indexes);
int64_t text_to_i64(text t, bool *ret_ok);         /* decimal digits with optional sign, nothing else */

/* Builder of text in an arena. */
typedef struct text_buf { arena *a; char *ptr; size_t len, max; } text_buf;
void buf_add(text_buf *b, text t);
void buf_str(text_buf *b, const char *s);
void buf_char(text_buf *b, char c);
void buf_printf(text_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
text buf_text(const text_buf *b);

/* Hash map from text to a number (open addressing, in an arena; keys are not copied). */
typedef struct text_map { arena *a; struct text_map_slot *slots; size_t count, mask; } text_map;
bool text_map_find(const text_map *m, text key, int64_t *ret_value);
void text_map_put(text_map *m, text key, int64_t value); /* replaces */
#endif
