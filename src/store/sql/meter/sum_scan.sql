-- meter/sum_scan.sql: the sums of blocks that stand, with ids from :low to :high, in order of day and channel.
SELECT id, count, quality, sum, low, high FROM meter_block WHERE id >= :low AND id <= :high AND ended = 0 ORDER BY id;
