-- book/fact_end_add.sql: a fact of a table is ended by a link. No rows.
INSERT INTO fact_end (id, link, tbl, fact) VALUES (:id, :link, :tbl, :fact);
