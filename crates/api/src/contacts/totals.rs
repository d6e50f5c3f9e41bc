//! Contacts counted by kind, month and consultation.

use std::collections::BTreeMap;

use actix_web::get;
use domain::contact::Kind;
use domain::id::ConsultationId;
use jiff::civil::Date;
use persistence::contacts::{self, Count};
use serde::Serialize;
use utoipa::ToSchema;

use super::list::ContactFilter;
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::Reply;

/// How many contacts there are; the same as a list with the same filter.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactTotals {
    /// All of them.
    total: i64,
    /// With services of the city and the police.
    internal: i64,
    /// With partners outside.
    external: i64,
    /// By consultation.
    by_consultation: Vec<ContactsOfConsultation>,
    /// By consultation and month.
    by_month: Vec<ContactsOfMonth>,
}

/// How many contacts a consultation had.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactsOfConsultation {
    /// The consultation.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// All of them.
    total: i64,
    /// With services of the city and the police.
    internal: i64,
    /// With partners outside.
    external: i64,
}

/// How many contacts a consultation had in a month; one without any is left out.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactsOfMonth {
    /// The consultation.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// The month.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$", example = "2026-03")]
    month: String,
    /// All of them.
    total: i64,
    /// With services of the city and the police.
    internal: i64,
    /// With partners outside.
    external: i64,
}

/// Contacts by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct ByKind {
    internal: i64,
    external: i64,
}

impl ByKind {
    const fn add(&mut self, count: &Count) {
        let counter = match count.kind {
            Kind::Internal => &mut self.internal,
            Kind::External => &mut self.external,
        };
        *counter = counter.saturating_add(count.count);
    }

    const fn total(self) -> i64 {
        self.internal.saturating_add(self.external)
    }
}

impl ContactTotals {
    fn of(counts: &[Count]) -> Self {
        let mut all = ByKind::default();
        let mut by_consultation: BTreeMap<ConsultationId, ByKind> = BTreeMap::new();
        let mut by_month: BTreeMap<(ConsultationId, Date), ByKind> = BTreeMap::new();
        for count in counts {
            all.add(count);
            by_consultation.entry(count.consultation_id).or_default().add(count);
            let month = (count.consultation_id, count.contacted_on.first_of_month());
            by_month.entry(month).or_default().add(count);
        }
        Self {
            total: all.total(),
            internal: all.internal,
            external: all.external,
            by_consultation: by_consultation
                .into_iter()
                .map(|(consultation_id, of)| ContactsOfConsultation {
                    consultation_id,
                    total: of.total(),
                    internal: of.internal,
                    external: of.external,
                })
                .collect(),
            by_month: by_month
                .into_iter()
                .map(|((consultation_id, month), of)| ContactsOfMonth {
                    consultation_id,
                    month: month.strftime("%Y-%m").to_string(),
                    total: of.total(),
                    internal: of.internal,
                    external: of.external,
                })
                .collect(),
        }
    }
}

endpoint!(
    /// Counts contacts.
    pub GetContactTotals, query = ContactFilter
);

/// Count contacts.
///
/// The contacts that a list with the same filter gives, by kind, by consultation and by the month in which they took place.
#[utoipa::path(
    tag = "Contacts",
    params(ContactFilter),
    responses((status = 200, description = "The totals", body = ContactTotals))
)]
#[get("/contacts/totals")]
pub async fn get_contact_totals(call: Call<GetContactTotals>) -> Result<Reply, Problem> {
    let filter = call.query.filter()?;
    let sight = call.permit.sight().clone();
    let fingerprint = call.view_fingerprint(&sight).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag));
    }
    let counts = call.read(move |connection| Ok(contacts::count(connection, &sight, &filter)?)).await?;
    Ok(Reply::ok(&ContactTotals::of(&counts))?.tag(&tag))
}
