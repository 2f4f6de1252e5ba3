/* Tables in: the kind of a file by its first bytes, limits, and the calls common to CSV and XLSX. */
#include "table_in.h"
#include <stdio.h>
#include <strings.h>
#include "messages.h"

static const int64_t BYTES_MAX = (int64_t)1 << 30, ROWS_MAX = 20000000;
enum { COLUMNS_MAX = 16384, SNIFF_BYTES = 256 };

static const struct { const char *magic; size_t len; const char *kind; } FOREIGN[] = {
    {"%PDF", 4, "PDF"},     {"\x1F\x8B", 2, "gzip"},        {"\x89PNG", 4, "PNG"}, {"\xFF\xD8\xFF", 3, "JPEG"}, {"7z\xBC\xAF", 4, "7z"},
    {"Rar!", 4, "RAR"},     {"SQLite format 3", 15, "SQLite"}, {"{\\rtf", 5, "RTF"},  {"\x7F" "ELF", 4, "ELF"},
    {"<?xml", 5, "XML"},    {"<!doctype", 9, "HTML"},       {"<html", 5, "HTML"},  {"<table", 6, "HTML"}, {"MIME-Version:", 13, "MHTML"},
};

bool fail_limit(heng_err *err, const heng_message *message, const char *seen, int64_t wanted)
{
    char limit[32];
    snprintf(limit, sizeof limit, "%lld", (long long)wanted);
    return err_fill(err, message, seen, limit, NULL);
}

/* Letters are compared without case, for <HTML>; the magic bytes that are no letters compare as they are. */
static const char *foreign_kind(text bytes)
{
    text head = {bytes.ptr, bytes.len < SNIFF_BYTES ? bytes.len : SNIFF_BYTES};
    if (head.len >= 3 && memcmp(head.ptr, "\xEF\xBB\xBF", 3) == 0) head = (text){head.ptr + 3, head.len - 3};
    head = text_trim(head);
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN; i++)
        if (head.len >= FOREIGN[i].len && strncasecmp(head.ptr, FOREIGN[i].magic, FOREIGN[i].len) == 0) return FOREIGN[i].kind;
    return NULL;
}

static bool starts_with_bytes(text t, const char *magic, size_t len) { return t.len >= len && memcmp(t.ptr, magic, len) == 0; }

/* A locked .xlsx is an OLE file with a stream of this name, in UTF-16. */
static bool holds_encrypted_package(text bytes)
{
    static const char NAME[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    return memmem(bytes.ptr, bytes.len, NAME, sizeof NAME) != NULL;
}

static bool open_by_content(table *t, heng_err *err)
{
    text b = t->bytes;
    if (text_trim(b).len == 0) return err_fill(err, &MSG_FILE_EMPTY, NULL, NULL, NULL);
    if (starts_with_bytes(b, "PK\3\4", 4) || starts_with_bytes(b, "PK\5\6", 4)) return xlsx_open(t, err);
    if (starts_with_bytes(b, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8))
        return err_fill(err, holds_encrypted_package(b) ? &MSG_XLSX_ENCRYPTED : &MSG_XLS_OLD, NULL, NULL, NULL);
    if (starts_with_bytes(b, "\x09\x08\x10\x00", 4) || starts_with_bytes(b, "\x09\x08\x08\x00", 4) || starts_with_bytes(b, "\x09\x04\x06\x00", 4))
        return err_fill(err, &MSG_XLS_OLD, NULL, NULL, NULL);
    const char *foreign = foreign_kind(b);
    if (foreign) return err_fill(err, &MSG_FILE_KIND, foreign, NULL, NULL);
    return csv_open(t, err);
}

/* The table lives in its own arena. */
static table *table_new(const char *name, const table_options *options)
{
    arena mem = {0};
    table *t = NEW(&mem, table);
    t->mem = mem;
    t->name = arena_copy(&t->mem, name, strlen(name));
    if (options) t->options = *options;
    if (t->options.rows_max <= 0) t->options.rows_max = ROWS_MAX;
    if (t->options.columns_max <= 0) t->options.columns_max = COLUMNS_MAX;
    return t;
}

static bool open_done(bool ok, table *t, table **ret, heng_err *err)
{
    if (ok) {
        *ret = t;
        return true;
    }
    err_in_file(err, t->name);
    table_close(t);
    return false;
}

bool table_open(const char *path, const table_options *options, table **ret, heng_err *err)
{
    table *t = table_new(path, options);
    bool ok = file_read(&t->mem, path, t->options.bytes_max, &t->bytes, err) && open_by_content(t, err);
    return open_done(ok, t, ret, err);
}

bool table_open_bytes(const void *bytes, size_t len, const char *name, const table_options *options, table **ret, heng_err *err)
{
    table *t = table_new(name, options);
    int64_t bytes_max = t->options.bytes_max > 0 ? t->options.bytes_max : BYTES_MAX;
    t->bytes = len ? (text){bytes, len} : TEXT("");
    bool ok = len <= (uint64_t)bytes_max ? open_by_content(t, err) : fail_limit(err, &MSG_FILE_TOO_LARGE, NULL, bytes_max);
    return open_done(ok, t, ret, err);
}

void table_close(table *t)
{
    if (!t) return;
    arena mem = t->mem;
    arena_free(&mem);
}

/* A table that has failed fails again the same way: its reader stands in the middle of something. */
static bool keep_fault(table *t, heng_err *err)
{
    err_in_file(err, t->name);
    t->fault = NEW(&t->mem, heng_err);
    *t->fault = *err;
    return false;
}

bool table_next(table *t, arena *scratch, table_row *ret, heng_err *err)
{
    table_row row = {0};
    if (t->fault) {
        *err = *t->fault;
        return false;
    }
    bool ok = t->xlsx ? xlsx_next(t, scratch, &row, err) : csv_next(t, scratch, &row, err);
    if (ok && !row.is_end && ++t->rows_given > t->options.rows_max) {
        fail_limit(err, &MSG_ROWS_TOO_MANY, NULL, t->options.rows_max);
        ok = err_at_row(err, row.number);
    }
    if (!ok) return keep_fault(t, err);
    *ret = row;
    return true;
}

size_t table_sheet_count(const table *t) { return t->xlsx ? xlsx_sheet_count(t->xlsx) : 1; }

text table_sheet_name(const table *t, size_t i) { return t->xlsx ? xlsx_sheet_name(t->xlsx, i) : TEXT(""); }

bool table_sheet_is_hidden(const table *t, size_t i) { return t->xlsx && xlsx_sheet_is_hidden(t->xlsx, i); }

text table_sheet_current(const table *t) { return t->xlsx ? xlsx_sheet_name(t->xlsx, xlsx_sheet_current(t->xlsx)) : TEXT(""); }

bool table_is_xlsx(const table *t) { return t->xlsx != NULL; }

int table_encoding(const table *t) { return t->encoding; }

hash table_hash(const table *t) { return hash_of(HASH_SHA256, t->bytes.ptr, t->bytes.len); }

text table_bytes(const table *t) { return t->bytes; }
