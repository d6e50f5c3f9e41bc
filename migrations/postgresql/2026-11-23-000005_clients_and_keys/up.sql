-- Who may call, and the keys that the built-in issuer signs with.

CREATE TABLE clients (
    id UUID NOT NULL CONSTRAINT clients_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    -- SHA-256 of secrets with 256 bits of randomness, in hexadecimal.
    secret_hash TEXT,
    previous_secret_hash TEXT,
    previous_secret_until TIMESTAMPTZ,
    -- A JWK set, for clients that sign their assertions (RFC 7523).
    public_keys JSONB,
    organisations JSONB NOT NULL,
    roles JSONB NOT NULL,
    scopes JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- Tokens issued before this instant are void.
    tokens_valid_from TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX clients_created ON clients (created_at, id);

CREATE TABLE signing_keys (
    kid TEXT COLLATE "C" NOT NULL CONSTRAINT signing_keys_pk PRIMARY KEY,
    algorithm TEXT NOT NULL,
    -- PKCS #8, base64.
    private_key TEXT NOT NULL,
    public_key JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    signs_from TIMESTAMPTZ NOT NULL,
    signs_until TIMESTAMPTZ NOT NULL,
    verifies_until TIMESTAMPTZ NOT NULL
);
CREATE INDEX signing_keys_period ON signing_keys (verifies_until, kid);

-- Assertions that were used, so that none is used twice (RFC 7523 section 3, item 7).
CREATE TABLE used_assertions (
    client_id UUID NOT NULL CONSTRAINT used_assertions_client_fk REFERENCES clients (id),
    jti TEXT COLLATE "C" NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT used_assertions_pk PRIMARY KEY (client_id, jti)
);
CREATE INDEX used_assertions_expiry ON used_assertions (expires_at);
