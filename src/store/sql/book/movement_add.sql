-- book/movement_add.sql: movements, appended in order of id (book rule 1). No rows.
INSERT INTO movement (id, grp, flow, amount, start_us, end_us, delivery, row_no, row_less, key)
VALUES (:id, :grp, :flow, :amount, :start_us, :end_us, :delivery, :row_no, :row_less, :key);
