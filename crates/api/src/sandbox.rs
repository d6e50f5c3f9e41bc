//! The sandbox: time that its user moves on, to see in seconds what takes weeks.
//!
//! Its operations are in no contract but its own. What happens in the domain happens in sandbox time; tokens run on real time.

mod clock;

use std::sync::Arc;

use actix_web::{get, post};
use domain::calendar::{later, local_date};
use jiff::{Span, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

pub use clock::SandboxClock;

use crate::call::Call;
use crate::clock::Clock as _;
use crate::endpoint;
use crate::problem::{Detail, Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::routes;
use crate::state::State;
use crate::sweep::{Sweep, Swept};
use crate::work::{Refusal, blocking};

/// How far one step goes at the most, in years.
const LONGEST: i8 = 10;

/// Registers every operation of the API and those of the sandbox.
pub fn routes(config: &mut ServiceConfig<'_>) {
    routes::routes(config);
    config.service(get_sandbox_clock).service(advance_sandbox_clock);
}

/// The time in the sandbox.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SandboxTime {
    /// The moment that it is.
    now: Timestamp,
    /// The day that it is in Europe/Brussels.
    today: jiff::civil::Date,
}

/// How far the time moves on: by a duration or to a moment.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"duration": "P1D"})))]
struct AdvanceBody {
    /// An ISO 8601 duration; `P1D` is a calendar day in Europe/Brussels, `PT24H` are 24 hours.
    #[schema(min_length = 3, max_length = 40, pattern = "^P[0-9A-Z.]+$")]
    duration: Option<String>,
    /// A moment that has not come yet.
    to: Option<Timestamp>,
}

/// What happened in between.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Advanced {
    /// The moment that it was.
    from: Timestamp,
    /// The moment that it is now.
    now: Timestamp,
    /// How many steps of the rules took effect, in their order and each at its instant.
    fired: u64,
    /// Where they stand.
    #[schema(format = "uri")]
    ledger: String,
}

endpoint!(
    /// Tells the time of the sandbox.
    GetSandboxClock, open = "getSandboxClock"
);

/// Read the clock.
#[utoipa::path(
    tag = "Sandbox",
    responses((status = 200, description = "The time in the sandbox", body = SandboxTime)),
    extensions(("x-etag" = json!(false)))
)]
#[get("/sandbox/clock")]
async fn get_sandbox_clock(call: Call<GetSandboxClock>) -> Result<Reply, Problem> {
    let now = call.request.now;
    Reply::ok(&SandboxTime { now, today: local_date(now) })
}

endpoint!(
    /// Moves the time of the sandbox on.
    AdvanceSandboxClock, open = "advanceSandboxClock", body = AdvanceBody
);

/// Move the time on.
///
/// Whatever is due in between happens in its order, each at its instant: who looks at `/escalationLedger` afterwards reads
/// what would have been in it had the time passed by itself. Time never goes back.
#[utoipa::path(
    tag = "Sandbox",
    request_body = AdvanceBody,
    responses((status = 200, description = "What happened in between", body = Advanced)),
    extensions(("x-idempotency-key" = json!(false)))
)]
#[post("/sandbox/clock/advance")]
async fn advance_sandbox_clock(call: Call<AdvanceSandboxClock>) -> Result<Reply, Problem> {
    let state = Arc::clone(&call.state);
    let body = call.body.clone();
    let advanced = blocking(move || {
        let sandbox = state.sandbox.as_ref().ok_or_else(|| Problem::internal("no sandbox"))?;
        // One after the other: the time of one is the beginning of the next.
        let _turn = sandbox.turn();
        // What became due since the last look is over before the time that is let pass.
        let sweep = Sweep { store: &state.store, reference: &state.reference, ids: &state.ids };
        look(&state, &sweep, sandbox.now())?;
        let from = sandbox.now();
        let to = body.target(from)?;
        let fired = pass(&state, sandbox, to)?;
        let ledger = format!("{}/escalationLedger?sort=effectiveAt&effectiveFrom={from}", state.base_url);
        Ok(Advanced { from, now: sandbox.now(), fired, ledger })
    })
    .await?;
    Reply::ok(&advanced)
}

impl AdvanceBody {
    fn target(&self, now: Timestamp) -> Result<Timestamp, Problem> {
        let fault = |kind, name: &str| Problem::bad_request([Issue::new(kind, Place::Body, name)]);
        let (name, target) = match (&self.duration, self.to) {
            (Some(_), Some(_)) | (None, None) => return Err(fault(Kind::ExactlyOneOfExpected, "duration")),
            (None, Some(to)) => ("to", Some(to)),
            (Some(text), None) => {
                let span: Span = text.parse().map_err(|_| fault(Kind::SchemaViolation, "duration"))?;
                ("duration", later(now, span))
            }
        };
        let latest = later(now, LONGEST.years());
        target.filter(|to| *to >= now && latest.is_none_or(|latest| *to <= latest)).ok_or_else(|| {
            Problem::bad_request([Issue::new(Kind::OutOfRange, Place::Body, name).detail(
                Detail::new(
                    "De tijd gaat vooruit, hoogstens {years} jaar per keer.",
                    "Le temps avance, d'au plus {years} ans à la fois.",
                    "Time moves on, {years} years at a time at the most.",
                )
                .with("years", LONGEST),
            )])
        })
    }
}

/// Lets time pass, stopping at whatever is due; gives the number of steps that took effect.
fn pass(state: &State, clock: &SandboxClock, to: Timestamp) -> Result<u64, Refusal> {
    let sweep = Sweep { store: &state.store, reference: &state.reference, ids: &state.ids };
    let mut fired = 0;
    let mut last = None;
    while let Some(next) = sweep.next()?.filter(|next| *next <= to) {
        // What stays due after it was looked at is left to the last sweep.
        if last == Some(next) {
            break;
        }
        last = Some(next);
        clock.set(next.max(clock.now()));
        fired += look(state, &sweep, clock.now())?.fired;
    }
    clock.set(to.max(clock.now()));
    fired += look(state, &sweep, clock.now())?.fired;
    Ok(fired)
}

fn look(state: &State, sweep: &Sweep<'_>, now: Timestamp) -> Result<Swept, Refusal> {
    let swept = sweep.run(now, || true)?;
    state.metrics.sweep.count(&swept);
    Ok(swept)
}
