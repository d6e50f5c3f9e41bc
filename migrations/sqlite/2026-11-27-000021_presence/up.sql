-- Groups of community guards, and their shifts in the areas of the city.

CREATE TABLE guard_groups (
    id TEXT NOT NULL CONSTRAINT guard_groups_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    organisation_id TEXT NOT NULL CONSTRAINT guard_groups_organisation_fk REFERENCES organisations (id),
    name TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX guard_groups_organisation ON guard_groups (organisation_id, created_at, id);
CREATE INDEX guard_groups_created ON guard_groups (created_at, id);

CREATE TABLE presence_records (
    id TEXT NOT NULL CONSTRAINT presence_records_pk PRIMARY KEY,
    version BIGINT NOT NULL,
    organisation_id TEXT NOT NULL
        CONSTRAINT presence_records_organisation_fk REFERENCES organisations (id),
    guard_group_id TEXT NOT NULL CONSTRAINT presence_records_group_fk REFERENCES guard_groups (id),
    area_id TEXT NOT NULL CONSTRAINT presence_records_area_fk REFERENCES areas (id),
    status TEXT NOT NULL,
    task TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    guards INTEGER NOT NULL,
    contacts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- What is neither filtered nor counted: remarks, corrections, withdrawal, author.
    details TEXT NOT NULL
);
CREATE INDEX presence_records_started ON presence_records (started_at, id);
CREATE INDEX presence_records_of_area ON presence_records (area_id, started_at, id);
CREATE INDEX presence_records_of_area_by_task ON presence_records (area_id, task, started_at, id);
CREATE INDEX presence_records_of_group ON presence_records (guard_group_id, started_at, id);
CREATE INDEX presence_records_of_organisation ON presence_records (organisation_id, started_at, id);
CREATE INDEX presence_records_of_organisation_by_task ON presence_records (organisation_id, task, started_at, id);
