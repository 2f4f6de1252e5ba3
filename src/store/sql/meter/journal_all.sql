-- meter/journal_all.sql: the journal after a take, in order. :after.
SELECT take, readings, body FROM meter_journal WHERE take > :after ORDER BY take;
