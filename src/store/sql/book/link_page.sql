-- book/link_page.sql: links in order, a page at a time. :after :limit.
SELECT id, known_us, hash, first_movement, movements, facts FROM link WHERE id > :after ORDER BY id LIMIT :limit;
