-- book/delivery_bytes_add.sql: the delivered file itself. :bytes is zlib. No rows.
INSERT INTO delivery_bytes (delivery, byte_count, bytes) VALUES (:delivery, :byte_count, :bytes);
