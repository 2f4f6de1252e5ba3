-- meter/journal_add.sql: readings that are not yet in blocks. No rows.
INSERT INTO meter_journal (take, readings, body)
VALUES (:take, :readings, :body);
