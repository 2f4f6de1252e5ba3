-- book/hold_add.sql: an amount is reserved. No rows.
INSERT INTO hold (id, link, key, party, commodity, unit, amount, expires_us) VALUES (:id, :link, :key, :party, :commodity, :unit, :amount, :expires_us);
