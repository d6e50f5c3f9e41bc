DROP INDEX term_rules_applies_to;
ALTER TABLE term_rules DROP COLUMN applies_to;
