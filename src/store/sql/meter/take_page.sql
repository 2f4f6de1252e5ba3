-- meter/take_page.sql: takes in order. :after :limit.
SELECT id, known_us, link, readings, source, delivery FROM meter_take WHERE id > :after ORDER BY id LIMIT :limit;
