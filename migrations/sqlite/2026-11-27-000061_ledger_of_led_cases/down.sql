DROP INDEX escalation_ledger_led_by_step;
DROP INDEX escalation_ledger_led_by;
ALTER TABLE escalation_ledger DROP COLUMN led_by;
