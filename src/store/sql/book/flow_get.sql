-- book/flow_get.sql: a flow by its number. :id.
SELECT id, giver, taker, commodity, unit, kind, basis FROM flow WHERE id = :id;
