//! Adding an hourly rate.

use actix_web::post;
use domain::access::{Operation, Sight};
use domain::consultation::FunctionCode;
use domain::hourly_rate::{Cents, HourlyRate as Rate};
use domain::id::ConsultationId;
use jiff::civil::Date;
use persistence::ReferenceData;
use persistence::hourly_rates::{self, StoredRate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::HourlyRate;
use super::view::tag;
use crate::call::Call;
use crate::endpoint;
use crate::forms;
use crate::input::Faults;
use crate::problem::{Code, Detail, Issue, Kind, Place, Problem};
use crate::ref_data::Unique;
use crate::reply::Reply;

/// A new hourly rate.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "consultationId": "019a9d3e-0000-7000-8000-0000000000a1",
    "function": "chiefInspector",
    "centsPerHour": 5200,
    "validFrom": "2026-01-01"
})))]
pub struct CreateHourlyRateBody {
    /// The consultation that it is for.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// The function that it is for: one that a member has in the consultation.
    #[schema(value_type = forms::FunctionCode)]
    function: String,
    /// What an hour of one person costs, in cents of a euro.
    #[schema(minimum = 0, maximum = 100_000)]
    cents_per_hour: u32,
    /// The first day on which it holds, until a later rate of the function begins.
    valid_from: Date,
}

impl CreateHourlyRateBody {
    fn rate(&self, sight: &Sight, reference: &ReferenceData) -> Result<Rate, Problem> {
        let mut faults = Faults::default();
        let consultation = reference.consultation(self.consultation_id);
        let is_own = sight.everything || sight.consultations.contains(&self.consultation_id);
        let function = match consultation.filter(|_| is_own) {
            None => {
                faults.add(Issue::not_found("consultationId"));
                None
            }
            Some(consultation) => {
                let known = FunctionCode::parse(&self.function)
                    .filter(|function| consultation.members.iter().any(|it| it.function == *function));
                if known.is_none() {
                    faults.add(Issue::invalid("function", unknown_function()));
                }
                known
            }
        };
        let cents = Cents::new(self.cents_per_hour);
        if cents.is_none() {
            let issue = Issue::new(Kind::OutOfRange, Place::Body, "centsPerHour");
            faults.add(issue.bounds(Some(0.into()), Some(Cents::MOST.into())));
        }
        let (function, cents_per_hour) = faults.finish(function.zip(cents))?;
        Ok(Rate { function, cents_per_hour, valid_from: self.valid_from })
    }
}

fn unknown_function() -> Detail {
    Detail::new(
        "Geen lid van het overleg heeft deze functie.",
        "Aucun membre de la concertation n'a cette fonction.",
        "No member of the consultation has this function.",
    )
}

endpoint!(
    /// Adds an hourly rate.
    pub CreateHourlyRate, body = CreateHourlyRateBody
);

/// Add an hourly rate.
///
/// It holds from its day on, until a later rate of the same function begins. Neighbourhood managers and members of the
/// city team add rates for their own consultations. A second rate of a function from the same day is a conflict: take the
/// first one away.
#[utoipa::path(
    tag = "Reference Data",
    request_body = CreateHourlyRateBody,
    responses((status = 201, description = "The new rate", body = HourlyRate))
)]
#[post("/hourlyRates")]
pub async fn create_hourly_rate(call: Call<CreateHourlyRate>) -> Result<Reply, Problem> {
    let reference = call.reference().await?;
    let consultation_id = call.body.consultation_id;
    let rate = call.body.rate(call.permit.sight(), &reference)?;
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    let mut unique = Unique::new(&[("hourly_rates_begin", "validFrom")]);
    call.write(move |unit| {
        let seat = principal.seat(Operation::CreateHourlyRate, consultation_id);
        unit.act_for(seat.ok_or_else(|| Problem::new(Code::MissingPermission))?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let stored = StoredRate {
            id: unit.new_id().into(),
            consultation_id,
            rate: rate.clone(),
            recorded_at: unit.now(),
        };
        let added = hourly_rates::add(unit, &stored);
        unique.check(added)?;
        let view = HourlyRate::of(&stored, &base_url);
        let location = view.href.clone();
        Ok(Reply::created(&view, location)?.tag(&tag()))
    })
    .await
}
