-- book/source_all.sql: all sources in order. Rows: id, name.
SELECT id, name FROM source ORDER BY id;
