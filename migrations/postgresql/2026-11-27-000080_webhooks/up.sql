-- Endpoints of clients to which the changes that they may see are sent, and what became of each message.

CREATE TABLE webhook_subscriptions (
    id UUID NOT NULL CONSTRAINT webhook_subscriptions_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    organisation_id UUID NOT NULL CONSTRAINT webhook_subscriptions_organisation_fk REFERENCES organisations (id),
    client_id UUID NOT NULL CONSTRAINT webhook_subscriptions_client_fk REFERENCES clients (id),
    status TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    -- What messages are signed with: read by who signs, and shown once.
    secrets JSONB NOT NULL,
    details JSONB NOT NULL
);
CREATE INDEX webhook_subscriptions_organisation ON webhook_subscriptions (organisation_id, created_at, id);
CREATE INDEX webhook_subscriptions_created ON webhook_subscriptions (created_at, id);
CREATE INDEX webhook_subscriptions_client ON webhook_subscriptions (client_id);

-- How far a subscription is: what changes with every message, and is no change of the subscription.
CREATE TABLE webhook_progress (
    subscription_id UUID NOT NULL CONSTRAINT webhook_progress_pk PRIMARY KEY
        CONSTRAINT webhook_progress_subscription_fk REFERENCES webhook_subscriptions (id),
    -- The position in the feed up to which everything was taken over into deliveries.
    cursor_position BIGINT NOT NULL,
    -- Who delivers, and until when nobody else does, by the clock of the database.
    lease_holder UUID,
    lease_until TIMESTAMPTZ,
    -- When there is something to be sent again, or an endpoint to be verified.
    next_due_at TIMESTAMPTZ,
    attempts INTEGER NOT NULL,
    failing_since TIMESTAMPTZ,
    last_status INTEGER,
    last_error TEXT,
    last_delivered_at TIMESTAMPTZ
);

CREATE TABLE webhook_deliveries (
    id UUID NOT NULL CONSTRAINT webhook_deliveries_pk PRIMARY KEY,
    subscription_id UUID NOT NULL CONSTRAINT webhook_deliveries_subscription_fk REFERENCES webhook_subscriptions (id),
    position BIGINT NOT NULL,
    webhook_id UUID NOT NULL,
    subject_kind TEXT COLLATE "C" NOT NULL,
    subject_id UUID NOT NULL,
    verb TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts INTEGER NOT NULL,
    -- How long it waited between attempts, which is what counts until it is given up.
    waited_milliseconds BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    next_attempt_at TIMESTAMPTZ NOT NULL,
    last_attempt_at TIMESTAMPTZ,
    last_status INTEGER,
    error TEXT,
    duration_milliseconds BIGINT
);
CREATE INDEX webhook_deliveries_subscription ON webhook_deliveries (subscription_id, created_at, id);
CREATE INDEX webhook_deliveries_state ON webhook_deliveries (subscription_id, state, created_at, id);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (subscription_id, position, id) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_created ON webhook_deliveries (created_at);
