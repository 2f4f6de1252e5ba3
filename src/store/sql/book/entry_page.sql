-- book/entry_page.sql: versions of keyed texts in order. :after :limit.
SELECT id, link, kind, key, version, body, delivery, row_no, ended FROM entry WHERE id > :after ORDER BY id LIMIT :limit;
