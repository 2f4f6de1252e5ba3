-- book/closing_add.sql: a period is closed for a party and all below it, or opened again. No rows.
INSERT INTO closing (id, link, party, start_us, end_us, reopens, reason) VALUES (:id, :link, :party, :start_us, :end_us, :reopens, :reason);
