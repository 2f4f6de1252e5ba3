-- book/balance_put.sql: what a party holds from now on. No rows.
INSERT INTO balance (party, commodity, unit, posted, held) VALUES (:party, :commodity, :unit, :posted, :held)
ON CONFLICT (party, commodity, unit) DO UPDATE SET posted = excluded.posted, held = excluded.held;
