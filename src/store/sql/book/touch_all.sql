-- book/touch_all.sql: which blocks hold movements of which flows. Rows: flow, block.
SELECT flow, block FROM touch ORDER BY flow, block;
