-- book/hold_page.sql: holds in order. :after :limit.
SELECT id, link, key, party, commodity, unit, amount, expires_us FROM hold WHERE id > :after ORDER BY id LIMIT :limit;
