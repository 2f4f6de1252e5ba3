/* Documents in: the kind of a file by its content, limits, and what is common to all kinds. */
#include "document_in.h"
#include <stdio.h>
#include <strings.h>
#include "messages.h"
#include "table_in.h"
#include "zip_in.h"

static const int64_t BYTES_MAX = (int64_t)64 << 20;
enum { SNIFF_BYTES = 4096 };

static const struct { const char *magic; size_t len; const char *kind; } FOREIGN[] = {
    {"\x1F\x8B", 2, "gzip"},  {"\x89PNG", 4, "PNG"},    {"\xFF\xD8\xFF", 3, "JPEG"},   {"GIF8", 4, "GIF"},
    {"7z\xBC\xAF", 4, "7z"},  {"Rar!", 4, "RAR"},       {"SQLite format 3", 15, "SQLite"}, {"{\\rtf", 5, "RTF"},
    {"\x7F" "ELF", 4, "ELF"}, {"MIME-Version:", 13, "MHTML"}, {"II*\0", 4, "TIFF"},     {"MM\0*", 4, "TIFF"},
};

/* What a failed archive or XML part is called: the readers below speak of spreadsheets. */
static const struct { const heng_message *of_sheet, *of_document; } RENAMED[] = {
    {&MSG_XLSX_CUT, &MSG_DOCUMENT_CUT},         {&MSG_XLSX_DAMAGED, &MSG_DOCUMENT_PART}, {&MSG_XLSX_PART, &MSG_DOCUMENT_PART},
    {&MSG_XLSX_XML, &MSG_DOCUMENT_XML},         {&MSG_XLSX_DTD, &MSG_DOCUMENT_DTD},      {&MSG_XLSX_RATIO, &MSG_DOCUMENT_BOMB},
    {&MSG_XLSX_ENCRYPTED, &MSG_DOCUMENT_ENCRYPTED}, {&MSG_XLSX_TOO_LARGE, &MSG_DOCUMENT_INFLATED}, {&MSG_FILE_TOO_LARGE, &MSG_DOCUMENT_TOO_LARGE},
};

/* The readers count in bytes; people read MiB. */
static void bytes_to_mib(heng_err *err)
{
    bool ok;
    int64_t bytes = text_to_i64(text_of(err->wanted), &ok);
    if (ok) snprintf(err->wanted, sizeof err->wanted, "%lld", (long long)(bytes >> 20));
}

static bool rename_message(heng_err *err)
{
    for (size_t i = 0; i < sizeof RENAMED / sizeof *RENAMED; i++)
        if (err->message == RENAMED[i].of_sheet) {
            err->message = RENAMED[i].of_document;
            break;
        }
    if (err->message == &MSG_DOCUMENT_TOO_LARGE || err->message == &MSG_DOCUMENT_INFLATED) bytes_to_mib(err);
    return false;
}

document_block *document_add(document_out *o, block_kind kind, text content)
{
    document_block *b = ARENA_PUSH(o->a, o->blocks, o->count, o->max);
    *b = (document_block){.kind = kind, .content = text_trim(content), .row_span = 1, .column_span = 1, .offset = -1};
    return b;
}

static bool starts_with(text t, const char *magic, size_t len) { return len > 0 && t.len >= len && memcmp(t.ptr, magic, len) == 0; }

static const char *foreign_kind(text b)
{
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN; i++)
        if (starts_with(b, FOREIGN[i].magic, FOREIGN[i].len)) return FOREIGN[i].kind;
    return NULL;
}

/* An encrypted .docx, or an old .doc or .wps: all are OLE files. */
static bool fail_ole(text b, heng_err *err)
{
    static const char NAME[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    if (memmem(b.ptr, b.len, NAME, sizeof NAME)) return err_fill(err, &MSG_DOCUMENT_ENCRYPTED, NULL, NULL, NULL);
    return err_fill(err, &MSG_DOCUMENT_BINARY, "DOC/WPS/XLS", NULL, NULL);
}

static bool open_zip(document_out *o, heng_err *err)
{
    arena a = {0};
    zip_in *z = NULL;
    bool ok = zip_in_open(&a, o->doc->original, DOCUMENT_INFLATED_MAX, &z, err);
    bool is_ofd = ok && zip_in_has(z, "OFD.xml");
    bool is_docx = ok && !is_ofd && (zip_in_has(z, "word/document.xml") || !zip_in_has(z, "xl/workbook.xml")) && zip_in_has(z, "[Content_Types].xml");
    bool is_xlsx = ok && zip_in_has(z, "xl/workbook.xml");
    arena_free(&a);
    if (!ok) return false;
    if (is_ofd) return document_ofd(o, err);
    if (is_docx) return document_docx(o, err);
    if (is_xlsx) return document_sheet(o, err);
    return err_fill(err, &MSG_DOCUMENT_BINARY, "ZIP", NULL, NULL);
}

/* Has a web page's tags near its beginning, in any encoding that holds ASCII. */
static bool looks_like_html(text b)
{
    static const char *const TAGS[] = {"<!doctype html", "<html", "<head", "<body", "<meta", "<table", "<div"};
    text head = {b.ptr, b.len < SNIFF_BYTES ? b.len : SNIFF_BYTES};
    if (starts_with(head, "\xEF\xBB\xBF", 3)) head = (text){head.ptr + 3, head.len - 3};
    head = text_trim(head);
    if (head.len == 0 || head.ptr[0] != '<') return false;
    for (size_t at = 0; at < head.len; at++)
        for (size_t i = 0; head.ptr[at] == '<' && i < sizeof TAGS / sizeof *TAGS; i++)
            if (head.len - at >= strlen(TAGS[i]) && strncasecmp(head.ptr + at, TAGS[i], strlen(TAGS[i])) == 0) return true;
    return false;
}

/* Zero bytes belong to UTF-16 only, where a byte order mark or their regular place shows them; text_decode judges that. */
static bool looks_binary(text b)
{
    size_t odd = 0, n = b.len < SNIFF_BYTES ? b.len : SNIFF_BYTES;
    bool has_mark = starts_with(b, "\xFF\xFE", 2) || starts_with(b, "\xFE\xFF", 2);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)b.ptr[i];
        odd += c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v' && c != 0;
    }
    return !has_mark && odd * 50 > n;
}

static bool open_text(document_out *o, heng_err *err)
{
    text b = o->doc->original;
    bool is_html = looks_like_html(b);
    o->doc->kind = is_html ? DOCUMENT_HTML : DOCUMENT_TXT;
    if (looks_binary(b)) return err_fill(err, &MSG_DOCUMENT_BYTES, NULL, NULL, NULL);
    if (is_html ? document_html(o, err) : document_txt(o, err)) return true;
    bool has_zero = memchr(b.ptr, 0, b.len) != NULL;
    if (has_zero && err->message == &MSG_ENCODING_BAD) err_fill(err, &MSG_DOCUMENT_BYTES, NULL, NULL, NULL);
    return false;
}

static bool open_by_content(document_out *o, const char *name, heng_err *err)
{
    text b = o->doc->original;
    const char *foreign = foreign_kind(b);
    size_t head = b.len < 1024 ? b.len : 1024;
    if (text_trim(b).len == 0) return err_fill(err, &MSG_DOCUMENT_EMPTY, NULL, NULL, NULL);
    if (starts_with(b, "PK\3\4", 4) || starts_with(b, "PK\5\6", 4)) return open_zip(o, err);
    if (starts_with(b, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8)) return fail_ole(b, err);
    if (memmem(b.ptr, head, "%PDF-", 5)) return document_pdf(o, err);
    if (foreign) return err_fill(err, &MSG_DOCUMENT_BINARY, foreign, NULL, NULL);
    if (document_is_csv_name(name) && !looks_binary(b)) return document_sheet(o, err);
    return open_text(o, err);
}

static bool open_all(arena *a, text original, const char *name, document *ret, heng_err *err)
{
    document doc = {.original = original};
    document_out o = {.a = a, .doc = &doc};
    if (!open_by_content(&o, name, err)) return rename_message(err);
    doc.hash = hash_of(HASH_SHA256, original.ptr, original.len);
    doc.block_count = o.count;
    doc.blocks = o.blocks;
    *ret = doc;
    return true;
}

bool document_open(arena *a, const char *path, int64_t bytes_max, document *ret, heng_err *err)
{
    text bytes;
    if (!file_read(a, path, bytes_max > 0 ? bytes_max : BYTES_MAX, &bytes, err)) return rename_message(err);
    return open_all(a, bytes, path, ret, err) || err_in_file(err, path);
}

bool document_open_bytes(arena *a, const void *bytes, size_t len, const char *name, document *ret, heng_err *err)
{
    text original = len ? (text){bytes, len} : TEXT("");
    bool fits = (uint64_t)len <= (uint64_t)BYTES_MAX || fail_limit(err, &MSG_DOCUMENT_TOO_LARGE, NULL, BYTES_MAX);
    if (!fits) rename_message(err);
    return (fits && open_all(a, original, name, ret, err)) || err_in_file(err, name);
}
