-- meter/channel_days.sql: the days of a channel that have blocks have grown. :id :first_day :last_day. No rows.
UPDATE meter_channel SET first_day = :first_day, last_day = :last_day WHERE id = :id;
