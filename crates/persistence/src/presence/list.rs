//! Lists and totals of presence records: filters, order and permission in one statement.

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::calendar::Period;
use domain::id::{AreaId, GuardGroupId, OrganisationId, PresenceRecordId};
use domain::presence::{Counted, LONGEST, PresenceRecord, Status, Task};
use jiff::Timestamp;

use super::{Row, number};
use crate::branches::{AmongBranches, BRANCHES};
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, among, keyset};
use crate::schema::presence_records;
use crate::types::{Instant, Key, key};

/// The records that a principal may see: all, or those in the areas of its consultations, and those of its own
/// organisations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PresenceSight {
    /// Every record.
    pub everything: bool,
    /// The records in these areas.
    pub areas: BTreeSet<AreaId>,
    /// The records of these organisations.
    pub own: BTreeSet<OrganisationId>,
}

impl PresenceSight {
    fn is_blind(&self) -> bool {
        !self.everything && self.areas.is_empty() && self.own.is_empty()
    }
}

/// What a list or the totals of presence records are narrowed to; within one property any of the values will do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In these areas; absent for all.
    pub areas: Option<BTreeSet<AreaId>>,
    /// Of this group.
    pub guard_group_id: Option<GuardGroupId>,
    /// With these tasks.
    pub tasks: Vec<Task>,
    /// In these states.
    pub statuses: Vec<Status>,
    /// That began at or after this moment.
    pub started_from: Option<Timestamp>,
    /// That began before this moment.
    pub started_before: Option<Timestamp>,
}

/// Narrows a boxed query to what a principal may see.
macro_rules! visible {
    ($query:expr, $sight:expr) => {{
        use presence_records as r;
        let sight: &PresenceSight = $sight;
        let areas: Vec<Key> = sight.areas.iter().copied().map(key).collect();
        let own: Vec<Key> = sight.own.iter().copied().map(key).collect();
        let query = $query;
        match (sight.everything, areas.as_slice(), own.as_slice()) {
            (true, _, _) => query,
            (false, [one], []) => query.filter(r::area_id.eq(*one)),
            (false, [], [one]) => query.filter(r::organisation_id.eq(*one)),
            (false, _, []) => query.filter(r::area_id.eq_any(areas)),
            (false, [], _) => query.filter(r::organisation_id.eq_any(own)),
            (false, _, _) => query.filter(r::area_id.eq_any(areas).or(r::organisation_id.eq_any(own))),
        }
    }};
}

/// Narrows a boxed query by a filter.
macro_rules! narrowed {
    ($query:expr, $filter:expr) => {{
        use presence_records as r;
        let filter: &Filter = $filter;
        let mut query = $query;
        if let Some(areas) = &filter.areas {
            query = among!(query, r::area_id, areas.iter().copied().map(key).collect());
        }
        if let Some(group) = filter.guard_group_id {
            query = query.filter(r::guard_group_id.eq(key(group)));
        }
        match filter.tasks.as_slice() {
            [] => {}
            [task] => query = query.filter(r::task.eq(task.code())),
            tasks => query = query.filter(r::task.eq_any(tasks.iter().map(|task| task.code()))),
        }
        match filter.statuses.as_slice() {
            [] => {}
            [status] => query = query.filter(r::status.eq(status.code())),
            statuses => query = query.filter(r::status.eq_any(statuses.iter().map(|status| status.code()))),
        }
        if let Some(from) = filter.started_from {
            query = query.filter(r::started_at.ge(Instant(from)));
        }
        if let Some(before) = filter.started_before {
            query = query.filter(r::started_at.lt(Instant(before)));
        }
        query
    }};
}

/// Finds a record that a principal may see.
pub fn find(
    connection: &mut AnyConnection,
    sight: &PresenceSight,
    id: PresenceRecordId,
) -> Result<Option<PresenceRecord>, StoreError> {
    let query = presence_records::table.filter(presence_records::id.eq(key(id))).into_boxed();
    let row: Option<Row> = visible!(query, sight).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Lists the records that a principal may see, by the moment at which the shift began.
pub fn list(
    connection: &mut AnyConnection,
    sight: &PresenceSight,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<PresenceRecord>, StoreError> {
    use presence_records as r;
    let sight = within(sight, filter);
    if sight.is_blind() {
        return Ok(Page { items: Vec::new(), has_more: false });
    }
    let query = r::table.into_boxed();
    let views = single_views(&sight, filter);
    let query = if (2..=BRANCHES).contains(&views.len()) {
        let branches = views.iter().map(|view| {
            let query = visible!(r::table.select(r::id).into_boxed(), view);
            keyset!(narrowed!(query, filter), r::started_at, r::id, page)
        });
        query.filter(AmongBranches { id: "presence_records.id", branches: branches.collect() })
    } else {
        narrowed!(visible!(query, &sight), filter)
    };
    let rows: Vec<Row> = keyset!(query, r::started_at, r::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Gives the shifts that count and share a moment with a period, as a principal may count them; in one statement.
pub fn counted(
    connection: &mut AnyConnection,
    sight: &PresenceSight,
    filter: &Filter,
    period: Period,
) -> Result<Vec<Counted>, StoreError> {
    use presence_records as r;
    let sight = within(sight, filter);
    if sight.is_blind() {
        return Ok(Vec::new());
    }
    // No shift is longer, so that none that began before can reach into the period.
    let earliest = period.begins_at().saturating_sub(LONGEST).unwrap_or(Timestamp::MIN);
    let query = r::table
        .filter(r::status.eq(Status::Recorded.code()))
        .filter(r::started_at.ge(Instant(earliest)))
        .filter(r::started_at.lt(Instant(period.ends_at())))
        .filter(r::ended_at.gt(Instant(period.begins_at())))
        .select((r::id, r::area_id, r::started_at, r::ended_at, r::guards, r::contacts))
        .into_boxed();
    let rows: Vec<(Key, Key, Instant, Instant, i32, i32)> =
        narrowed!(visible!(query, &sight), filter).load(connection)?;
    rows.into_iter()
        .map(|(id, area, started_at, ended_at, guards, contacts)| {
            Ok(Counted {
                area_id: area.0.into(),
                started_at: started_at.0,
                ended_at: ended_at.0,
                guards: number("guards", id.0, guards)?,
                contacts: number("contacts", id.0, contacts)?,
            })
        })
        .collect()
}

/// Narrows what may be seen in areas to those of a filter.
fn within(sight: &PresenceSight, filter: &Filter) -> PresenceSight {
    let mut sight = sight.clone();
    if let Some(areas) = &filter.areas {
        sight.areas.retain(|area| areas.contains(area));
        if areas.is_empty() {
            return PresenceSight::default();
        }
    }
    sight
}

/// Splits what a principal may see by area and organisation, unless the filter names a group, whose index serves then.
fn single_views(sight: &PresenceSight, filter: &Filter) -> Vec<PresenceSight> {
    if sight.everything || filter.guard_group_id.is_some() {
        return Vec::new();
    }
    let in_one = |area| PresenceSight { areas: [area].into(), ..PresenceSight::default() };
    let of_one = |organisation| PresenceSight { own: [organisation].into(), ..PresenceSight::default() };
    let areas = sight.areas.iter().copied().map(in_one);
    areas.chain(sight.own.iter().copied().map(of_one)).collect()
}
