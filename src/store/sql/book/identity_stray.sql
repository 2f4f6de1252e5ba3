-- book/identity_stray.sql: keys that lead to no group of theirs. Rows: at most one, grp.
SELECT i.grp FROM identity i LEFT JOIN movement m ON m.id = i.grp LEFT JOIN delivery d ON d.id = m.delivery
 WHERE m.id IS NULL OR m.key IS NULL OR m.key <> i.key OR d.source <> i.source LIMIT 1;
