-- book/source_find.sql: a source by name, with the greatest key it has. :name. Rows: id, greatest key or null.
SELECT s.id, (SELECT i.key FROM identity i WHERE i.source = s.id ORDER BY i.key DESC LIMIT 1) FROM source s WHERE s.name = :name;
