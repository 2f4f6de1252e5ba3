-- meter/held_end.sql: a held reading was worked through. No rows.
UPDATE meter_held SET state = :state, who = :who, reason = :reason, ended_us = :ended_us WHERE id = :id AND state = '';
