-- meter/channel_add.sql: a channel gets its number. :id :code. No rows.
INSERT INTO meter_channel (id, code, first_day, last_day)
VALUES (:id, :code, 1, 0);
