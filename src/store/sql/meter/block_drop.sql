-- meter/block_drop.sql: the row of an open day goes when it is written again or closed. :id. No rows.
DELETE FROM meter_block WHERE id = :id AND link = 0;
