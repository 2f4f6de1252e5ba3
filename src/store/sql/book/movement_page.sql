-- book/movement_page.sql: movements in order. :after :limit.
SELECT id, grp, flow, amount, start_us, end_us, delivery, row_no, row_less, key FROM movement WHERE id > :after ORDER BY id LIMIT :limit;
