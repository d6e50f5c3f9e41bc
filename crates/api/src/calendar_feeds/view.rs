//! What members of a consultation see of its calendar feeds.

use domain::calendar_feed;
use domain::id::{CalendarFeedId, ConsultationId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::config::Secret;
use crate::etag::EntityTag;
use crate::follow_ups::ActorView;

/// A calendar feed; its address was shown when it was made.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarFeed {
    /// Its address in this API.
    #[schema(format = "uri")]
    pub(super) href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: CalendarFeedId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The consultation whose meetings it shows.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// What it is for, in words of who made it.
    label: Option<String>,
    /// When it was made.
    created_at: Timestamp,
    /// Who made it.
    created_by: ActorView,
}

/// A calendar feed that was just made, with the address that calendar programs take.
#[serde_with::skip_serializing_none]
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedCalendarFeed {
    /// Its address in this API.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: CalendarFeedId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The consultation whose meetings it shows.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// What it is for, in words of who made it.
    label: Option<String>,
    /// When it was made.
    created_at: Timestamp,
    /// Who made it.
    created_by: ActorView,
    /// What calendar programs subscribe to, without a token: a secret, shown this once and kept nowhere.
    #[schema(format = "uri")]
    address: String,
}

impl CalendarFeed {
    /// Makes the view of a feed.
    pub(super) fn of(feed: &calendar_feed::CalendarFeed, base_url: &str) -> Self {
        Self {
            href: format!("{base_url}/calendarFeeds/{}", feed.id),
            id: feed.id,
            version: feed.version.0,
            etag: tag(feed).as_str().to_owned(),
            consultation_id: feed.consultation_id,
            label: feed.label.as_ref().map(ToString::to_string),
            created_at: feed.created_at,
            created_by: (&feed.created_by).into(),
        }
    }

    /// Adds the address with its secret.
    pub(super) fn with_secret(self, secret: &Secret, base_url: &str) -> CreatedCalendarFeed {
        let Self { href, id, version, etag, consultation_id, label, created_at, created_by } = self;
        let address = crate::calendars::address(secret, base_url);
        CreatedCalendarFeed {
            href,
            id,
            version,
            etag,
            consultation_id,
            label,
            created_at,
            created_by,
            address,
        }
    }
}

/// Gives the entity tag of a feed.
pub(super) fn tag(feed: &calendar_feed::CalendarFeed) -> EntityTag {
    EntityTag::document(feed.version, "k")
}
