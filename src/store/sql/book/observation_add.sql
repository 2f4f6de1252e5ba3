-- book/observation_add.sql: an observation. No rows.
INSERT INTO observation (id, link, party, statistic, unit, item, start_us, end_us, vintage, amount, scale, delivery, row_no, source_note, ended)
VALUES (:id, :link, :party, :statistic, :unit, :item, :start_us, :end_us, :vintage, :amount, :scale, :delivery, :row_no, :source_note, :ended);
