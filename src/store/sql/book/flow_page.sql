-- book/flow_page.sql: flows in order. :after :limit.
SELECT id, giver, taker, commodity, unit, kind, basis FROM flow WHERE id > :after ORDER BY id LIMIT :limit;
