-- meter/held_last.sql: the last number of held readings.
SELECT max(id) FROM meter_held;
