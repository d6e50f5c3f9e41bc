-- Whoever leads a case when a step is noticed reads the entry, too.

ALTER TABLE escalation_ledger ADD COLUMN led_by UUID CONSTRAINT escalation_ledger_led_by_fk REFERENCES consultations (id);
CREATE INDEX escalation_ledger_led_by ON escalation_ledger (led_by, effective_at, id) WHERE led_by IS NOT NULL;
CREATE INDEX escalation_ledger_led_by_step ON escalation_ledger (led_by, step, effective_at, id) WHERE led_by IS NOT NULL;
