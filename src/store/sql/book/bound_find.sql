-- book/bound_find.sql: the live bound of a key. :key.
SELECT id, indicator, party, compare, value, value_hi, unit, start_us, end_us, base, source FROM bound WHERE key = :key AND ended = 0;
