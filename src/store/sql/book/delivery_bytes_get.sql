-- book/delivery_bytes_get.sql: the file of a delivery. :delivery. Rows: byte_count, bytes (zlib).
SELECT byte_count, bytes FROM delivery_bytes WHERE delivery = :delivery;
