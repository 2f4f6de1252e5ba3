-- book/rule_row_end.sql: the row is known no longer. :id :to_load :to_us. No rows.
UPDATE rule_row SET to_load = :to_load, to_us = :to_us WHERE id = :id;
