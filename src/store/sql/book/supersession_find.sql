-- book/supersession_find.sql: was this group replaced, by whom, when. :grp. Rows: new_grp, known_us, link.
SELECT s.new_grp, l.known_us, s.link FROM supersession s JOIN link l ON l.id = s.link WHERE s.old_grp = :grp;
