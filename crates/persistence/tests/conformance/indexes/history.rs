//! A history on PostgreSQL, whose plans depend on how much there is.

use diesel::connection::SimpleConnection;
use persistence::AnyConnection;
use uuid::Uuid;

/// Writes 20,000 cases, as many requests, and what goes with them.
pub(super) fn fill(connection: &mut AnyConnection, case: Uuid) {
    let sql = format!(
        "INSERT INTO organisations SELECT p.* FROM generate_series(1, 60) AS n,
             organisations AS o,
             LATERAL jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(),
                 'created_at', now() - n * INTERVAL '1 day')) AS p
             WHERE o.id = (SELECT id FROM organisations LIMIT 1);
         INSERT INTO consultations SELECT p.* FROM generate_series(1, 60) AS n,
             consultations AS c,
             LATERAL jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'code', 'C' || n,
                 'created_at', now() - n * INTERVAL '1 day')) AS p
             WHERE c.id = (SELECT id FROM consultations LIMIT 1);
         CREATE TEMP TABLE o AS SELECT id, row_number() OVER () AS number FROM organisations;
         CREATE TEMP TABLE c AS SELECT id, row_number() OVER () AS number FROM consultations;
         INSERT INTO areas SELECT gen_random_uuid(), '41002' || lpad(n::text, 5, '0'), '2025', CASE WHEN n % 20 = 0 THEN 'neighbourhood' ELSE 'sector' END,
             jsonb_build_object('nl', 'Wijk'), NULL, NULL, DATE '2025-01-01', NULL, now() + n * INTERVAL '1 minute', 1
             FROM generate_series(1, 2000) AS n;
         CREATE TEMP TABLE a AS SELECT id, row_number() OVER () AS number FROM areas;
         CREATE TEMP TABLE kase AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, 20000) AS n;
         INSERT INTO cases SELECT p.* FROM kase
             JOIN o ON o.number = 1 + kase.n % 60 JOIN c ON c.number = 1 + kase.n % 60
             JOIN a ON a.number = 1 + kase.n % 37 JOIN cases AS base ON base.id = '{case}',
             LATERAL jsonb_populate_record(base, jsonb_build_object('id', kase.id, 'reference', 'X-' || kase.n,
                 'consultation_id', c.id, 'lead_organisation_id', o.id, 'area_id', a.id,
                 'status', (ARRAY['signalled', 'open', 'closed', 'closed', 'closed'])[1 + kase.n % 5],
                 'category', 'AFV.' || chr(65 + kase.n % 20) || 'X', 'category_group', 'AF' || chr(65 + kase.n % 5),
                 'longitude', 4 + (kase.n % 1000) * 0.0001, 'latitude', 50.9 + (kase.n % 777) * 0.0001,
                 'created_at', now() - kase.n * INTERVAL '1 hour')) AS p;
         INSERT INTO case_search SELECT id, '_' || replace(consultation_id::text, '-', '') || ' sluikstort ' || reference FROM cases
             ON CONFLICT DO NOTHING;
         INSERT INTO follow_up_requests SELECT p.* FROM kase
             JOIN o ON o.number = 1 + (kase.n * 7) % 60 JOIN c ON c.number = 1 + kase.n % 60
             JOIN follow_up_requests AS base ON base.case_id = '{case}',
             LATERAL jsonb_populate_record(base, jsonb_build_object('id', gen_random_uuid(), 'case_id', kase.id,
                 'organisation_id', o.id, 'consultation_id', c.id,
                 'status', (ARRAY['sent', 'received', 'accepted', 'closed', 'closed', 'closed', 'closed', 'closed'])[1 + kase.n % 8],
                 'external_reference', CASE WHEN kase.n % 3 = 0 THEN 'WB-' || kase.n END,
                 'first_seen_at', CASE WHEN kase.n % 10 > 0 THEN now() END,
                 'received_at', CASE WHEN kase.n % 8 > 0 THEN now() END,
                 'answer_due_at', now() + kase.n * INTERVAL '1 hour',
                 'late_from', CASE WHEN kase.n % 8 < 4 THEN now() + (kase.n - 10000) * INTERVAL '1 hour' END,
                 'seriously_late_from', CASE WHEN kase.n % 8 < 3 THEN now() + kase.n * INTERVAL '2 hour' END,
                 'next_due_at', CASE WHEN kase.n % 8 < 3 THEN now() + kase.n * INTERVAL '1 hour' END,
                 'created_at', now() - kase.n * INTERVAL '1 hour')) AS p;
         INSERT INTO events SELECT p.* FROM kase JOIN events AS base ON base.subject_id = '{case}',
             LATERAL jsonb_populate_record(base, jsonb_build_object('id', gen_random_uuid(), 'subject_id', kase.id, 'sequence', 9,
                 'case_id', kase.id)) AS p;
         INSERT INTO actions SELECT gen_random_uuid(), 1, 1, c.id, kase.id, NULL, NULL, o.id, 'guard', 'presence', s.status, 'Actie',
             CASE WHEN kase.n % 4 > 0 THEN DATE '2026-01-01' + (kase.n % 900)::int END, 0,
             CASE WHEN s.status IN ('done', 'cancelled') THEN now() END, now() - kase.n * INTERVAL '1 hour', now(),
             jsonb_strip_nulls(jsonb_build_object('createdBy', (SELECT details -> 'createdBy' FROM cases WHERE id = '{case}'),
                 'result', CASE s.status WHEN 'done' THEN 'Klaar.' END))
             FROM kase CROSS JOIN LATERAL (SELECT
                 (ARRAY['open', 'inProgress', 'done', 'done', 'done', 'done', 'cancelled'])[1 + kase.n % 7] AS status) AS s
             JOIN o ON o.number = 1 + (kase.n * 7) % 60 JOIN c ON c.number = 1 + kase.n % 60;
         UPDATE cases SET led_by = c.id FROM kase JOIN c ON c.number = 1 + (kase.n * 11) % 60 WHERE kase.id = cases.id AND kase.n % 50 = 0;
         UPDATE follow_up_requests AS r SET led_by = cases.led_by FROM cases WHERE cases.id = r.case_id AND cases.led_by IS NOT NULL;
         UPDATE actions SET led_by = cases.led_by FROM cases WHERE cases.id = actions.case_id AND cases.led_by IS NOT NULL;
         INSERT INTO escalation_ledger SELECT gen_random_uuid(), cases.id,
             (ARRAY['caseInactive', 'answerLate', 'severalServices', 'repeatAtPlace'])[1 + kase.n % 4], 1, NULL, cases.id, NULL,
             cases.consultation_id, NULL, false, kase.n % 3 = 0, now() - kase.n * INTERVAL '1 hour', now() - kase.n * INTERVAL '1 hour',
             false, NULL, jsonb_build_object('effects', '[]'::jsonb), cases.led_by FROM kase JOIN cases ON cases.id = kase.id;
         INSERT INTO escalations SELECT gen_random_uuid(), 1, 1, kase.id, own.id, above.id, s.status,
             CASE WHEN s.status <> 'proposed' THEN now() - kase.n * INTERVAL '1 hour' END, NULL, NULL, NULL,
             CASE WHEN kase.n % 3 = 0 THEN now() + (kase.n - 10000) * INTERVAL '1 hour' END,
             CASE WHEN s.status = 'closed' THEN now() END,
             CASE s.status WHEN 'closed' THEN NULL WHEN 'submitted' THEN above.id ELSE own.id END,
             now() - kase.n * INTERVAL '1 hour', now() - kase.n * INTERVAL '1 minute',
             jsonb_build_object('origin', jsonb_build_object('kind', 'team'),
                 'createdBy', (SELECT details -> 'createdBy' FROM cases WHERE id = '{case}'),
                 'criteria', jsonb_build_object('services', 0, 'categoryGroups', 1, 'lateRequests', 0, 'seriouslyLateRequests', 0,
                     'refusedRequests', 0, 'actionsDone', 0, 'mostCarriedOver', 0, 'earlierCases', 0, 'daysOpen', 0))
             FROM kase CROSS JOIN LATERAL (SELECT
                 (ARRAY['proposed', 'submitted', 'closed', 'closed', 'closed', 'closed'])[1 + kase.n % 6] AS status) AS s
             JOIN c AS own ON own.number = 1 + kase.n % 60 JOIN c AS above ON above.number = 1 + (kase.n * 11) % 60;
         INSERT INTO hourly_rates SELECT gen_random_uuid(), c.id, 'guard', 3100, DATE '2020-01-01' + n, now() + n * INTERVAL '1 minute', NULL
             FROM c, generate_series(1, 40) AS n;
         INSERT INTO audit_records SELECT p.* FROM kase JOIN audit_records AS base ON base.subject_id = '{case}',
             LATERAL jsonb_populate_record(base, jsonb_build_object('id', gen_random_uuid(), 'subject_id', kase.id, 'case_id', kase.id,
                 'user_name', 'user' || kase.n % 60, 'problem', CASE WHEN kase.n % 60 = 0 THEN 'missingPermission' END,
                 'client_id', (SELECT id FROM o WHERE number = 1 + kase.n % 60),
                 'recorded_at', now() - kase.n * INTERVAL '1 minute')) AS p;
         INSERT INTO closure_days SELECT gen_random_uuid(), o.id, DATE '2020-01-01' + n, 'Dicht', now(), NULL
             FROM o, generate_series(1, 100) AS n;
         INSERT INTO case_contacts SELECT gen_random_uuid(), 1, kase.id, c.id, CASE WHEN kase.n % 3 = 0 THEN 'external' ELSE 'internal' END,
             DATE '2020-01-01' + kase.n % 2000, CASE WHEN kase.n % 4 > 0 THEN o.id END,
             CASE WHEN kase.n % 4 = 0 THEN 'Straathoekwerk' END, 'phone', 'Afstemmen', NULL, o.id, now(),
             jsonb_build_object('clientId', o.id, 'organisationId', o.id), now()
             FROM kase JOIN o ON o.number = 1 + (kase.n * 7) % 60 JOIN c ON c.number = 1 + kase.n % 60;
         INSERT INTO guard_groups SELECT gen_random_uuid(), 1, o.id, '{{\"nl\": \"Ploeg\"}}', DATE '2020-01-01', NULL,
             now() + n * INTERVAL '1 minute', now() FROM o, generate_series(1, 10) AS n;
         CREATE TEMP TABLE g AS SELECT id, organisation_id, row_number() OVER () AS number FROM guard_groups;
         INSERT INTO presence_records SELECT gen_random_uuid(), 1, g.organisation_id, g.id, a.id, 'recorded',
             (ARRAY['informAndSignal', 'schoolEscort', 'dissuasivePresence'])[1 + kase.n % 3],
             now() - kase.n * INTERVAL '1 hour', now() - kase.n * INTERVAL '1 hour' + INTERVAL '4 hours', 2, 5, now(), now(),
             jsonb_build_object('createdBy', jsonb_build_object('clientId', g.id, 'organisationId', g.organisation_id))
             FROM kase JOIN g ON g.number = 1 + kase.n % 600 JOIN a ON a.number = 1 + kase.n % 37;
         INSERT INTO meetings SELECT gen_random_uuid(), 1, 1, c.id, (ARRAY['planned', 'held', 'held'])[1 + n % 3],
             now() + n * INTERVAL '1 day', now() + n * INTERVAL '1 day' + INTERVAL '4 hours', NULL, NULL, NULL, NULL, now(), now(),
             jsonb_build_object('createdBy', jsonb_build_object('clientId', c.id, 'organisationId', c.id))
             FROM c, generate_series(1, 100) AS n;
         INSERT INTO agenda_items SELECT gen_random_uuid(), 1, 1, m.id, m.consultation_id, n, 'otherBusiness', 'open', 'Punt', NULL, 0,
             NULL, now(), now(), m.details || jsonb_build_object('reason', 'member') FROM meetings AS m, generate_series(1, 5) AS n;
         INSERT INTO decisions SELECT gen_random_uuid(), 1, 1, c.id, NULL, NULL, kase.id, 'act', 'Beslist',
             now() - kase.n * INTERVAL '1 hour', CASE WHEN kase.n % 10 > 0 THEN now() END,
             CASE WHEN kase.n % 10 > 0 THEN (SELECT id FROM meetings LIMIT 1) END, now(), now(),
             jsonb_build_object('createdBy', jsonb_build_object('clientId', c.id, 'organisationId', c.id))
             FROM kase JOIN c ON c.number = 1 + kase.n % 60;
         ANALYZE;
         SET enable_seqscan = off;
         SET plan_cache_mode = force_generic_plan;"
    );
    connection.batch_execute(&sql).unwrap();
}
