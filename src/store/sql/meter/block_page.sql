-- meter/block_page.sql: all blocks, older versions too. :after :limit.
SELECT id, link, ended, count, quality, sum, first, last, low, high, body FROM meter_block WHERE id > :after ORDER BY id LIMIT :limit;
