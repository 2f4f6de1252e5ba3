-- book/edition_page.sql: editions in order with bodies. :after :limit.
SELECT id, link, key, kind, name, address, profile, body, body_hash, rules_hash FROM edition WHERE id > :after ORDER BY id LIMIT :limit;
