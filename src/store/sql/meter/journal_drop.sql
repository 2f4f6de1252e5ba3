-- meter/journal_drop.sql: what is in blocks, or was carried on, leaves the journal. :take (up to it). No rows.
DELETE FROM meter_journal WHERE take <= :take;
