/*
 * The files of a database: <path>, <path>-wal (its log), <path>-shm (shared memory of its readers), <path>-writer (lock.c).
 * Names resolved, headers read, files and folders synced.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "store_inside.h"

enum { HEADER_BYTES = 100, HEADER_PAGE_BYTES = 16, HEADER_PAGES = 28, HEADER_APPLICATION_ID = 68 };

/* The folder of path with its final '/', or "./". */
static const char *folder_of(arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_copy(a, path, (size_t)(slash - path) + 1) : "./";
}

bool path_real(arena *a, const char *path, const char **ret, heng_err *err)
{
    char real[PATH_MAX];
    if (realpath(path, real)) {
        *ret = arena_copy(a, real, strlen(real));
        return true;
    }
    if (errno != ENOENT) return fail_errno(path, errno, false, err);
    const char *folder = folder_of(a, path);
    const char *slash = strrchr(path, '/');
    if (!realpath(folder, real)) {
        if (errno != ENOENT && errno != ENOTDIR) return fail_errno(path, errno, false, err);
        err_fill(err, &MSG_STORE_NO_FOLDER, folder, NULL, NULL);
        return err_in_file(err, path);
    }
    *ret = arena_printf(a, "%s/%s", strcmp(real, "/") == 0 ? "" : real, slash ? slash + 1 : path);
    return true;
}

const char *path_beside(arena *a, const char *path, const char *suffix)
{
    return arena_printf(a, "%s%s", path, suffix);
}

bool path_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

int64_t path_bytes(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

void path_stamp(const char *path, file_stamp *ret)
{
    struct stat st;
    *ret = (file_stamp){0};
    if (stat(path, &st) != 0) return;
    *ret = (file_stamp){(int64_t)st.st_dev, (int64_t)st.st_ino, (int64_t)st.st_size, (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec};
}

static uint32_t big_endian(const unsigned char *at, int bytes)
{
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++) value = value << 8 | at[i];
    return value;
}

/*
 * The header is read through SQLite: a plain open and close of a database that this process has open elsewhere would drop all its POSIX locks
 * on it, and another process could then remove the log under it.
 */
static bool read_opened(sqlite3 *db, const char *path, unsigned char *head, int64_t *ret_bytes, heng_err *err)
{
    sqlite3_file *file = NULL;
    sqlite3_int64 bytes = 0;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (!file || !file->pMethods) return fail_db(NULL, SQLITE_CANTOPEN, path, err);
    int rc = file->pMethods->xRead(file, head, HEADER_BYTES, 0);
    if (rc == SQLITE_OK || rc == SQLITE_IOERR_SHORT_READ) rc = file->pMethods->xFileSize(file, &bytes);
    if (rc != SQLITE_OK) return fail_db(NULL, rc, path, err);
    *ret_bytes = bytes;
    return true;
}

static bool fail_not_database(const char *path, heng_err *err)
{
    err_fill(err, &MSG_STORE_NOT_DATABASE, NULL, NULL, NULL);
    return err_in_file(err, path);
}

static bool read_header(const char *path, const char *real, const char *vfs, unsigned char *head, int64_t *ret_bytes, heng_err *err)
{
    struct stat st;
    sqlite3 *db = NULL;
    bool ok = false;
    if (stat(real, &st) != 0) return fail_errno(path, errno, false, err);
    if (!S_ISREG(st.st_mode)) return fail_not_database(path, err);
    if (access(real, R_OK) != 0) return fail_errno(path, errno, false, err);

    int rc = sqlite3_open_v2(real, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, vfs);
    if (rc != SQLITE_OK) fail_db(db, rc, path, err);
    else ok = read_opened(db, path, head, ret_bytes, err);
    sqlite3_close(db);
    if (ok && (*ret_bytes < 16 || memcmp(head, "SQLite format 3", 16) != 0)) return fail_not_database(path, err);
    return ok;
}

static bool fail_truncated(const char *path, int64_t seen, int64_t wanted, heng_err *err)
{
    char seen_text[24], wanted_text[24];
    snprintf(seen_text, sizeof seen_text, "%lld", (long long)seen);
    snprintf(wanted_text, sizeof wanted_text, "%lld", (long long)wanted);
    err_fill(err, &MSG_STORE_TRUNCATED, seen_text, wanted_text, NULL);
    return err_in_file(err, path);
}

/* With a log the file may rightly be shorter than its header says: a checkpoint that was cut off is finished from the log. */
static bool has_log(const char *real)
{
    char log[STORE_PATH_MAX + 8];
    snprintf(log, sizeof log, "%s-wal", real);
    return path_bytes(log) > 0;
}

bool path_is_database(const char *path, const char *real, const char *vfs, heng_err *err)
{
    unsigned char head[HEADER_BYTES] = {0};
    int64_t bytes = 0;
    if (!read_header(path, real, vfs, head, &bytes, err)) return false;
    if (bytes < HEADER_BYTES) return fail_truncated(path, bytes, STORE_PAGE_BYTES, err);

    uint32_t application = big_endian(head + HEADER_APPLICATION_ID, 4);
    if (application != STORE_APPLICATION_ID) {
        char seen[16], wanted[16];
        snprintf(seen, sizeof seen, "%08x", application);
        snprintf(wanted, sizeof wanted, "%08x", (unsigned)STORE_APPLICATION_ID);
        err_fill(err, &MSG_STORE_NOT_HENG, seen, wanted, NULL);
        return err_in_file(err, path);
    }
    int64_t page_bytes = big_endian(head + HEADER_PAGE_BYTES, 2);
    if (page_bytes == 1) page_bytes = 65536;
    int64_t wanted = page_bytes * big_endian(head + HEADER_PAGES, 4);
    return bytes >= wanted || has_log(real) || fail_truncated(path, bytes, wanted, err);
}

bool path_no_orphan(const char *path, const char *real, heng_err *err)
{
    char log[STORE_PATH_MAX + 8];
    snprintf(log, sizeof log, "%s-wal", real);
    if (path_bytes(log) <= 0) return true;
    err_fill(err, &MSG_STORE_ORPHAN, log, NULL, NULL);
    return err_in_file(err, path);
}

static bool sync_one(const char *path, int flags, heng_err *err)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) return fail_errno(path, errno, true, err);
    int rc = fsync(fd), number = errno;
    close(fd);
    return rc == 0 || fail_errno(path, number, true, err);
}

static bool sync_folder(const char *path, heng_err *err)
{
    arena a = {0};
    bool ok = sync_one(folder_of(&a, path), O_RDONLY | O_DIRECTORY, err);
    arena_free(&a);
    return ok;
}

bool path_sync(const char *path, heng_err *err)
{
    return sync_one(path, O_RDONLY, err) && sync_folder(path, err);
}

bool path_rename(const char *from, const char *to, heng_err *err)
{
    if (rename(from, to) != 0) return fail_errno(to, errno, true, err);
    return sync_folder(to, err);
}

void path_remove_database(const char *path)
{
    static const char *const SUFFIXES[] = {"-wal", "-shm", "-journal", ""};
    char name[STORE_PATH_MAX + 16];
    for (size_t i = 0; i < sizeof SUFFIXES / sizeof *SUFFIXES; i++) {
        snprintf(name, sizeof name, "%s%s", path, SUFFIXES[i]);
        unlink(name);
    }
}

const char *path_uri_immutable(arena *a, const char *path)
{
    text_buf b = {.a = a};
    buf_str(&b, "file:");
    for (const char *p = path; *p; p++)
        if (*p == '%' || *p == '?' || *p == '#' || (unsigned char)*p < 33) buf_printf(&b, "%%%02x", (unsigned char)*p);
        else buf_char(&b, *p);
    buf_str(&b, "?immutable=1");
    return text_str(a, buf_text(&b));
}
