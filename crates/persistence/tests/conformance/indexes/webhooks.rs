//! Webhook subscriptions with their deliveries.

use domain::access::Sight;
use domain::webhook::DeliveryState;
use persistence::AnyConnection;
use persistence::webhooks::{self, DeliveryFilter, Filter};
use uuid::Uuid;

use super::check;
use super::plan::{plans, sorts, uses};
use crate::world::*;

pub(super) fn lists_of_webhooks(world: &World<'_>, connection: &mut AnyConnection) {
    let own = Sight { own: [world.city].into(), ..Sight::default() };
    for (index, sight) in [
        ("webhook_subscriptions_organisation|webhook_subscriptions_created", &own),
        ("webhook_subscriptions_created", &everything()),
    ] {
        check(connection, index, |c, page| webhooks::list(c, sight, &Filter::default(), page).map(drop));
    }
    let id = Uuid::from_u128(3).into();
    for (index, state) in [
        ("webhook_deliveries_subscription", None),
        ("webhook_deliveries_state", Some(DeliveryState::Delivered)),
    ] {
        let filter = DeliveryFilter { state };
        check(connection, index, |c, page| webhooks::list_deliveries(c, id, &filter, page).map(drop));
    }
    let pending = plans(connection, |c| webhooks::pending(c, id, 100).map(drop));
    assert!(uses(&pending[0], "webhook_deliveries_pending") && !sorts(&pending[0]), "{}", pending[0]);
}
