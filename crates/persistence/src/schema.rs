//! The tables as Diesel knows them; a test holds them to both databases.

#![allow(missing_docs, clippy::wildcard_imports)]

use diesel::{
    allow_columns_to_appear_in_same_group_by_clause, allow_tables_to_appear_in_same_query, joinable, table,
};

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlDay, SqlInstant, SqlJson, SqlKey};

    organisations (id) {
        id -> SqlKey,
        version -> BigInt,
        kind -> Text,
        regime -> Text,
        name -> SqlJson,
        enterprise_number -> Nullable<Text>,
        ovo_code -> Nullable<Text>,
        takes_requests -> Bool,
        contact_function -> Nullable<Text>,
        valid_from -> SqlDay,
        valid_to -> Nullable<SqlDay>,
        successor_id -> Nullable<SqlKey>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    consultations (id) {
        id -> SqlKey,
        version -> BigInt,
        code -> Text,
        name -> SqlJson,
        level -> Text,
        area -> SqlJson,
        area_version -> Nullable<Text>,
        nuisance_risk -> Bool,
        escalates_to -> Nullable<SqlKey>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        requires_legal_gate -> Bool,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlJson, SqlKey};

    consultation_members (consultation_id, organisation_id, role, function) {
        consultation_id -> SqlKey,
        organisation_id -> SqlKey,
        role -> Text,
        function -> Text,
        function_name -> SqlJson,
        number -> Integer,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlDay, SqlInstant, SqlJson, SqlKey};

    areas (id) {
        id -> SqlKey,
        code -> Text,
        scheme_version -> Text,
        kind -> Text,
        name -> SqlJson,
        parent_code -> Nullable<Text>,
        geometry -> Nullable<SqlJson>,
        valid_from -> SqlDay,
        valid_to -> Nullable<SqlDay>,
        created_at -> SqlInstant,
        version -> BigInt,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlDay, SqlInstant, SqlKey};

    closure_days (id) {
        id -> SqlKey,
        organisation_id -> SqlKey,
        closed_on -> SqlDay,
        name -> Nullable<Text>,
        recorded_at -> SqlInstant,
        removed_at -> Nullable<SqlInstant>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlKey};

    term_rules (id) {
        id -> SqlKey,
        organisation_id -> Nullable<SqlKey>,
        consultation_id -> Nullable<SqlKey>,
        category_group -> Nullable<Text>,
        urgency -> Nullable<Text>,
        receipt_days -> Integer,
        answer_days -> Integer,
        recorded_at -> SqlInstant,
        removed_at -> Nullable<SqlInstant>,
        applies_to -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlDay, SqlInstant, SqlKey};

    hourly_rates (id) {
        id -> SqlKey,
        consultation_id -> SqlKey,
        function -> Text,
        cents_per_hour -> Integer,
        valid_from -> SqlDay,
        recorded_at -> SqlInstant,
        removed_at -> Nullable<SqlInstant>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::SqlKey;

    view_versions (scope_id, shard) {
        scope_id -> SqlKey,
        shard -> Integer,
        version -> BigInt,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::SqlKey;

    case_numbers (consultation_id, year) {
        consultation_id -> SqlKey,
        year -> Integer,
        last_number -> BigInt,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlDay, SqlInstant, SqlJson, SqlKey};

    cases (id) {
        id -> SqlKey,
        version -> BigInt,
        sequence -> BigInt,
        reference -> Text,
        consultation_id -> SqlKey,
        kind -> Text,
        status -> Text,
        category -> Text,
        category_group -> Text,
        title -> Text,
        description -> Nullable<Text>,
        source -> Text,
        pattern -> Nullable<Text>,
        location_kind -> Text,
        address -> Nullable<Text>,
        address_uri -> Nullable<Text>,
        longitude -> Nullable<Double>,
        latitude -> Nullable<Double>,
        sector -> Nullable<Text>,
        area_id -> Nullable<SqlKey>,
        lead_organisation_id -> Nullable<SqlKey>,
        check_on -> Nullable<SqlDay>,
        close_reason -> Nullable<Text>,
        ended_at -> Nullable<SqlInstant>,
        merged_into -> Nullable<SqlKey>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        details -> SqlJson,
        address_key -> Nullable<Text>,
        place_cell -> Nullable<BigInt>,
        next_step_at -> Nullable<SqlInstant>,
        led_by -> Nullable<SqlKey>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::SqlKey;

    case_search (case_id) {
        case_id -> SqlKey,
        search_text -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    case_notes (id) {
        id -> SqlKey,
        version -> BigInt,
        case_id -> SqlKey,
        visibility -> Text,
        text -> Text,
        organisation_id -> SqlKey,
        created_at -> SqlInstant,
        created_by -> SqlJson,
        released_at -> Nullable<SqlInstant>,
        released_by -> Nullable<SqlJson>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlDay, SqlInstant, SqlJson, SqlKey};

    follow_up_requests (id) {
        id -> SqlKey,
        version -> BigInt,
        sequence -> BigInt,
        consultation_id -> SqlKey,
        case_id -> SqlKey,
        organisation_id -> SqlKey,
        status -> Text,
        question_kind -> Text,
        urgency -> Text,
        origin -> Text,
        subject -> Text,
        question -> Text,
        carries_personal_data -> Bool,
        external_reference -> Nullable<Text>,
        planned_on -> Nullable<SqlDay>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        sent_at -> Nullable<SqlInstant>,
        first_seen_at -> Nullable<SqlInstant>,
        received_at -> Nullable<SqlInstant>,
        accepted_at -> Nullable<SqlInstant>,
        first_answered_at -> Nullable<SqlInstant>,
        last_answered_at -> Nullable<SqlInstant>,
        answer_due_at -> Nullable<SqlInstant>,
        receipt_late_from -> Nullable<SqlInstant>,
        late_from -> Nullable<SqlInstant>,
        seriously_late_from -> Nullable<SqlInstant>,
        next_due_at -> Nullable<SqlInstant>,
        details -> SqlJson,
        decision_id -> Nullable<SqlKey>,
        next_step_at -> Nullable<SqlInstant>,
        led_by -> Nullable<SqlKey>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlDay, SqlInstant, SqlJson, SqlKey};

    follow_up_messages (id) {
        id -> SqlKey,
        follow_up_request_id -> SqlKey,
        sequence -> BigInt,
        verb -> Text,
        side -> Text,
        text -> Nullable<Text>,
        promised_on -> Nullable<SqlDay>,
        delay_reason -> Nullable<Text>,
        said_at -> SqlInstant,
        said_by -> SqlJson,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlKey};

    imported_rows (source, row_key) {
        source -> Text,
        row_key -> Text,
        follow_up_request_id -> SqlKey,
        imported_at -> SqlInstant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlDay, SqlInstant, SqlJson, SqlKey};

    meeting_series (id) {
        id -> SqlKey,
        version -> BigInt,
        sequence -> BigInt,
        consultation_id -> SqlKey,
        status -> Text,
        recurrence -> Text,
        starts_on -> SqlDay,
        starts_time -> Text,
        minutes -> Integer,
        planned_until -> Nullable<SqlDay>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        details -> SqlJson,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlDay, SqlInstant, SqlJson, SqlKey};

    meetings (id) {
        id -> SqlKey,
        version -> BigInt,
        sequence -> BigInt,
        consultation_id -> SqlKey,
        status -> Text,
        starts_at -> SqlInstant,
        ends_at -> SqlInstant,
        series_id -> Nullable<SqlKey>,
        occurrence_on -> Nullable<SqlDay>,
        opened_at -> Nullable<SqlInstant>,
        closed_at -> Nullable<SqlInstant>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        details -> SqlJson,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    agenda_items (id) {
        id -> SqlKey,
        version -> BigInt,
        sequence -> BigInt,
        meeting_id -> SqlKey,
        consultation_id -> SqlKey,
        position -> Integer,
        section -> Text,
        status -> Text,
        title -> Text,
        case_id -> Nullable<SqlKey>,
        carry_over -> Integer,
        moved_from_id -> Nullable<SqlKey>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        details -> SqlJson,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    decisions (id) {
        id -> SqlKey,
        version -> BigInt,
        sequence -> BigInt,
        consultation_id -> SqlKey,
        meeting_id -> Nullable<SqlKey>,
        agenda_item_id -> Nullable<SqlKey>,
        case_id -> Nullable<SqlKey>,
        kind -> Text,
        text -> Text,
        decided_at -> SqlInstant,
        ratified_at -> Nullable<SqlInstant>,
        ratified_in_id -> Nullable<SqlKey>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        details -> SqlJson,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlDay, SqlInstant, SqlJson, SqlKey};

    actions (id) {
        id -> SqlKey,
        version -> BigInt,
        sequence -> BigInt,
        consultation_id -> SqlKey,
        case_id -> Nullable<SqlKey>,
        decision_id -> Nullable<SqlKey>,
        meeting_id -> Nullable<SqlKey>,
        owner_organisation_id -> SqlKey,
        owner_function -> Text,
        kind -> Text,
        status -> Text,
        title -> Text,
        due_on -> Nullable<SqlDay>,
        carry_over -> Integer,
        ended_at -> Nullable<SqlInstant>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        details -> SqlJson,
        next_step_at -> Nullable<SqlInstant>,
        led_by -> Nullable<SqlKey>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    reports (id) {
        id -> SqlKey,
        version -> BigInt,
        sequence -> BigInt,
        meeting_id -> SqlKey,
        consultation_id -> SqlKey,
        met_at -> SqlInstant,
        status -> Text,
        circulation -> Integer,
        first_circulated_at -> Nullable<SqlInstant>,
        circulated_at -> Nullable<SqlInstant>,
        approved_at -> Nullable<SqlInstant>,
        approved_in_id -> Nullable<SqlKey>,
        addenda -> Integer,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        details -> SqlJson,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlKey};

    report_renditions (report_id, addendum, reader) {
        report_id -> SqlKey,
        addendum -> Integer,
        reader -> Text,
        organisation_id -> Nullable<SqlKey>,
        hash -> Text,
        content -> Text,
        created_at -> SqlInstant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    report_comments (id) {
        id -> SqlKey,
        report_id -> SqlKey,
        circulation -> Integer,
        agenda_item_id -> Nullable<SqlKey>,
        text -> Text,
        created_at -> SqlInstant,
        created_by -> SqlJson,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    events (id) {
        id -> SqlKey,
        subject_kind -> Text,
        subject_id -> SqlKey,
        sequence -> BigInt,
        version -> BigInt,
        verb -> Text,
        case_id -> Nullable<SqlKey>,
        consultation_id -> Nullable<SqlKey>,
        organisation_id -> Nullable<SqlKey>,
        audience -> Text,
        effective_at -> SqlInstant,
        recorded_at -> SqlInstant,
        client_id -> SqlKey,
        user_name -> Nullable<Text>,
        actor_organisation_id -> SqlKey,
        data -> SqlJson,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlKey};

    audit_records (id) {
        id -> SqlKey,
        recorded_at -> SqlInstant,
        client_id -> SqlKey,
        user_name -> Nullable<Text>,
        organisation_id -> SqlKey,
        operation -> Text,
        subject_kind -> Nullable<Text>,
        subject_id -> Nullable<SqlKey>,
        version -> Nullable<BigInt>,
        request_id -> SqlKey,
        case_id -> Nullable<SqlKey>,
        roles -> Text,
        outcome -> Text,
        problem -> Nullable<Text>,
        purpose_hash -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::SqlKey;

    audit_purposes (record_id) {
        record_id -> SqlKey,
        salt -> Text,
        text -> Text,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    idempotency_keys (client_id, idempotency_key) {
        client_id -> SqlKey,
        idempotency_key -> Text,
        digest -> Text,
        status -> Integer,
        headers -> SqlJson,
        body -> Text,
        created_at -> SqlInstant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    clients (id) {
        id -> SqlKey,
        version -> BigInt,
        name -> Text,
        secret_hash -> Nullable<Text>,
        previous_secret_hash -> Nullable<Text>,
        previous_secret_until -> Nullable<SqlInstant>,
        public_keys -> Nullable<SqlJson>,
        organisations -> SqlJson,
        roles -> SqlJson,
        scopes -> SqlJson,
        created_at -> SqlInstant,
        tokens_valid_from -> SqlInstant,
        revoked_at -> Nullable<SqlInstant>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson};

    signing_keys (kid) {
        kid -> Text,
        algorithm -> Text,
        private_key -> Text,
        public_key -> SqlJson,
        created_at -> SqlInstant,
        signs_from -> SqlInstant,
        signs_until -> SqlInstant,
        verifies_until -> SqlInstant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlKey};

    used_assertions (client_id, jti) {
        client_id -> SqlKey,
        jti -> Text,
        expires_at -> SqlInstant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlDay, SqlInstant, SqlJson, SqlKey};

    case_contacts (id) {
        id -> SqlKey,
        version -> BigInt,
        case_id -> SqlKey,
        consultation_id -> SqlKey,
        kind -> Text,
        contacted_on -> SqlDay,
        partner_organisation_id -> Nullable<SqlKey>,
        partner_name -> Nullable<Text>,
        channel -> Text,
        purpose -> Text,
        result -> Nullable<Text>,
        organisation_id -> SqlKey,
        created_at -> SqlInstant,
        created_by -> SqlJson,
        updated_at -> SqlInstant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlDay, SqlInstant, SqlJson, SqlKey};

    guard_groups (id) {
        id -> SqlKey,
        version -> BigInt,
        organisation_id -> SqlKey,
        name -> SqlJson,
        valid_from -> SqlDay,
        valid_to -> Nullable<SqlDay>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    presence_records (id) {
        id -> SqlKey,
        version -> BigInt,
        organisation_id -> SqlKey,
        guard_group_id -> SqlKey,
        area_id -> SqlKey,
        status -> Text,
        task -> Text,
        started_at -> SqlInstant,
        ended_at -> SqlInstant,
        guards -> Integer,
        contacts -> Integer,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        details -> SqlJson,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    calendar_feeds (id) {
        id -> SqlKey,
        version -> BigInt,
        consultation_id -> SqlKey,
        secret_hash -> Text,
        label -> Nullable<Text>,
        created_at -> SqlInstant,
        created_by -> SqlJson,
        revoked_at -> Nullable<SqlInstant>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    escalations (id) {
        id -> SqlKey,
        version -> BigInt,
        sequence -> BigInt,
        case_id -> SqlKey,
        from_consultation_id -> SqlKey,
        to_consultation_id -> SqlKey,
        status -> Text,
        submitted_at -> Nullable<SqlInstant>,
        accepted_at -> Nullable<SqlInstant>,
        acceptance_due_at -> Nullable<SqlInstant>,
        outcome_due_at -> Nullable<SqlInstant>,
        late_from -> Nullable<SqlInstant>,
        ended_at -> Nullable<SqlInstant>,
        on_agenda_of -> Nullable<SqlKey>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        details -> SqlJson,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlKey};

    escalation_renditions (escalation_id, submission, reader) {
        escalation_id -> SqlKey,
        submission -> Integer,
        reader -> Text,
        hash -> Text,
        content -> Text,
        created_at -> SqlInstant,
    }
}

allow_columns_to_appear_in_same_group_by_clause!(
    case_contacts::consultation_id,
    case_contacts::kind,
    case_contacts::contacted_on,
);

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    escalation_policies (id) {
        id -> SqlKey,
        version -> BigInt,
        consultation_id -> Nullable<SqlKey>,
        category -> Nullable<Text>,
        organisation_id -> Nullable<SqlKey>,
        scope_key -> Text,
        number -> Integer,
        status -> Text,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        activated_at -> Nullable<SqlInstant>,
        retired_at -> Nullable<SqlInstant>,
        steps -> SqlJson,
        details -> SqlJson,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    escalation_ledger (id) {
        id -> SqlKey,
        subject_id -> SqlKey,
        step -> Text,
        round -> Integer,
        follow_up_request_id -> Nullable<SqlKey>,
        case_id -> Nullable<SqlKey>,
        action_id -> Nullable<SqlKey>,
        consultation_id -> SqlKey,
        organisation_id -> Nullable<SqlKey>,
        to_service -> Bool,
        on_agenda -> Bool,
        effective_at -> SqlInstant,
        fired_at -> SqlInstant,
        obsolete -> Bool,
        policy_id -> Nullable<SqlKey>,
        details -> SqlJson,
        led_by -> Nullable<SqlKey>,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::SqlKey;

    leases (name) {
        name -> Text,
        holder -> SqlKey,
        held_until -> BigInt,
    }
}

table! {
    use crate::types::SqlKey;

    audit_pending (record_id) {
        record_id -> SqlKey,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlDay, SqlInstant, SqlJson, SqlKey};

    data_sharing_protocols (id) {
        id -> SqlKey,
        version -> BigInt,
        status -> Text,
        valid_from -> SqlDay,
        valid_to -> SqlDay,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        terms -> SqlJson,
        details -> SqlJson,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlKey};

    audit_checkpoints (position) {
        position -> BigInt,
        hash -> Text,
        cut_at -> SqlInstant,
        record_id -> SqlKey,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::SqlKey;

    audit_seals (position) {
        position -> BigInt,
        record_id -> SqlKey,
        hash -> Text,
    }
}

table! {
    use crate::types::SqlKey;

    feed_pending (event_id) {
        event_id -> SqlKey,
    }
}

table! {
    feed_span (name) {
        name -> Text,
        first_position -> BigInt,
        last_position -> BigInt,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlKey};

    feed_notices (position) {
        position -> BigInt,
        id -> SqlKey,
        subject_kind -> Text,
        subject_id -> SqlKey,
        verb -> Text,
        version -> Nullable<BigInt>,
        sequence -> Nullable<BigInt>,
        state -> Nullable<Text>,
        parent_id -> Nullable<SqlKey>,
        effective_at -> SqlInstant,
        recorded_at -> SqlInstant,
        positioned_at -> SqlInstant,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::SqlKey;

    feed_entries (channel_id, position) {
        channel_id -> SqlKey,
        position -> BigInt,
        subject_id -> SqlKey,
    }
}

table! {
    use crate::types::SqlKey;

    feed_audiences (subject_id, channel_id) {
        subject_id -> SqlKey,
        channel_id -> SqlKey,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlJson, SqlKey};

    webhook_subscriptions (id) {
        id -> SqlKey,
        version -> BigInt,
        organisation_id -> SqlKey,
        client_id -> SqlKey,
        status -> Text,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        secrets -> SqlJson,
        details -> SqlJson,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlKey};

    webhook_progress (subscription_id) {
        subscription_id -> SqlKey,
        cursor_position -> BigInt,
        lease_holder -> Nullable<SqlKey>,
        lease_until -> Nullable<SqlInstant>,
        next_due_at -> Nullable<SqlInstant>,
        attempts -> Integer,
        failing_since -> Nullable<SqlInstant>,
        last_status -> Nullable<Integer>,
        last_error -> Nullable<Text>,
        last_delivered_at -> Nullable<SqlInstant>,
        moves -> BigInt,
        is_full -> Bool,
    }
}

table! {
    use diesel::sql_types::*;
    use crate::types::{SqlInstant, SqlKey};

    webhook_deliveries (id) {
        id -> SqlKey,
        subscription_id -> SqlKey,
        position -> BigInt,
        webhook_id -> SqlKey,
        subject_kind -> Text,
        subject_id -> SqlKey,
        verb -> Text,
        state -> Text,
        attempts -> Integer,
        waited_milliseconds -> BigInt,
        created_at -> SqlInstant,
        next_attempt_at -> SqlInstant,
        last_attempt_at -> Nullable<SqlInstant>,
        last_status -> Nullable<Integer>,
        error -> Nullable<Text>,
        duration_milliseconds -> Nullable<BigInt>,
    }
}

joinable!(follow_up_requests -> cases (case_id));
joinable!(case_notes -> cases (case_id));
allow_tables_to_appear_in_same_query!(follow_up_requests, cases, consultations, organisations, case_notes);
allow_tables_to_appear_in_same_query!(consultation_members, consultations);
allow_tables_to_appear_in_same_query!(cases, case_search);
allow_tables_to_appear_in_same_query!(cases, events);
joinable!(escalations -> cases (case_id));
allow_tables_to_appear_in_same_query!(escalations, cases, consultation_members);
joinable!(reports -> meetings (meeting_id));
allow_tables_to_appear_in_same_query!(reports, report_renditions);
allow_tables_to_appear_in_same_query!(reports, meetings);
allow_tables_to_appear_in_same_query!(escalation_ledger, cases);
allow_tables_to_appear_in_same_query!(feed_pending, events);
allow_tables_to_appear_in_same_query!(audit_pending, audit_records);
allow_tables_to_appear_in_same_query!(audit_seals, audit_records);
allow_tables_to_appear_in_same_query!(audit_purposes, audit_records);
allow_tables_to_appear_in_same_query!(audit_purposes, audit_seals);
allow_tables_to_appear_in_same_query!(case_contacts, cases);
allow_tables_to_appear_in_same_query!(webhook_subscriptions, webhook_progress);
allow_tables_to_appear_in_same_query!(feed_notices, feed_entries);
