-- meter/held_add.sql: readings that a gate held back. No rows.
INSERT INTO meter_held (id, take, channel, time_us, value, flag, gate, source, known_us, state, who, reason, ended_us)
VALUES (:id, :take, :channel, :time_us, :value, :flag, :gate, :source, :known_us, '', '', '', 0);
