-- meter/block_open.sql: open days that have a row.
SELECT id FROM meter_block WHERE link = 0 ORDER BY id;
