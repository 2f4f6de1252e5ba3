-- meter/take_known.sql: the newest take known at :known_us (known-times rise with the numbers). One row, or none.
SELECT id, known_us FROM meter_take WHERE known_us <= :known_us ORDER BY id DESC LIMIT 1;
