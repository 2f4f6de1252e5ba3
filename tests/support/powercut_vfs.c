/* See powercut_vfs.h. Test support: it owns its memory through calloc, as SQLite's own layers do. */
#include "powercut_vfs.h"
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512, PATH_BYTES_MAX = 4096 };

typedef struct sector { int64_t index; unsigned char bytes[SECTOR]; } sector;

/* What is not synced of one path. All open files of a path share it. */
typedef struct volatile_file {
    char *path;
    int64_t size;           /* as SQLite sees it */
    int64_t stored_size;    /* as the file below is */
    sector *sectors;        /* open addressing; index -1 = free */
    size_t count, max;
    bool shrunk;            /* a truncation waits for the sync: the file below may have bytes that are gone */
    int open_count;
    struct volatile_file *next;
} volatile_file;

struct powercut {
    sqlite3_vfs vfs;        /* first: SQLite hands back a pointer to it */
    sqlite3_vfs *below;
    pthread_mutex_t lock;
    volatile_file *files;
    char name[64];
    uint64_t random;
    powercut_event event;
    int64_t calls, due;     /* due: calls left until the event; 0 = disarmed */
    int keep_percent;
    bool cut, failing;
};

typedef struct layer_file {
    sqlite3_file base;
    powercut *p;
    volatile_file *file;
    sqlite3_file *below;    /* behind this struct */
} layer_file;

static uint64_t next_random(powercut *p)
{
    p->random += 0x9E3779B97F4A7C15u; /* splitmix64 */
    uint64_t z = p->random;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static size_t slot_of(const volatile_file *f, int64_t index)
{
    size_t at = (size_t)((uint64_t)index * 0x9E3779B97F4A7C15u >> 32) & (f->max - 1);
    while (f->sectors[at].index != -1 && f->sectors[at].index != index) at = (at + 1) & (f->max - 1);
    return at;
}

static sector *find_sector(const volatile_file *f, int64_t index)
{
    if (f->max == 0) return NULL;
    sector *s = &f->sectors[slot_of(f, index)];
    return s->index == index ? s : NULL;
}

static sector *new_table(size_t max)
{
    sector *table = calloc(max, sizeof *table);
    if (!table) abort();
    for (size_t i = 0; i < max; i++) table[i].index = -1;
    return table;
}

static void grow_table(volatile_file *f)
{
    sector *old = f->sectors;
    size_t old_max = f->max;
    f->max = old_max ? old_max * 2 : 64;
    f->sectors = new_table(f->max);
    for (size_t i = 0; i < old_max; i++)
        if (old[i].index != -1) f->sectors[slot_of(f, old[i].index)] = old[i];
    free(old);
}

static void forget_sectors(volatile_file *f)
{
    free(f->sectors);
    f->sectors = NULL;
    f->count = f->max = 0;
    f->shrunk = false;
}

/* The bytes of the file below, zero past its end and past a truncation that waits. */
static int read_below(const volatile_file *f, sqlite3_file *below, unsigned char *out, int64_t at, int amount)
{
    memset(out, 0, (size_t)amount);
    if (at >= f->stored_size) return SQLITE_OK;
    int64_t there = f->stored_size - at < amount ? f->stored_size - at : amount;
    return below->pMethods->xRead(below, out, (int)there, at);
}

static int make_sector(volatile_file *f, sqlite3_file *below, int64_t index, sector **ret)
{
    *ret = find_sector(f, index);
    if (*ret) return SQLITE_OK;
    if (f->count * 2 >= f->max) grow_table(f);
    sector *s = &f->sectors[slot_of(f, index)];
    int rc = read_below(f, below, s->bytes, index * SECTOR, SECTOR);
    if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ) return rc;
    s->index = index;
    f->count++;
    *ret = s;
    return SQLITE_OK;
}

/* One sector to the file below, cut at the file's end. */
static int store_sector(const volatile_file *f, sqlite3_file *below, const sector *s)
{
    int64_t at = s->index * SECTOR;
    if (at >= f->size) return SQLITE_OK;
    int amount = (int)(f->size - at < SECTOR ? f->size - at : SECTOR);
    return below->pMethods->xWrite(below, s->bytes, amount, at);
}

static int store_all(volatile_file *f, sqlite3_file *below)
{
    int rc = SQLITE_OK;
    if (f->shrunk) rc = below->pMethods->xTruncate(below, f->stored_size);
    for (size_t i = 0; rc == SQLITE_OK && i < f->max; i++)
        if (f->sectors[i].index != -1) rc = store_sector(f, below, &f->sectors[i]);
    if (rc == SQLITE_OK) rc = below->pMethods->xTruncate(below, f->size);
    if (rc == SQLITE_OK) {
        f->stored_size = f->size;
        forget_sectors(f);
    }
    return rc;
}

/* A disk may have written any of the sectors it was given, in any order. */
static void store_some(powercut *p, volatile_file *f)
{
    char path[PATH_BYTES_MAX + 2] = "";
    if (p->keep_percent <= 0 || f->count == 0) return;
    strncpy(path, f->path, PATH_BYTES_MAX); /* the VFS below wants two final zeros, which the array has */
    sqlite3_file *below = calloc(1, (size_t)p->below->szOsFile);
    if (!below) abort();
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL;
    if (p->below->xOpen(p->below, path, below, flags, &flags) == SQLITE_OK) {
        for (size_t i = 0; i < f->max; i++)
            if (f->sectors[i].index != -1 && (int)(next_random(p) % 100) < p->keep_percent) (void)!store_sector(f, below, &f->sectors[i]);
        below->pMethods->xClose(below);
    }
    free(below);
}

static void cut_power(powercut *p)
{
    p->cut = true;
    for (volatile_file *f = p->files; f; f = f->next) {
        store_some(p, f);
        forget_sectors(f);
    }
}

/* Count one write or sync; the event may come with it. Returns what the call is to fail with. */
static int count_call(powercut *p, bool is_write)
{
    if (p->cut) return SQLITE_IOERR;
    p->calls++;
    bool writes_only = p->event == POWERCUT_FULL || p->event == POWERCUT_IO_ERROR;
    int code = p->event == POWERCUT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    if (p->failing) return is_write ? code : SQLITE_OK;
    if (p->due == 0 || (writes_only && !is_write) || --p->due > 0) return SQLITE_OK;
    if (p->event == POWERCUT_IO_ONCE) return is_write ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC;
    if (p->event == POWERCUT_CUT) {
        cut_power(p);
        return SQLITE_IOERR;
    }
    p->failing = true;
    return code;
}

/* ---- methods of a file ---- */

static int layer_close(sqlite3_file *base)
{
    layer_file *l = (layer_file *)base;
    pthread_mutex_lock(&l->p->lock);
    if (l->file) l->file->open_count--;
    pthread_mutex_unlock(&l->p->lock);
    return l->below->pMethods ? l->below->pMethods->xClose(l->below) : SQLITE_OK;
}

static int read_layered(const volatile_file *f, sqlite3_file *below, unsigned char *out, int amount, int64_t at)
{
    int rc = read_below(f, below, out, at, amount);
    if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ) return rc;
    for (int64_t index = at / SECTOR; f->count && index * SECTOR < at + amount; index++) {
        const sector *s = find_sector(f, index);
        if (!s) continue;
        int64_t begin = index * SECTOR > at ? index * SECTOR : at;
        int64_t end = (index + 1) * SECTOR < at + amount ? (index + 1) * SECTOR : at + amount;
        memcpy(out + (begin - at), s->bytes + (begin - index * SECTOR), (size_t)(end - begin));
    }
    if (at + amount <= f->size) return SQLITE_OK;
    int64_t there = f->size > at ? f->size - at : 0;
    memset(out + there, 0, (size_t)(amount - there));
    return SQLITE_IOERR_SHORT_READ;
}

static int layer_read(sqlite3_file *base, void *out, int amount, sqlite3_int64 at)
{
    layer_file *l = (layer_file *)base;
    pthread_mutex_lock(&l->p->lock);
    int rc = l->p->cut ? SQLITE_IOERR_READ : read_layered(l->file, l->below, out, amount, at);
    pthread_mutex_unlock(&l->p->lock);
    return rc;
}

static int write_layered(volatile_file *f, sqlite3_file *below, const unsigned char *bytes, int amount, int64_t at)
{
    int64_t end = at + amount;
    for (int64_t here = at; here < end;) {
        sector *s;
        int64_t index = here / SECTOR, offset = here % SECTOR;
        int64_t part = SECTOR - offset < end - here ? SECTOR - offset : end - here;
        int rc = make_sector(f, below, index, &s);
        if (rc != SQLITE_OK) return rc;
        memcpy(s->bytes + offset, bytes + (here - at), (size_t)part);
        here += part;
    }
    if (end > f->size) f->size = end;
    return SQLITE_OK;
}

static int layer_write(sqlite3_file *base, const void *bytes, int amount, sqlite3_int64 at)
{
    layer_file *l = (layer_file *)base;
    pthread_mutex_lock(&l->p->lock);
    int rc = count_call(l->p, true);
    if (rc == SQLITE_OK) rc = write_layered(l->file, l->below, bytes, amount, at);
    pthread_mutex_unlock(&l->p->lock);
    return rc;
}

/* Sectors past the new end are gone; the rest of the last one is zero from now on. */
static void truncate_layered(volatile_file *f, sqlite3_file *below, int64_t size)
{
    sector *last;
    if (size % SECTOR && size < f->size) (void)!make_sector(f, below, size / SECTOR, &last);
    sector *old = f->sectors;
    size_t old_max = f->max;
    f->sectors = old_max ? new_table(old_max) : NULL;
    f->count = 0;
    for (size_t i = 0; i < old_max; i++) {
        if (old[i].index == -1 || old[i].index * SECTOR >= size) continue;
        sector *kept = &f->sectors[slot_of(f, old[i].index)];
        *kept = old[i];
        int64_t room = size - kept->index * SECTOR;
        if (room < SECTOR) memset(kept->bytes + room, 0, (size_t)(SECTOR - room));
        f->count++;
    }
    free(old);
    if (size < f->stored_size) {
        f->stored_size = size;
        f->shrunk = true;
    }
    f->size = size;
}

static int layer_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    layer_file *l = (layer_file *)base;
    pthread_mutex_lock(&l->p->lock);
    int rc = count_call(l->p, true);
    if (rc == SQLITE_OK) truncate_layered(l->file, l->below, size);
    pthread_mutex_unlock(&l->p->lock);
    return rc;
}

static int layer_sync(sqlite3_file *base, int flags)
{
    layer_file *l = (layer_file *)base;
    (void)flags;
    pthread_mutex_lock(&l->p->lock);
    int rc = count_call(l->p, false);
    if (rc == SQLITE_OK) rc = store_all(l->file, l->below);
    pthread_mutex_unlock(&l->p->lock);
    return rc;
}

static int layer_size(sqlite3_file *base, sqlite3_int64 *ret)
{
    layer_file *l = (layer_file *)base;
    pthread_mutex_lock(&l->p->lock);
    *ret = l->file->size;
    int rc = l->p->cut ? SQLITE_IOERR_FSTAT : SQLITE_OK;
    pthread_mutex_unlock(&l->p->lock);
    return rc;
}

static int layer_lock(sqlite3_file *base, int level)
{
    sqlite3_file *below = ((layer_file *)base)->below;
    return below->pMethods->xLock(below, level);
}

static int layer_unlock(sqlite3_file *base, int level)
{
    sqlite3_file *below = ((layer_file *)base)->below;
    return below->pMethods->xUnlock(below, level);
}

static int layer_check_reserved(sqlite3_file *base, int *ret)
{
    sqlite3_file *below = ((layer_file *)base)->below;
    return below->pMethods->xCheckReservedLock(below, ret);
}

/* Hints about the size would change the file below before a sync. */
static int layer_control(sqlite3_file *base, int op, void *arg)
{
    sqlite3_file *below = ((layer_file *)base)->below;
    if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE || op == SQLITE_FCNTL_MMAP_SIZE) return SQLITE_NOTFOUND;
    return below->pMethods->xFileControl(below, op, arg);
}

static int layer_sector_size(sqlite3_file *base)
{
    (void)base;
    return SECTOR;
}

static int layer_characteristics(sqlite3_file *base)
{
    sqlite3_file *below = ((layer_file *)base)->below;
    return below->pMethods->xDeviceCharacteristics(below);
}

static int layer_shm_map(sqlite3_file *base, int region, int bytes, int extend, void volatile **ret)
{
    sqlite3_file *below = ((layer_file *)base)->below;
    return below->pMethods->xShmMap(below, region, bytes, extend, ret);
}

static int layer_shm_lock(sqlite3_file *base, int at, int count, int flags)
{
    sqlite3_file *below = ((layer_file *)base)->below;
    return below->pMethods->xShmLock(below, at, count, flags);
}

static void layer_shm_barrier(sqlite3_file *base)
{
    sqlite3_file *below = ((layer_file *)base)->below;
    below->pMethods->xShmBarrier(below);
}

static int layer_shm_unmap(sqlite3_file *base, int remove)
{
    layer_file *l = (layer_file *)base;
    return l->below->pMethods->xShmUnmap(l->below, l->p->cut ? 0 : remove);
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 2, /* 3 would add memory mapping */
    .xClose = layer_close, .xRead = layer_read, .xWrite = layer_write, .xTruncate = layer_truncate, .xSync = layer_sync, .xFileSize = layer_size,
    .xLock = layer_lock, .xUnlock = layer_unlock, .xCheckReservedLock = layer_check_reserved, .xFileControl = layer_control,
    .xSectorSize = layer_sector_size, .xDeviceCharacteristics = layer_characteristics,
    .xShmMap = layer_shm_map, .xShmLock = layer_shm_lock, .xShmBarrier = layer_shm_barrier, .xShmUnmap = layer_shm_unmap,
};

/* ---- methods of the layer ---- */

static volatile_file *file_at(powercut *p, const char *path)
{
    for (volatile_file *f = p->files; f; f = f->next)
        if (path && strcmp(f->path, path) == 0) return f;
    volatile_file *f = calloc(1, sizeof *f);
    if (!f || !(f->path = strdup(path ? path : ""))) abort();
    f->next = p->files;
    p->files = f;
    return f;
}

/* A file that nobody had open may have been replaced from outside since. */
static void adopt(powercut *p, layer_file *l, const char *path)
{
    sqlite3_int64 size = 0;
    l->file = file_at(p, path);
    if (l->file->open_count++ == 0 && l->file->count == 0 && !l->file->shrunk) {
        l->below->pMethods->xFileSize(l->below, &size);
        l->file->size = l->file->stored_size = size;
    }
}

static int layer_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *ret_flags)
{
    powercut *p = (powercut *)vfs;
    layer_file *l = (layer_file *)base;
    memset(l, 0, sizeof *l);
    if (p->cut) return SQLITE_CANTOPEN;
    l->p = p;
    l->below = (sqlite3_file *)(l + 1);
    int rc = p->below->xOpen(p->below, path, l->below, flags, ret_flags);
    if (rc != SQLITE_OK) return rc;
    pthread_mutex_lock(&p->lock);
    adopt(p, l, path);
    pthread_mutex_unlock(&p->lock);
    l->base.pMethods = &METHODS;
    return SQLITE_OK;
}

static int layer_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    powercut *p = (powercut *)vfs;
    (void)sync_folder;
    if (p->cut) return SQLITE_IOERR_DELETE;
    pthread_mutex_lock(&p->lock);
    volatile_file *f = file_at(p, path);
    forget_sectors(f);
    f->size = f->stored_size = 0;
    pthread_mutex_unlock(&p->lock);
    return p->below->xDelete(p->below, path, 0);
}

static int layer_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret)
{
    powercut *p = (powercut *)vfs;
    return p->below->xAccess(p->below, path, flags, ret);
}

static int layer_full_path(sqlite3_vfs *vfs, const char *path, int bytes, char *out)
{
    powercut *p = (powercut *)vfs;
    return p->below->xFullPathname(p->below, path, bytes, out);
}

static int layer_random(sqlite3_vfs *vfs, int bytes, char *out)
{
    powercut *p = (powercut *)vfs;
    return p->below->xRandomness(p->below, bytes, out);
}

static int layer_sleep(sqlite3_vfs *vfs, int us)
{
    powercut *p = (powercut *)vfs;
    return p->below->xSleep(p->below, us);
}

static int layer_time(sqlite3_vfs *vfs, double *ret)
{
    powercut *p = (powercut *)vfs;
    return p->below->xCurrentTime(p->below, ret);
}

static int layer_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *ret)
{
    powercut *p = (powercut *)vfs;
    return p->below->xCurrentTimeInt64(p->below, ret);
}

static int layer_last_error(sqlite3_vfs *vfs, int bytes, char *out)
{
    (void)vfs, (void)bytes, (void)out;
    return 0; /* our failures set no errno */
}

powercut *powercut_install(const char *name, uint64_t seed)
{
    powercut *p = calloc(1, sizeof *p);
    if (!p) abort();
    p->below = sqlite3_vfs_find(NULL);
    p->random = seed;
    strncpy(p->name, name, sizeof p->name - 1);
    pthread_mutex_init(&p->lock, NULL);
    p->vfs = (sqlite3_vfs){.iVersion = 2, .szOsFile = (int)sizeof(layer_file) + p->below->szOsFile, .mxPathname = p->below->mxPathname, .zName = p->name,
        .xOpen = layer_open, .xDelete = layer_delete, .xAccess = layer_access, .xFullPathname = layer_full_path, .xRandomness = layer_random,
        .xSleep = layer_sleep, .xCurrentTime = layer_time, .xCurrentTimeInt64 = layer_time_ms, .xGetLastError = layer_last_error};
    sqlite3_vfs_register(&p->vfs, 0);
    return p;
}

void powercut_arm(powercut *p, powercut_event event, int64_t n, int keep_percent)
{
    pthread_mutex_lock(&p->lock);
    p->event = event;
    p->due = n;
    p->keep_percent = keep_percent;
    p->failing = false;
    pthread_mutex_unlock(&p->lock);
}

void powercut_remove(powercut *p)
{
    sqlite3_vfs_unregister(&p->vfs);
    for (volatile_file *f = p->files, *next; f; f = next) {
        next = f->next;
        forget_sectors(f);
        free(f->path);
        free(f);
    }
    pthread_mutex_destroy(&p->lock);
    free(p);
}

bool powercut_happened(const powercut *p)
{
    return p->cut || p->failing;
}

int64_t powercut_calls(const powercut *p)
{
    return p->calls;
}
