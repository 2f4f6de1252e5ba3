-- meter/take_add.sql: a take of readings, or a closing of days. No rows.
INSERT INTO meter_take (id, known_us, link, readings, source, delivery)
VALUES (:id, :known_us, :link, :readings, :source, :delivery);
