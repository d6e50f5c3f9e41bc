-- One rule per service, consultation, category group and urgency among those that hold, of which absent is a value too:
-- `applies_to` writes the four in a row. Of several, the last one stays.

ALTER TABLE term_rules ADD COLUMN applies_to TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE term_rules SET applies_to = COALESCE(organisation_id::text, '') || '/' || COALESCE(consultation_id::text, '')
    || '/' || COALESCE(category_group, '') || '/' || COALESCE(urgency, '');
ALTER TABLE term_rules ALTER COLUMN applies_to DROP DEFAULT;
UPDATE term_rules SET removed_at = recorded_at WHERE removed_at IS NULL AND EXISTS (
    SELECT 1 FROM term_rules AS later
    WHERE later.removed_at IS NULL
        AND later.applies_to = term_rules.applies_to
        AND (later.recorded_at > term_rules.recorded_at
            OR (later.recorded_at = term_rules.recorded_at AND later.id > term_rules.id))
);
CREATE UNIQUE INDEX term_rules_applies_to ON term_rules (applies_to) WHERE removed_at IS NULL;
