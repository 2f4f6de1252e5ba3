-- book/hold_event_add.sql: a hold is posted in whole or part, voided or expired. No rows.
INSERT INTO hold_event (id, link, hold, action, amount, grp) VALUES (:id, :link, :hold, :action, :amount, :grp);
