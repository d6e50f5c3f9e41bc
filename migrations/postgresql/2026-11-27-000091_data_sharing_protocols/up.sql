-- On what ground personal data goes from one organisation to another.

CREATE TABLE data_sharing_protocols (
    id UUID NOT NULL CONSTRAINT data_sharing_protocols_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    -- Not looking at its last day.
    status TEXT COLLATE "C" NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    terms JSONB NOT NULL,
    details JSONB NOT NULL
);
CREATE INDEX data_sharing_protocols_created ON data_sharing_protocols (created_at, id);
CREATE INDEX data_sharing_protocols_status ON data_sharing_protocols (status, created_at, id);
CREATE INDEX data_sharing_protocols_end ON data_sharing_protocols (status, valid_to, id);
