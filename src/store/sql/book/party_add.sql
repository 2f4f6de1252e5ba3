-- book/party_add.sql: a new party. No rows.
INSERT INTO party (id, link, code, class, delivery, row_no) VALUES (:id, :link, :code, :class, :delivery, :row_no);
