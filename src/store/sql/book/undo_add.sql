-- book/undo_add.sql: a delivery is undone. No rows.
INSERT INTO undo (id, link, delivery) VALUES (:id, :link, :delivery);
