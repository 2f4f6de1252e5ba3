-- book/flow_find.sql: the number of a flow. Rows: id.
SELECT id FROM flow WHERE giver = :giver AND taker = :taker AND commodity = :commodity AND unit = :unit AND kind = :kind AND basis = :basis;
