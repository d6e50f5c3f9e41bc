//! What every list over the store shares: its order by an instant, its place, its entity tag.

use std::time::Duration;

use domain::access::{NoteSight, Sight};
use jiff::Timestamp;
use persistence::{AnyConnection, Direction, PageRequest, Place, StoreError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint::Operates;
use crate::etag::EntityTag;
use crate::fingerprint;
use crate::limits::Place as Seat;
use crate::news::{Records, Standing, scopes};
use crate::page::{self, PageQuery};
use crate::problem::Problem;
use crate::work::blocking;

/// The place of the last row of a page, as it travels in `next`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct At(i64, Uuid);

impl At {
    /// Names the place of a row.
    pub fn new(at: Timestamp, id: impl Into<Uuid>) -> Self {
        Self(at.as_microsecond(), id.into())
    }

    fn place(self) -> Option<Place> {
        Some(Place { at: Timestamp::from_microsecond(self.0).ok()?, id: self.1 })
    }
}

impl From<page::Direction> for Direction {
    fn from(direction: page::Direction) -> Self {
        match direction {
            page::Direction::Ascending => Self::Ascending,
            page::Direction::Descending => Self::Descending,
        }
    }
}

impl<E: Operates<Permit = Permit<E>>> Call<E> {
    /// Gives the part of a list that the caller asks for.
    pub fn page_request(&self, page: &PageQuery, direction: Direction) -> Result<PageRequest, Problem> {
        let after = self.position::<At>(page)?.and_then(At::place);
        Ok(PageRequest { direction, after, size: i64::from(page.page_size) })
    }

    /// Gives the one property that a list is ordered by, or the default.
    pub fn order_by<F: Copy>(
        &self,
        given: &[String],
        fields: &[(&str, F)],
        default: (F, Direction),
    ) -> Result<(F, Direction), Problem> {
        let order = self.order(given.get(..1).unwrap_or_default(), fields)?;
        Ok(order.first().map_or(default, |(field, direction)| (*field, (*direction).into())))
    }

    /// Gives a fingerprint of everything that the caller can see: it moves with every change in its view.
    ///
    /// The counters are at most a second old; when they cannot be read, the caller is told so instead of being given a
    /// list that may have changed.
    pub async fn view_fingerprint(&self, sight: &Sight) -> Result<u64, Problem> {
        self.fingerprint_of(scopes(sight)).await
    }

    /// Gives a fingerprint of some scopes, as [`Call::view_fingerprint`] does for those of what the caller can see.
    pub async fn fingerprint_of(&self, scopes: impl IntoIterator<Item = Uuid>) -> Result<u64, Problem> {
        let store = &self.state.store;
        if !store.views().are_fresh() {
            let store = store.clone();
            // Of several callers who find them old at once, the first one reads them.
            let refresh = move || if store.views().are_fresh() { Ok(()) } else { store.refresh_views() };
            blocking(move || Ok(refresh()?)).await?;
        }
        Ok(store.views().fingerprint(scopes))
    }

    /// Gives how the view of the caller stands; the next moment at which time alone changes its records is read when
    /// something changed, and kept in memory for as long as nothing does.
    pub async fn standing(
        &self,
        sight: &Sight,
        records: Records,
        next_moment: fn(&mut AnyConnection, &Sight, Timestamp) -> Result<Option<Timestamp>, StoreError>,
    ) -> Result<Standing, Problem> {
        let fingerprint = self.view_fingerprint(sight).await?;
        let now = self.state.clock.now();
        let news = &self.state.news;
        if let Some(until) = news.next_moment(records, sight, fingerprint, now) {
            return Ok(Standing { fingerprint, until });
        }
        let reading = sight.clone();
        let until = self.read(move |connection| Ok(next_moment(connection, &reading, now)?)).await?;
        news.remember(records, sight.clone(), fingerprint, now, until);
        Ok(Standing { fingerprint, until })
    }

    /// Waits until something changes in some scopes, for at most so long; false when nothing did. Meanwhile the call takes none
    /// of the places of its client but one of those for waiting.
    pub async fn wait_for_news(
        &self,
        scopes: impl IntoIterator<Item = Uuid>,
        standing: Standing,
        wait: Duration,
    ) -> Result<bool, Problem> {
        let context = self.context()?;
        let limits = &self.state.limits;
        limits.sit_down(&context, self.state.clock.now())?;
        let is_new = self.state.news.wait(&self.state, scopes, standing, wait).await;
        if is_new {
            limits.stand_up(&context).await;
        }
        Ok(is_new)
    }

    /// Takes one of the places for waiting instead of a working place, for as long as the answer goes on.
    pub(crate) fn sit_down(&self) -> Result<Option<Seat>, Problem> {
        let context = self.context()?;
        self.state.limits.sit_down(&context, self.state.clock.now())?;
        Ok(context.place.take())
    }

    /// Makes the entity tag of a list: what the caller may see, what it asks for, and how that stands.
    pub fn list_tag(&self, sight: &Sight, fingerprint: u64, until: Option<Timestamp>) -> EntityTag {
        self.tag_of(&rights(sight), fingerprint, until)
    }

    /// Makes the entity tag of a list that also depends on which notes the caller may read.
    pub fn list_tag_with_notes(&self, sight: &Sight, notes: &NoteSight, fingerprint: u64) -> EntityTag {
        let NoteSight { team, police, housing, own_housing } = notes;
        let mut rights = rights(sight);
        for consultations in [team, police, housing] {
            add(&mut rights, consultations.iter().map(|id| id.uuid()));
        }
        add(&mut rights, own_housing.iter().map(|id| id.uuid()));
        self.tag_of(&rights, fingerprint, None)
    }

    fn tag_of(&self, rights: &[u8], fingerprint: u64, until: Option<Timestamp>) -> EntityTag {
        let (path, query) = self.target();
        let until = until.map_or(i64::MAX, Timestamp::as_microsecond);
        EntityTag::opaque(fingerprint::of([
            rights,
            path.as_bytes(),
            query.as_bytes(),
            self.language.code().as_bytes(),
            &fingerprint.to_be_bytes(),
            &until.to_be_bytes(),
        ]))
    }
}

/// Writes rights in a row: each set with its size before it, so that none runs into the next.
fn rights(sight: &Sight) -> Vec<u8> {
    let Sight { everything, consultations, led, addressed, own } = sight;
    let mut rights = Vec::with_capacity(128);
    rights.push(u8::from(*everything));
    add(&mut rights, consultations.iter().map(|id| id.uuid()));
    add(&mut rights, led.iter().map(|id| id.uuid()));
    for organisations in [addressed, own] {
        add(&mut rights, organisations.iter().map(|id| id.uuid()));
    }
    rights
}

fn add(rights: &mut Vec<u8>, ids: impl ExactSizeIterator<Item = Uuid>) {
    rights.extend_from_slice(&ids.len().to_be_bytes());
    for id in ids {
        rights.extend_from_slice(id.as_bytes());
    }
}
