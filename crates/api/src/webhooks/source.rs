//! The change feed as subscriptions read it.

use domain::access::Principal;
use domain::webhook::Pattern;
use persistence::webhooks::NewDelivery;
use persistence::{AnyConnection, StoreError};
use uuid::Uuid;

use crate::state::State;
use crate::work::Refusal;

pub(super) struct Told {
    pub(super) position: i64,
}
pub(super) struct Readership;
impl Told {
    pub(super) fn kind(&self) -> &str {
        ""
    }
    pub(super) fn done(&self) -> &str {
        ""
    }
    pub(super) fn id(&self) -> Uuid {
        Uuid::nil()
    }
    pub(super) fn delivery(&self) -> NewDelivery {
        NewDelivery {
            position: self.position,
            webhook_id: Uuid::nil(),
            subject_kind: String::new(),
            subject_id: Uuid::nil(),
            verb: String::new(),
        }
    }
}
pub(super) fn readership(_: &Principal) -> Readership {
    Readership
}
pub(super) fn service(_state: &State) -> &'static str {
    "be.example.wijkoverleg.v1"
}
pub(super) fn is_known(_pattern: &Pattern) -> bool {
    true
}
pub(super) fn head(_connection: &mut AnyConnection) -> Result<i64, StoreError> {
    Ok(0)
}
pub(super) fn is_lost(_connection: &mut AnyConnection, _cursor: i64) -> Result<bool, StoreError> {
    Ok(false)
}
pub(super) fn after(_: &mut AnyConnection, _: &Readership, _: i64, _: i64) -> Result<Vec<Told>, StoreError> {
    Ok(Vec::new())
}
pub(super) fn at(_: &mut AnyConnection, _: &Readership, _: i64) -> Result<Option<Told>, StoreError> {
    Ok(None)
}
pub(super) fn body(_state: &State, _told: &Told) -> Result<Vec<u8>, Refusal> {
    Ok(Vec::new())
}
