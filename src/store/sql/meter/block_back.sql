-- meter/block_back.sql: blocks that stand, from the newest day back. :before :limit.
SELECT id, link, body FROM meter_block WHERE id < :before AND ended = 0 ORDER BY id DESC LIMIT :limit;
