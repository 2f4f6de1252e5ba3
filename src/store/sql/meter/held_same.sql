-- meter/held_same.sql: readings of a channel and time that a gate held back before with the same value, newest last.
SELECT channel, time_us, value, gate, state FROM meter_held WHERE channel = :channel AND time_us = :time_us AND value = :value ORDER BY id;
