//! An empty database becomes one with a history: services, a consultation, cases, requests in every age and state.

use std::io::Write as _;
use std::num::NonZeroU16;
use std::sync::Arc;

use api::clock::{Ids, TimeOrderedIds};
use api::events::Sequencer;
use api::reference::Reference;
use api::work::own_circumstances;
use domain::access::{Regime, Role};
use domain::calendar::Calendar;
use domain::case::{
    Case, CaseReference, ConsultationCode, Create as CreateCase, Description, Kind as CaseKind, Location,
    Source,
};
use domain::category::CategoryCode;
use domain::change::{Outcome, Version};
use domain::consultation::{Consultation, FunctionCode, Level, Member};
use domain::follow_up::{
    Accept, Answer, AnswerOutcome, Clockwork, Create, FollowUpRequest, MaySay, QuestionKind, Side, Urgency,
};
use domain::id::{CaseId, ConsultationId, FollowUpRequestId, OrganisationId};
use domain::labels::Labels;
use domain::organisation::{Kind, Organisation};
use domain::place::{LocationKind, Wgs84};
use domain::term::{TermSubject, terms_for};
use domain::text::{Paragraph, Title};
use jiff::{SignedDuration, Timestamp};
use persistence::consultations::StoredConsultation;
use persistence::organisations::StoredOrganisation;
use persistence::{Circumstances, Edit, Store, StoreError, Transaction};
use serde::Serialize;

use crate::Failure;
use crate::floor::now;

/// Options of the preparation.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many requests.
    #[arg(long, default_value_t = 100_000)]
    requests: u32,
    /// How many of them are about one case.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    per_case: u32,
    /// How many services they are addressed to.
    #[arg(long, default_value_t = 10)]
    services: u32,
    /// How many requests to name, for scenarios that answer each once.
    #[arg(long, default_value_t = 40_000)]
    named: usize,
}

/// What a measurement needs to know of the data.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Prepared {
    consultation_id: ConsultationId,
    city_id: OrganisationId,
    service_ids: Vec<OrganisationId>,
    /// Open requests of the first service, version 1, that nobody touched.
    open_request_ids: Vec<FollowUpRequestId>,
}

/// Requests per transaction.
const BATCH: u32 = 1_000;

/// Fills the database and prints what is in it.
pub(crate) fn run(store: &Store, options: &Options) -> Result<(), Failure> {
    store.migrate()?;
    let ids: Arc<dyn Ids> = Arc::new(TimeOrderedIds);
    let now = now();
    let world = World::new(&*ids, options);
    store.write(&own_circumstances(now, "prepare", Arc::clone(&ids)), |transaction| {
        world.save(transaction, now)
    })?;
    let mut open_request_ids = Vec::new();
    let mut number = 0;
    while number < options.requests {
        let batch = BATCH.min(options.requests - number);
        let age = SignedDuration::from_mins(i64::from(options.requests - number) * 10);
        let at = now.checked_sub(age)?;
        let circumstances = world.circumstances(at, &ids);
        let named = store.write(&circumstances, |transaction| {
            let mut named = Vec::new();
            for offset in 0..batch {
                named.extend(world.request(transaction, number + offset)?);
            }
            Ok::<_, StoreError>(named)
        })?;
        open_request_ids.extend(named);
        number += batch;
    }
    let (reference, holder) = (Reference::default(), ids.next());
    let sequencer = Sequencer { store, reference: &reference, ids: &ids, holder };
    sequencer.run(now, || true).map_err(|refusal| format!("no positions in the feed: {refusal:?}"))?;
    store.write_plainly(persistence::floor::settle)?;
    open_request_ids.truncate(options.named);
    let prepared = Prepared {
        consultation_id: world.consultation,
        city_id: world.city,
        service_ids: world.services,
        open_request_ids,
    };
    serde_json::to_writer(std::io::stdout(), &prepared)?;
    writeln!(std::io::stdout())?;
    Ok(())
}

struct World {
    city: OrganisationId,
    consultation: ConsultationId,
    services: Vec<OrganisationId>,
    per_case: u32,
}

impl World {
    fn new(ids: &dyn Ids, options: &Options) -> Self {
        Self {
            city: ids.next().into(),
            consultation: ids.next().into(),
            services: (0..options.services).map(|_| ids.next().into()).collect(),
            per_case: options.per_case,
        }
    }

    fn circumstances(&self, at: Timestamp, ids: &Arc<dyn Ids>) -> Circumstances {
        let mut circumstances = own_circumstances(at, "prepare", Arc::clone(ids));
        circumstances.actor.organisation_id = self.city;
        circumstances
    }

    fn save(&self, transaction: &mut Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
        let edit = Edit { verb: "create", at: now };
        for (id, takes_requests) in
            std::iter::once((self.city, false)).chain(self.services.iter().map(|id| (*id, true)))
        {
            let organisation =
                StoredOrganisation { organisation: organisation(id, takes_requests), created_at: now };
            transaction.save(&domain::change::Change {
                before: None,
                state: organisation,
                events: vec![edit],
            })?;
        }
        let Some(code) = ConsultationCode::parse("KRO") else { return Err(StoreError::NotFound) };
        let Some(function) = FunctionCode::parse("neighbourhoodManager") else {
            return Err(StoreError::NotFound);
        };
        let consultation = Consultation {
            id: self.consultation,
            version: Version::FIRST,
            code,
            name: labels("Kern Rechteroever"),
            level: Level::Neighbourhood,
            area: Vec::new(),
            area_version: None,
            nuisance_risk: true,
            members: vec![Member {
                organisation_id: self.city,
                role: Role::NeighbourhoodManager,
                function,
                function_name: labels("Wijkmanager"),
                number: NonZeroU16::MIN,
            }],
            escalates_to: None,
            requires_legal_gate: false,
        };
        let state = StoredConsultation { consultation, created_at: now };
        transaction.save(&domain::change::Change { before: None, state, events: vec![edit] })
    }

    /// Writes a request, with its case for the first one about it; gives its name when it is an untouched one of the first service.
    fn request(
        &self,
        transaction: &mut Transaction<'_>,
        number: u32,
    ) -> Result<Option<FollowUpRequestId>, StoreError> {
        let case_id = self.case(transaction, number)?;
        let stamp = transaction.stamp();
        let index = usize::try_from(number).unwrap_or_default();
        let Some(service) = self.services.get(index % self.services.len()) else {
            return Err(StoreError::NotFound);
        };
        let id: FollowUpRequestId = transaction.new_id().into();
        let kinds = QuestionKind::ALL;
        let command = Create {
            id,
            consultation_id: self.consultation,
            led_by: None,
            case_id,
            organisation_id: *service,
            question_kind: kinds.get(index % kinds.len()).copied().unwrap_or(QuestionKind::Other),
            urgency: Urgency::Normal,
            subject: Title::from_stored(format!("Sluikstort aan de glasbol, melding {number}")),
            question: Paragraph::from_stored(
                "Graag opruimen en nagaan of de glasbol vaker geledigd kan worden. ".repeat(4),
            ),
            carries_personal_data: false,
            data_sharing_protocol_id: None,
            decision_id: None,
        };
        let calendar = Calendar::default();
        let subject = TermSubject {
            organisation_id: *service,
            consultation_id: self.consultation,
            category: category()?,
            urgency: Urgency::Normal,
        };
        let clockwork = Clockwork {
            terms: terms_for(&subject, &[]),
            calendar: calendar.clone(),
            known_at: stamp.at,
            category: subject.category,
            protocol_id: None,
        };
        let sent = FollowUpRequest::create_and_send(command, &clockwork, &stamp);
        transaction.save(&sent)?;
        let is_open = number % 10 < 6 || index % self.services.len() == 0;
        if is_open {
            return Ok((index % self.services.len() == 0).then_some(id));
        }
        let accepted = changed(sent.state.accept(&Accept::default(), &stamp))?;
        transaction.save(&accepted)?;
        if number % 10 >= 8 {
            let answer = Answer {
                text: Paragraph::from_stored("Opgeruimd.".to_owned()),
                outcome: AnswerOutcome::Done,
                channel: None,
            };
            let answered = changed(accepted.state.answer(&answer, Side::Service, &calendar, &stamp))?;
            transaction.save(&answered)?;
            let closed = changed(answered.state.verify(&MaySay::default(), &stamp))?;
            transaction.save(&closed)?;
        }
        Ok(None)
    }

    fn case(&self, transaction: &mut Transaction<'_>, number: u32) -> Result<CaseId, StoreError> {
        // Cases of one batch share their first bits with their number, so that every request finds its own.
        let case_number = number / self.per_case;
        let id: CaseId =
            uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(case_number)).into();
        if !number.is_multiple_of(self.per_case) {
            return Ok(id);
        }
        let Some(code) = ConsultationCode::parse("KRO") else { return Err(StoreError::NotFound) };
        let jitter = f64::from(case_number % 1_000) / 20_000.0;
        let description = Description {
            category: category()?,
            secondary_categories: Vec::new(),
            title: Title::from_stored(format!("Sluikstort {case_number}")),
            description: None,
            source: Source::Guard,
            pattern: None,
            time_slots: Vec::new(),
            location: Location {
                kind: LocationKind::Street,
                address: Some(Title::from_stored(format!("Dendermondsesteenweg {}", case_number % 300))),
                address_uri: None,
                point: Wgs84::new(4.03 + jitter, 50.93 + jitter / 2.0).ok(),
                sector: None,
                area_id: None,
            },
            lead_organisation_id: Some(self.city),
            severity: None,
        };
        let command = CreateCase {
            id,
            reference: CaseReference::new(&code, 2020, i64::from(case_number) + 1),
            consultation_id: self.consultation,
            kind: CaseKind::Situation,
            description,
            admit: true,
            earlier_cases: None,
        };
        let change = Case::create(command, &transaction.stamp())
            .map_err(|error| StoreError::Unwritable(error.to_string()))?;
        transaction.save(&change)?;
        Ok(id)
    }
}

fn changed<S, E, F: std::fmt::Display>(
    outcome: Result<Outcome<S, E>, F>,
) -> Result<domain::change::Change<S, E>, StoreError> {
    match outcome {
        Ok(Outcome::Changed(change)) => Ok(change),
        Ok(Outcome::Unchanged(_)) => Err(StoreError::Unwritable("nothing changed".to_owned())),
        Err(error) => Err(StoreError::Unwritable(error.to_string())),
    }
}

fn category() -> Result<CategoryCode, StoreError> {
    CategoryCode::parse("AFV.SLUIK").map_err(|error| StoreError::Unwritable(error.to_string()))
}

fn labels(nl: &str) -> Labels {
    Labels { nl: nl.to_owned(), fr: None, en: None }
}

fn organisation(id: OrganisationId, takes_requests: bool) -> Organisation {
    Organisation {
        id,
        version: Version::FIRST,
        kind: if takes_requests { Kind::CityService } else { Kind::City },
        regime: Regime::City,
        name: labels(&format!("Dienst {id}")),
        enterprise_number: None,
        ovo_code: None,
        takes_requests,
        contact_function: Some("Wijkmanager".to_owned()),
        valid_from: jiff::civil::date(2012, 1, 1),
        valid_to: None,
        successor_id: None,
    }
}
