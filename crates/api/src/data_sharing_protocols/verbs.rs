//! The verbs of a protocol's life cycle.

use actix_web::post;
use domain::calendar::local_date;
use domain::change::{Outcome as GenericOutcome, Stamp};
use domain::data_sharing_protocol::{DataSharingProtocol as Protocol, Outcome, ProtocolError, Verb};
use jiff::civil::Date;
use persistence::data_sharing_protocols;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::tag;
use super::{DataSharingProtocol, ProtocolPath};
use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint;
use crate::endpoint::Operates;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::work::Refusal;

/// Carries out a verb: find, replay, check the version, decide, save, answer.
pub(super) async fn act<E>(
    call: Call<E>,
    decide: impl Fn(Protocol, Date, &Stamp) -> Result<Outcome, Refusal> + Send + 'static,
) -> Result<Reply, Problem>
where
    E: Operates<Permit = Permit<E>, Path = ProtocolPath>,
{
    let id = call.path.data_sharing_protocol_id;
    let base_url = call.state.base_url.clone();
    let today = local_date(call.request.now);
    call.write(move |unit| {
        let found = data_sharing_protocols::find(unit.connection(), id)?;
        let protocol = found.ok_or_else(|| Problem::not_found("dataSharingProtocolId"))?;
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(protocol.version)?;
        let protocol = match decide(protocol, today, &unit.stamp())? {
            GenericOutcome::Unchanged(protocol) => protocol,
            GenericOutcome::Changed(change) => {
                unit.save(&change)?;
                change.state
            }
        };
        let view = DataSharingProtocol::of(&protocol, today, &base_url);
        Ok::<_, Refusal>(Reply::ok(&view)?.tag(&tag(&protocol, today)))
    })
    .await
}

/// Nothing to say.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({})))]
pub struct ValidateBody {}

endpoint!(
    /// Puts a protocol into force.
    pub ValidateDataSharingProtocol, path = ProtocolPath, body = ValidateBody
);

/// Put a data-sharing protocol into force.
///
/// It was signed: from its first day to its last one requests that carry personal data are sent under it, and it stands in the
/// public register.
#[utoipa::path(
    tag = "Data Sharing",
    params(ProtocolPath),
    request_body = ValidateBody,
    responses((status = 200, description = "The protocol after it", body = DataSharingProtocol))
)]
#[post("/dataSharingProtocols/{dataSharingProtocolId}/validate")]
pub async fn validate_data_sharing_protocol(
    call: Call<ValidateDataSharingProtocol>,
) -> Result<Reply, Problem> {
    act(call, |protocol, today, stamp| Ok(protocol.validate(today, stamp)?)).await
}

/// Why a protocol ends.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"reason": "Vervangen door het protocol van 2027."})))]
pub struct RevokeBody {
    /// Why; it is published.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

endpoint!(
    /// Ends a protocol before its last day.
    pub RevokeDataSharingProtocol, path = ProtocolPath, body = RevokeBody
);

/// Revoke a data-sharing protocol.
///
/// From now on nothing is sent under it; what was sent before goes on.
#[utoipa::path(
    tag = "Data Sharing",
    params(ProtocolPath),
    request_body = RevokeBody,
    responses((status = 200, description = "The protocol after it", body = DataSharingProtocol))
)]
#[post("/dataSharingProtocols/{dataSharingProtocolId}/revoke")]
pub async fn revoke_data_sharing_protocol(call: Call<RevokeDataSharingProtocol>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let reason = faults.text("reason", &call.body.reason);
    let reason = faults.finish(reason)?;
    act(call, move |protocol, today, stamp| Ok(protocol.revoke(&reason, today, stamp)?)).await
}

impl From<ProtocolError> for Refusal {
    fn from(ProtocolError { from, verb, allowed }: ProtocolError) -> Self {
        let reason = format!("{verb} is not possible from {from}");
        let allowed: Vec<&str> = allowed.into_iter().map(Verb::code).collect();
        Problem::illegal_transition(from.code(), verb.code(), &reason, allowed).into()
    }
}
