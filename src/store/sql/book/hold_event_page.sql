-- book/hold_event_page.sql: events of holds in order. :after :limit.
SELECT id, link, hold, action, amount, grp FROM hold_event WHERE id > :after ORDER BY id LIMIT :limit;
