-- meter/block_read.sql: readings of blocks that stand, with ids from :low to :high, in order of day and channel.
SELECT id, quality, body FROM meter_block WHERE id >= :low AND id <= :high AND ended = 0 ORDER BY id;
