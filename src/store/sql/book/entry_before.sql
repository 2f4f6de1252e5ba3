-- book/entry_before.sql: the newest version of a key before :version whose delivery stands; not of :delivery. :kind :key :version :delivery.
SELECT e.body, e.delivery, e.row_no FROM entry e LEFT JOIN undo u ON u.delivery = e.delivery
 WHERE e.kind = :kind AND e.key = :key AND e.version < :version AND e.delivery <> :delivery AND u.id IS NULL ORDER BY e.version DESC LIMIT 1;
