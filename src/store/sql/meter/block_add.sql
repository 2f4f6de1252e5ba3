-- meter/block_add.sql: blocks of channel-days, in order of id. No rows.
INSERT INTO meter_block (id, link, ended, count, quality, sum, first, last, low, high, body)
VALUES (:id, :link, :ended, :count, :quality, :sum, :first, :last, :low, :high, :body);
