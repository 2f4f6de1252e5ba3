-- book/entry_query.sql: keyed texts of a kind whose keys stand from :first to before :past, live at link :link; :with_history = 1: also older versions and
-- withdrawals. Rows by key and version.
SELECT e.id, e.kind, e.key, e.version, e.body, d.user_name, l.known_us, e.delivery, e.row_no, CASE WHEN e.ended > :link THEN 0 ELSE coalesce(x.known_us, 0) END
  FROM entry e JOIN link l ON l.id = e.link JOIN delivery d ON d.id = e.delivery LEFT JOIN link x ON x.id = e.ended
 WHERE e.kind = :kind AND e.key >= :first AND e.key < :past AND e.link <= :link
   AND (:with_history = 1 OR ((e.ended = 0 OR e.ended > :link) AND e.body <> ''))
 ORDER BY e.key, e.version;
