-- rule/rows_as_known.sql: the rule rows known at a moment, in the order of their files. :known_us (microseconds; 2^63-1 = now).
-- Rows: pack, tbl, file, line, key, cells (joined by U+001F), hash.
SELECT pack, tbl, file, line, key, cells, hash
FROM rule_row
WHERE from_us <= :known_us AND (to_us IS NULL OR to_us > :known_us)
ORDER BY tbl, line, id;
