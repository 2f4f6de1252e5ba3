-- rule/rows_as_known.sql: the rule rows known at a moment, in the order they were loaded within their table. :known_us (microseconds)
-- Rows: pack, tbl, file, line, key, cells (joined by \x1f), hash.
SELECT pack, tbl, file, line, key, cells, hash
FROM rule_row
WHERE from_us <= :known_us AND (to_us IS NULL OR to_us > :known_us)
ORDER BY tbl, id;
