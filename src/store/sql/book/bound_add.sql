-- book/bound_add.sql: a bound. No rows.
INSERT INTO bound (id, link, key, indicator, party, compare, value, value_hi, unit, start_us, end_us, base, source, ended)
VALUES (:id, :link, :key, :indicator, :party, :compare, :value, :value_hi, :unit, :start_us, :end_us, :base, :source, :ended);
