-- book/delivery_add.sql: where a batch came from, and the run of its movements and observations. No rows.
INSERT INTO delivery (id, link, source, file, sheet, content, bytes_hash, user_name, note, first_movement, movements, first_observation, observations, refused)
VALUES (:id, :link, :source, :file, :sheet, :content, :bytes_hash, :user_name, :note, :first_movement, :movements, :first_observation, :observations, :refused);
