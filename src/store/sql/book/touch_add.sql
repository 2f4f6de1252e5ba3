-- book/touch_add.sql: the block of movements holds some of the flow. :flow :block (id / 8192). No rows.
INSERT INTO touch (flow, block) VALUES (:flow, :block)
ON CONFLICT (flow, block) DO NOTHING;
