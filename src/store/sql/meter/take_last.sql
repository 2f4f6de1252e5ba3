-- meter/take_last.sql: the newest take: number, known-time. One row, or none.
SELECT id, known_us FROM meter_take ORDER BY id DESC LIMIT 1;
