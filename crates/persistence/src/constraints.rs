//! The names of unique constraints by their columns.
//!
//! PostgreSQL names the constraint that is violated, SQLite only its columns; this table, which a test holds to the
//! schema, makes both tell the name.

/// The columns as SQLite tells them, and the name of the constraint or index.
const UNIQUE: &[(&str, &str)] = &[
    ("actions.id", "actions_pk"),
    ("agenda_items.moved_from_id", "agenda_items_moved_from"),
    ("agenda_items.id", "agenda_items_pk"),
    ("areas.code, areas.scheme_version", "areas_code"),
    ("areas.id", "areas_pk"),
    ("audit_checkpoints.position", "audit_checkpoints_pk"),
    ("audit_pending.record_id", "audit_pending_pk"),
    ("audit_purposes.record_id", "audit_purposes_pk"),
    ("audit_records.id", "audit_records_pk"),
    ("audit_seals.position", "audit_seals_pk"),
    ("audit_seals.record_id", "audit_seals_record"),
    ("calendar_feeds.id", "calendar_feeds_pk"),
    ("calendar_feeds.secret_hash", "calendar_feeds_secret"),
    ("case_contacts.id", "case_contacts_pk"),
    ("case_notes.id", "case_notes_pk"),
    ("case_numbers.consultation_id, case_numbers.year", "case_numbers_pk"),
    ("cases.reference", "cases_reference"),
    ("cases.id", "cases_pk"),
    ("clients.id", "clients_pk"),
    ("closure_days.organisation_id, closure_days.closed_on", "closure_days_day"),
    ("closure_days.id", "closure_days_pk"),
    (
        "consultation_members.consultation_id, consultation_members.organisation_id, consultation_members.role, \
         consultation_members.function",
        "consultation_members_pk",
    ),
    ("consultations.code", "consultations_code"),
    ("consultations.id", "consultations_pk"),
    ("data_sharing_protocols.id", "data_sharing_protocols_pk"),
    ("decisions.id", "decisions_pk"),
    (
        "escalation_renditions.escalation_id, escalation_renditions.submission, escalation_renditions.reader",
        "escalation_renditions_pk",
    ),
    ("escalations.case_id", "escalations_running"),
    ("escalations.id", "escalations_pk"),
    ("events.subject_id, events.sequence", "events_subject"),
    ("events.id", "events_pk"),
    ("feed_audiences.subject_id, feed_audiences.channel_id", "feed_audiences_pk"),
    ("feed_entries.channel_id, feed_entries.position", "feed_entries_pk"),
    ("feed_notices.position", "feed_notices_pk"),
    ("feed_pending.event_id", "feed_pending_pk"),
    ("feed_span.name", "feed_span_pk"),
    ("follow_up_messages.follow_up_request_id, follow_up_messages.sequence", "follow_up_messages_request"),
    ("follow_up_messages.id", "follow_up_messages_pk"),
    (
        "escalation_ledger.subject_id, escalation_ledger.step, escalation_ledger.round",
        "escalation_ledger_once",
    ),
    ("escalation_ledger.id", "escalation_ledger_pk"),
    ("escalation_policies.scope_key", "escalation_policies_active"),
    ("escalation_policies.scope_key, escalation_policies.number", "escalation_policies_number"),
    ("escalation_policies.id", "escalation_policies_pk"),
    (
        "follow_up_requests.case_id, follow_up_requests.organisation_id, follow_up_requests.question_kind",
        "follow_up_requests_open",
    ),
    ("follow_up_requests.id", "follow_up_requests_pk"),
    ("guard_groups.id", "guard_groups_pk"),
    ("hourly_rates.consultation_id, hourly_rates.function, hourly_rates.valid_from", "hourly_rates_begin"),
    ("hourly_rates.id", "hourly_rates_pk"),
    ("idempotency_keys.client_id, idempotency_keys.idempotency_key", "idempotency_keys_pk"),
    ("imported_rows.source, imported_rows.row_key", "imported_rows_pk"),
    ("leases.name", "leases_pk"),
    ("meeting_series.id", "meeting_series_pk"),
    ("meetings.series_id, meetings.occurrence_on", "meetings_occurrence"),
    ("meetings.id", "meetings_pk"),
    ("organisations.ovo_code", "organisations_ovo_code"),
    ("organisations.enterprise_number", "organisations_enterprise_number"),
    ("organisations.id", "organisations_pk"),
    ("presence_records.id", "presence_records_pk"),
    ("report_comments.id", "report_comments_pk"),
    (
        "report_renditions.report_id, report_renditions.addendum, report_renditions.reader",
        "report_renditions_pk",
    ),
    ("reports.meeting_id", "reports_meeting"),
    ("reports.id", "reports_pk"),
    ("signing_keys.kid", "signing_keys_pk"),
    ("term_rules.applies_to", "term_rules_applies_to"),
    ("term_rules.id", "term_rules_pk"),
    ("used_assertions.client_id, used_assertions.jti", "used_assertions_pk"),
    ("webhook_deliveries.id", "webhook_deliveries_pk"),
    ("webhook_progress.subscription_id", "webhook_progress_pk"),
    ("webhook_subscriptions.id", "webhook_subscriptions_pk"),
    ("view_versions.scope_id, view_versions.shard", "view_versions_pk"),
];

/// Finds the name of a unique constraint or index by its columns.
pub(crate) fn name_of(columns: &str) -> Option<&'static str> {
    UNIQUE.iter().find(|(known, _)| *known == columns).map(|(_, name)| *name)
}

/// Lists every unique constraint and index with its columns; for tests of the schema.
pub fn unique_constraints() -> impl Iterator<Item = (&'static str, &'static str)> {
    UNIQUE.iter().copied()
}
