-- store/meta_find.sql: the value of a key, if there is one. :key. Rows: value.
SELECT value FROM meta WHERE key = :key;
