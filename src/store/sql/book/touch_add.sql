-- book/touch_add.sql: the link holds movements of the flow. No rows.
INSERT INTO touch (flow, link) VALUES (:flow, :link);
