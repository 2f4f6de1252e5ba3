-- book/rule_row_live.sql: live rows of a pack. :pack. Rows: id, tbl, key, hash.
SELECT id, tbl, key, hash FROM rule_row WHERE pack = :pack AND to_load = 0 ORDER BY id;
