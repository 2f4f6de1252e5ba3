-- book/rule_row_add.sql: a row of a pack, known from now on. No rows.
INSERT INTO rule_row (id, link, pack, tbl, file, line, key, cells, hash, from_load, to_load, from_us, to_us)
VALUES (:id, :link, :pack, :tbl, :file, :line, :key, :cells, :hash, :from_load, 0, :from_us, NULL);
