-- Endpoints of clients to which the changes that they may see are sent, and what became of each message.

CREATE TABLE webhook_subscriptions (
    id TEXT NOT NULL CONSTRAINT webhook_subscriptions_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    organisation_id TEXT NOT NULL CONSTRAINT webhook_subscriptions_organisation_fk REFERENCES organisations (id),
    client_id TEXT NOT NULL CONSTRAINT webhook_subscriptions_client_fk REFERENCES clients (id),
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- What messages are signed with: read by who signs, and shown once.
    secrets TEXT NOT NULL,
    details TEXT NOT NULL
);
CREATE INDEX webhook_subscriptions_organisation ON webhook_subscriptions (organisation_id, created_at, id);
CREATE INDEX webhook_subscriptions_created ON webhook_subscriptions (created_at, id);
CREATE INDEX webhook_subscriptions_client ON webhook_subscriptions (client_id);

-- How far a subscription is: what changes with every message, and is no change of the subscription.
CREATE TABLE webhook_progress (
    subscription_id TEXT NOT NULL CONSTRAINT webhook_progress_pk PRIMARY KEY
        CONSTRAINT webhook_progress_subscription_fk REFERENCES webhook_subscriptions (id),
    -- The position in the feed up to which everything was taken over into deliveries.
    cursor_position BIGINT NOT NULL,
    -- Who delivers, and until when nobody else does, by the clock of the database.
    lease_holder TEXT,
    lease_until INTEGER,
    -- When there is something to be sent again, or an endpoint to be verified.
    next_due_at INTEGER,
    attempts INTEGER NOT NULL,
    failing_since INTEGER,
    last_status INTEGER,
    last_error TEXT,
    last_delivered_at INTEGER
);

CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL CONSTRAINT webhook_deliveries_pk PRIMARY KEY,
    subscription_id TEXT NOT NULL CONSTRAINT webhook_deliveries_subscription_fk REFERENCES webhook_subscriptions (id),
    position BIGINT NOT NULL,
    webhook_id TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    verb TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    -- How long it waited between attempts, which is what counts until it is given up.
    waited_milliseconds BIGINT NOT NULL,
    created_at INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    last_attempt_at INTEGER,
    last_status INTEGER,
    error TEXT,
    duration_milliseconds BIGINT
);
CREATE INDEX webhook_deliveries_subscription ON webhook_deliveries (subscription_id, created_at, id);
CREATE INDEX webhook_deliveries_state ON webhook_deliveries (subscription_id, state, created_at, id);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (subscription_id, position, id) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_created ON webhook_deliveries (created_at);
