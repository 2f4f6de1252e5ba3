-- meter/channel_all.sql: the numbers of all channels and the days that have blocks, in order.
SELECT id, code, first_day, last_day FROM meter_channel ORDER BY id;
