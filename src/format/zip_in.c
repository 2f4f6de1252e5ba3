/* Zip archives in; see zip_in.h. */
#include "zip_in.h"
#include <zip.h>
#include "messages.h"
#include "table_in.h"

struct zip_in {
    zip_t *zip;
    int64_t archive_bytes, inflated, inflated_max; /* inflated: of all parts read so far */
};

struct zip_part {
    zip_in *in;
    zip_file_t *file;
    const char *name;
    int64_t packed, inflated;
};

static void discard_zip(void *zip) { zip_discard(zip); }

bool zip_in_open(arena *a, text bytes, int64_t inflated_max, zip_in **ret, heng_err *err)
{
    zip_error_t fault;
    zip_error_init(&fault);
    zip_source_t *source = zip_source_buffer_create(bytes.ptr, bytes.len, 0, &fault);
    must(source);
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY, &fault);
    zip_error_fini(&fault);
    if (!zip) {
        zip_source_free(source);
        return err_fill(err, &MSG_XLSX_CUT, NULL, NULL, NULL);
    }
    arena_on_free(a, discard_zip, zip);
    zip_in *z = NEW(a, zip_in);
    *z = (zip_in){.zip = zip, .archive_bytes = (int64_t)bytes.len, .inflated_max = inflated_max};
    *ret = z;
    return true;
}

static zip_int64_t locate(const zip_in *z, const char *name)
{
    zip_int64_t i = zip_name_locate(z->zip, name, 0);
    return i >= 0 ? i : zip_name_locate(z->zip, name, ZIP_FL_NOCASE);
}

bool zip_in_has(const zip_in *z, const char *name) { return locate(z, name) >= 0; }

static void close_part(void *part) { zip_part_close(part); }

void zip_part_close(zip_part *p)
{
    if (p->file) zip_fclose(p->file);
    p->file = NULL;
}

bool zip_part_open(arena *a, zip_in *z, const char *name, zip_part **ret, heng_err *err)
{
    zip_int64_t i = locate(z, name);
    if (i < 0) return err_fill(err, &MSG_XLSX_PART, name, NULL, NULL);
    zip_stat_t st;
    zip_stat_init(&st);
    if (zip_stat_index(z->zip, (zip_uint64_t)i, 0, &st) != 0) return err_fill(err, &MSG_XLSX_DAMAGED, name, NULL, NULL);
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE) return err_fill(err, &MSG_XLSX_ENCRYPTED, NULL, NULL, NULL);
    zip_file_t *file = zip_fopen_index(z->zip, (zip_uint64_t)i, 0);
    if (!file) return err_fill(err, &MSG_XLSX_DAMAGED, name, NULL, NULL);
    zip_part *p = NEW(a, zip_part);
    int64_t packed = st.valid & ZIP_STAT_COMP_SIZE && st.comp_size < (zip_uint64_t)z->archive_bytes ? (int64_t)st.comp_size : z->archive_bytes;
    *p = (zip_part){.in = z, .file = file, .name = arena_copy(a, name, strlen(name)), .packed = packed};
    arena_on_free(a, close_part, p);
    *ret = p;
    return true;
}

bool zip_part_read(zip_part *p, void *to, size_t size, size_t *ret_len, heng_err *err)
{
    zip_int64_t n = zip_fread(p->file, to, size);
    if (n < 0) return err_fill(err, &MSG_XLSX_DAMAGED, p->name, NULL, NULL);
    p->inflated += n;
    p->in->inflated += n;
    if (p->in->inflated > p->in->inflated_max) return fail_limit(err, &MSG_XLSX_TOO_LARGE, p->name, p->in->inflated_max);
    if (p->inflated > ZIP_RATIO_FREE_BYTES && p->inflated / ZIP_RATIO_MAX > p->packed) return fail_limit(err, &MSG_XLSX_RATIO, p->name, ZIP_RATIO_MAX);
    *ret_len = (size_t)n;
    return true;
}
