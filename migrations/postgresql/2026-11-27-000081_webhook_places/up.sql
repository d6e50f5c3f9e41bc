-- How often its owner moved the place of a subscription: what was under way meanwhile does not move it back.
ALTER TABLE webhook_progress ADD COLUMN moves BIGINT NOT NULL DEFAULT 0;
-- Whether so much waits to be sent again that the feed is read no further until some of it is due.
ALTER TABLE webhook_progress ADD COLUMN is_full BOOLEAN NOT NULL DEFAULT FALSE;
