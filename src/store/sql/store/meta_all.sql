-- store/meta_all.sql: all that is kept about the database itself, by key. Rows: key, value.
SELECT key, value FROM meta ORDER BY key;
