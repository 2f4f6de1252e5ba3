-- meter/held_all.sql: held readings of a channel (-1: of all), :with_ended 0: open ones only.
SELECT id, take, channel, time_us, value, flag, gate, source, known_us, state, who, reason, ended_us FROM meter_held
WHERE (CAST(:channel AS BIGINT) < 0 OR channel = :channel) AND (CAST(:with_ended AS BIGINT) = 1 OR state = '') ORDER BY id;
