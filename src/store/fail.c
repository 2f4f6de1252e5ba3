/* SQLite result codes and errno become the messages of this room. */
#include <errno.h>
#include <stdio.h>
#include "store_inside.h"

static const heng_message *message_of_constraint(int extended, const char *sentence)
{
    switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return &MSG_STORE_DUPLICATE;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return &MSG_STORE_NO_PARENT;
    /* A strict integer column refuses a sum that left 64 bits and became a real number. */
    case SQLITE_CONSTRAINT_DATATYPE: return strstr(sentence, "REAL value in INT") ? &MSG_STORE_OVERFLOW : &MSG_STORE_CONSTRAINT;
    default: return &MSG_STORE_CONSTRAINT;
    }
}

static const heng_message *message_of_io(int extended, int system_errno)
{
    if (system_errno == ENOSPC || system_errno == EDQUOT || extended == SQLITE_IOERR_SHMSIZE) return &MSG_STORE_FULL;
    if (system_errno == EROFS) return &MSG_STORE_READ_ONLY;
    return &MSG_STORE_IO;
}

static const heng_message *message_of(int extended, int system_errno, const char *sentence)
{
    switch (extended & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: return &MSG_STORE_LOCKED;
    case SQLITE_NOMEM: return &MSG_STORE_NO_MEMORY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN: return &MSG_STORE_READ_ONLY;
    case SQLITE_IOERR: return message_of_io(extended, system_errno);
    case SQLITE_CORRUPT: return &MSG_STORE_CORRUPT;
    case SQLITE_FULL: return &MSG_STORE_FULL;
    case SQLITE_TOOBIG: return &MSG_STORE_TOO_BIG;
    case SQLITE_CONSTRAINT: return message_of_constraint(extended, sentence);
    case SQLITE_NOTADB: return &MSG_STORE_NOT_DATABASE;
    case SQLITE_ERROR: return strcmp(sentence, "integer overflow") == 0 ? &MSG_STORE_OVERFLOW : &MSG_STORE_FAILED;
    default: return &MSG_STORE_FAILED;
    }
}

/*
 * What stands in the brackets is data that reads the same in every language: table and column of a constraint, the system's name of an error, else SQLite's
 * number. Only a statement that is wrong itself shows SQLite's sentence, to the programmer.
 */
static const char *datum_of(int extended, int system_errno, const char *sentence, char *room, size_t size)
{
    const char *failed = strstr(sentence, "failed: "), *blank = strrchr(sentence, ' ');
    int primary = extended & 0xff;
    if (primary == SQLITE_ERROR || primary == SQLITE_MISUSE) return sentence;
    if (primary == SQLITE_CONSTRAINT && failed) return failed + strlen("failed: ");
    if (extended == SQLITE_CONSTRAINT_DATATYPE && blank) return blank + 1;
    bool from_system = (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && system_errno && strerrorname_np(system_errno);
    if (from_system) return strerrorname_np(system_errno);
    snprintf(room, size, "SQLite %d", extended);
    return room;
}

bool fail_db(sqlite3 *db, int rc, const char *path, heng_err *err)
{
    const char *sentence = db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
    int extended = db ? sqlite3_extended_errcode(db) : rc;
    if ((extended & 0xff) != (rc & 0xff)) { /* the connection has gone on since */
        extended = rc;
        sentence = sqlite3_errstr(rc);
    }
    int number = db ? sqlite3_system_errno(db) : 0;
    char room[32];
    err_fill(err, message_of(extended, number, sentence), datum_of(extended, number, sentence, room, sizeof room), NULL, NULL);
    return err_in_file(err, path);
}

bool fail_sqlite(const store *s, heng_err *err)
{
    return fail_db(s->db, sqlite3_extended_errcode(s->db), s->path, err);
}

bool fail_errno(const char *path, int number, bool writing, heng_err *err)
{
    const heng_message *message = &MSG_STORE_IO;
    if (number == ENOSPC || number == EDQUOT) message = &MSG_STORE_FULL;
    if (number == EACCES || number == EPERM) message = writing ? &MSG_STORE_READ_ONLY : &MSG_STORE_NO_ACCESS;
    if (number == EROFS) message = &MSG_STORE_READ_ONLY;
    if (number == ENOENT) message = &MSG_STORE_NOT_FOUND;
    err_fill(err, message, strerrorname_np(number), NULL, NULL);
    return err_in_file(err, path);
}
