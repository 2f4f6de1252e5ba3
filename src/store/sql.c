#include "sql.h"

size_t sql_migration_count(const sql_migration *migrations)
{
    size_t count = 0;
    while (migrations[count].name) count++;
    return count;
}

const char *store_sql_text(sql_id statement)
{
    must((unsigned)statement < SQL_COUNT);
    return sql_statements[statement].sqlite;
}

const char *store_sql_name(sql_id statement)
{
    must((unsigned)statement < SQL_COUNT);
    return sql_statements[statement].name;
}

text store_sql_postgresql(arena *a, sql_id statement)
{
    must((unsigned)statement < SQL_COUNT);
    return text_copy(a, text_of(sql_statements[statement].postgresql));
}

int store_version(void)
{
    return (int)sql_migration_count(sql_migrations_sqlite);
}
