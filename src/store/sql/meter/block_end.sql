-- meter/block_end.sql: a block has a newer version, of link :link. :id. No rows.
UPDATE meter_block SET ended = :link WHERE id = :id;
