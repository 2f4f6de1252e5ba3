-- book/rule_load_page.sql: loads in order. :after :limit.
SELECT id, link, pack, version, hash, known_us FROM rule_load WHERE id > :after ORDER BY id LIMIT :limit;
