/* The statements and migrations that embed_sql.py made from the .sql files. Inside the room, and for its tests. */
#ifndef STORE_SQL_TABLES_H
#define STORE_SQL_TABLES_H
#include "store.h"

typedef struct sql_statement {
    const char *name;         /* "book/flow_month_add" */
    const char *const *names; /* parameters in order of first use, without the colon */
    size_t name_count;
    const char *sqlite;       /* as written */
    const char *sqlite_many;  /* an insert of many rows by one run (feed.c); NULL = not of that form */
    const char *postgresql;   /* with $1 for the first name */
} sql_statement;

typedef struct sql_migration {
    const char *name;         /* "0001_ground": row 0 is number 1 */
    const char *text;         /* NULL ends the table */
} sql_migration;

extern const sql_statement sql_statements[SQL_COUNT];
extern const sql_migration sql_migrations_sqlite[];
extern const sql_migration sql_migrations_postgresql[];

size_t sql_migration_count(const sql_migration *migrations);
#endif
