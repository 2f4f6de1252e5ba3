-- book/touch_all.sql: which links hold movements of which flows. Rows: flow, link.
SELECT flow, link FROM touch ORDER BY flow, link;
