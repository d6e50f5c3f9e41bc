-- What an hour of a function costs in a consultation, from a day on.

CREATE TABLE hourly_rates (
    id UUID NOT NULL CONSTRAINT hourly_rates_pk PRIMARY KEY,
    consultation_id UUID NOT NULL CONSTRAINT hourly_rates_consultation_fk REFERENCES consultations (id),
    function TEXT COLLATE "C" NOT NULL,
    cents_per_hour INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    removed_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX hourly_rates_begin ON hourly_rates (consultation_id, function, valid_from)
    WHERE removed_at IS NULL;
CREATE INDEX hourly_rates_consultation ON hourly_rates (consultation_id, recorded_at, id);
CREATE INDEX hourly_rates_recorded ON hourly_rates (recorded_at, id);
