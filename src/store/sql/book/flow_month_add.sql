-- book/flow_month_add.sql: add movements to the months of their flow, in the posting transaction (book rule 3). :flow :month (from 0 =
-- 1970-01) :known_day :delta (10^-scale units of the flow's unit; a correction adds minus old, plus new) :parts. No rows.
INSERT INTO flow_month (flow, month, known_day, delta, parts)
VALUES (:flow, :month, :known_day, :delta, :parts)
ON CONFLICT (flow, month, known_day) DO UPDATE SET delta = flow_month.delta + excluded.delta, parts = flow_month.parts + excluded.parts;
