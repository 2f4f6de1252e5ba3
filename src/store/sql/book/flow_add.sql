-- book/flow_add.sql: a new flow. No rows.
INSERT INTO flow (id, giver, taker, commodity, unit, kind, basis) VALUES (:id, :giver, :taker, :commodity, :unit, :kind, :basis);
