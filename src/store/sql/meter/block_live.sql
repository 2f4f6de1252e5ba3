-- meter/block_live.sql: the block of a channel-day that stands. :low :high (ids of its first and last version). At most one row.
SELECT id, link, count, quality, sum, first, last, low, high, body FROM meter_block WHERE id >= :low AND id <= :high AND ended = 0;
