/* Whole files in and out. A written file is either the old one or the whole new one, also after a crash. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "file.h"
#include "messages.h"

enum { PIPE_STEP = 64 * 1024, NAME_TRIES = 100 };
static const int64_t FILE_BYTES_MAX = (int64_t)1 << 30;

static const char *errno_name(int code)
{
    const char *name = strerrorname_np(code);
    return name ? name : "EIO";
}

static bool read_failed(int code, const char *path, heng_err *err)
{
    if (code == ENOENT || code == ENOTDIR) err_fill(err, &MSG_FILE_OPEN, path, NULL, NULL);
    else if (code == EACCES || code == EPERM) err_fill(err, &MSG_FILE_DENIED, path, NULL, NULL);
    else if (code == EISDIR) err_fill(err, &MSG_FILE_DIRECTORY, path, NULL, NULL);
    else err_fill(err, &MSG_FILE_READ, errno_name(code), NULL, NULL);
    return err_in_file(err, path);
}

bool file_write_failed(int code, const char *path, heng_err *err)
{
    if (code == ENOENT || code == ENOTDIR) err_fill(err, &MSG_FILE_FOLDER, path, NULL, NULL);
    else if (code == EACCES || code == EPERM) err_fill(err, &MSG_FILE_DENIED, path, NULL, NULL);
    else if (code == EISDIR) err_fill(err, &MSG_FILE_DIRECTORY, path, NULL, NULL);
    else if (code == ENOSPC || code == EDQUOT) err_fill(err, &MSG_FILE_FULL, path, NULL, NULL);
    else err_fill(err, &MSG_FILE_WRITE, errno_name(code), NULL, NULL);
    return err_in_file(err, path);
}

static bool too_large(const char *path, int64_t bytes_max, heng_err *err)
{
    char wanted[32];
    snprintf(wanted, sizeof wanted, "%lld", (long long)bytes_max);
    err_fill(err, &MSG_FILE_TOO_LARGE, NULL, wanted, NULL);
    return err_in_file(err, path);
}

/* Read to the end, whatever size was announced: a pipe announces none and a file may grow meanwhile. */
static bool read_all(arena *a, int fd, const char *path, size_t announced, int64_t bytes_max, text *ret, heng_err *err)
{
    size_t max = announced + 1, len = 0;
    char *bytes = arena_alloc(a, max);
    for (;;) {
        ssize_t n = read(fd, bytes + len, max - len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return read_failed(errno, path, err);
        if (n == 0) break;
        len += (size_t)n;
        if ((int64_t)len > bytes_max) return too_large(path, bytes_max, err);
        if (len < max) continue;
        size_t more = max * 2 + PIPE_STEP;
        bytes = arena_grow(a, bytes, max, more);
        max = more;
    }
    *ret = (text){bytes, len};
    return true;
}

static bool read_open(arena *a, int fd, const char *path, int64_t bytes_max, text *ret, heng_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return read_failed(errno, path, err);
    if (S_ISDIR(st.st_mode)) return read_failed(EISDIR, path, err);
    if (st.st_size > bytes_max) return too_large(path, bytes_max, err);
    return read_all(a, fd, path, (size_t)st.st_size, bytes_max, ret, err);
}

bool file_read(arena *a, const char *path, int64_t bytes_max, text *ret, heng_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return read_failed(errno, path, err);
    bool ok = read_open(a, fd, path, bytes_max > 0 ? bytes_max : FILE_BYTES_MAX, ret, err);
    close(fd);
    return ok;
}

/* Where a write to path really goes: behind symbolic links, so that the link stays a link. */
static text real_target(arena *a, const char *path)
{
    char *real = realpath(path, NULL);
    text target = text_of(arena_copy(a, real ? real : path, strlen(real ? real : path)));
    free(real);
    return target;
}

bool file_new_begin(arena *a, const char *path, file_new *ret, heng_err *err)
{
    struct stat st;
    file_new f = {.fd = -1, .path = path};
    bool exists = stat(path, &st) == 0;
    if (exists && S_ISDIR(st.st_mode)) return file_write_failed(EISDIR, path, err);
    f.target = real_target(a, path).ptr;
    if (exists && !S_ISREG(st.st_mode)) { /* a terminal or pipe: nothing to rename */
        f.fd = open(path, O_WRONLY | O_CLOEXEC);
        f.temporary = NULL;
    } else {
        for (int i = 0; i < NAME_TRIES && f.fd < 0; i++) {
            f.temporary = arena_printf(a, "%s.%ld-%d.part", f.target, (long)getpid(), i);
            f.fd = open(f.temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
            if (f.fd < 0 && errno != EEXIST) break;
        }
        if (f.fd >= 0 && exists && fchmod(f.fd, st.st_mode & 07777) != 0) errno = 0; /* keeping the mode is a courtesy */
    }
    if (f.fd < 0) return file_write_failed(errno, path, err);
    *ret = f;
    return true;
}

static int write_all(int fd, text bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        bytes.ptr += n;
        bytes.len -= (size_t)n;
    }
    return 0;
}

bool file_new_add(file_new *f, text bytes, heng_err *err)
{
    int code = write_all(f->fd, bytes);
    return code == 0 || file_write_failed(code, f->path, err);
}

/* The new name is durable only when its folder is. Some file systems cannot sync a folder: that is no failure of the write. */
static void sync_folder(const char *target)
{
    char folder[4096];
    const char *slash = strrchr(target, '/');
    size_t len = slash ? (size_t)(slash - target) : 0;
    if (len >= sizeof folder) return;
    memcpy(folder, target, len);
    folder[len] = 0;
    int fd = open(!slash ? "." : len == 0 ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)!fsync(fd);
    close(fd);
}

bool file_new_end(file_new *f, bool ok, heng_err *err)
{
    int code = 0;
    if (ok && f->temporary && fsync(f->fd) != 0) code = errno;
    if (close(f->fd) != 0 && code == 0) code = errno;
    f->fd = -1;
    if (!f->temporary) return ok && (code == 0 || file_write_failed(code, f->path, err));
    if (ok && code == 0 && rename(f->temporary, f->target) != 0) code = errno;
    if (ok && code == 0) {
        sync_folder(f->target);
        return true;
    }
    unlink(f->temporary);
    return ok ? file_write_failed(code, f->path, err) : false;
}

bool file_write(const char *path, text bytes, heng_err *err)
{
    arena a = {0};
    file_new f;
    bool ok = file_new_begin(&a, path, &f, err);
    if (ok) ok = file_new_end(&f, file_new_add(&f, bytes, err), err);
    arena_free(&a);
    return ok;
}
