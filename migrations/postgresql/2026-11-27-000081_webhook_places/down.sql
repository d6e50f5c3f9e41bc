ALTER TABLE webhook_progress DROP COLUMN is_full;
ALTER TABLE webhook_progress DROP COLUMN moves;
