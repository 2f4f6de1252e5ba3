-- book/identity_wrong.sql: groups whose key does not lead to the newest group of that key. Rows: at most one, grp.
SELECT m.id FROM movement m JOIN delivery d ON d.id = m.delivery LEFT JOIN identity i ON i.source = d.source AND i.key = m.key
 WHERE m.id = m.grp AND (m.key IS NULL OR i.grp IS NULL OR i.grp < m.id) LIMIT 1;
