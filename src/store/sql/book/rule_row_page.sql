-- book/rule_row_page.sql: rows of packs in order. :after :limit.
SELECT id, link, pack, tbl, file, line, key, cells, hash, from_load, to_load, from_us, to_us FROM rule_row WHERE id > :after ORDER BY id LIMIT :limit;
