-- book/entry_wrong.sql: a version of a key that does not follow the one before it. Rows: at most one id.
SELECT e.id FROM entry e LEFT JOIN entry p ON p.kind = e.kind AND p.key = e.key AND p.version = e.version - 1
 WHERE e.version < 1 OR (e.version > 1 AND (p.id IS NULL OR p.id > e.id OR p.ended = 0 OR p.ended > e.link)) LIMIT 1;
