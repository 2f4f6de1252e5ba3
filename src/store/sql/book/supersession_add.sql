-- book/supersession_add.sql: a group takes the place of another, once (book rule 2); new_grp 0: nothing does. No rows.
INSERT INTO supersession (id, link, old_grp, new_grp) VALUES (:id, :link, :old_grp, :new_grp);
