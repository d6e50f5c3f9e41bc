//! Pages of a list: a stable total order, and the place where the next page starts.

use jiff::Timestamp;
use uuid::Uuid;

/// The place of a row in an order by an instant, with its id as the tie-break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The instant that the list is ordered by.
    pub at: Timestamp,
    /// The row.
    pub id: Uuid,
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Oldest first.
    Ascending,
    /// Newest first.
    Descending,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Which way it runs.
    pub direction: Direction,
    /// The last row of the page before.
    pub after: Option<Place>,
    /// How many rows at the most.
    pub size: i64,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Its rows.
    pub items: Vec<T>,
    /// Whether more follow.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// Makes a page of rows that were asked for with one more than its size.
    pub(crate) fn of(mut items: Vec<T>, size: i64) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let has_more = items.len() > size;
        items.truncate(size);
        Self { items, has_more }
    }
}

/// Orders a boxed query by a column and an id, starts it after a place and limits it to a page and one row more; the
/// column is an instant unless another way is given from an instant to its value.
///
/// The range on the column stands alone as well, so that both databases start at that place of the index.
macro_rules! keyset {
    ($query:expr, $at:expr, $id:expr, $page:expr) => {
        $crate::page::keyset!($query, $at, $id, $page, $crate::types::Instant)
    };
    ($query:expr, $at:expr, $id:expr, $page:expr, $value:expr) => {{
        use $crate::page::Direction;
        let page = $page;
        let mut query = $query.limit(page.size.saturating_add(1));
        if let Some(place) = page.after {
            let (at, id) = ($value(place.at), $crate::types::Key(place.id));
            query = match page.direction {
                Direction::Ascending => query.filter($at.ge(at)).filter($at.gt(at).or($id.gt(id))),
                Direction::Descending => query.filter($at.le(at)).filter($at.lt(at).or($id.lt(id))),
            };
        }
        match page.direction {
            Direction::Ascending => query.order(($at.asc(), $id.asc())),
            Direction::Descending => query.order(($at.desc(), $id.desc())),
        }
    }};
}
pub(crate) use keyset;

/// Filters a boxed query by a set of keys; one key as an equation, which keeps the order of an index.
macro_rules! among {
    ($query:expr, $column:expr, $keys:expr) => {{
        let keys: Vec<$crate::types::Key> = $keys;
        match keys.as_slice() {
            [one] => $query.filter($column.eq(*one)),
            _ => $query.filter($column.eq_any(keys)),
        }
    }};
}
pub(crate) use among;

/// Narrows a boxed query to the consultations that a principal is a member of, or to the wanted one of them.
macro_rules! of_consultations {
    ($query:expr, $column:expr, $sight:expr, $wanted:expr) => {{
        let (query, sight, wanted) = ($query, $sight, $wanted);
        match (sight.everything, wanted) {
            (true, None) => query,
            (true, Some(wanted)) => query.filter($column.eq($crate::types::key(wanted))),
            (false, None) => {
                let own = sight.consultations.iter().copied().map($crate::types::key).collect();
                $crate::page::among!(query, $column, own)
            }
            (false, Some(wanted)) => {
                let own = sight.consultations.get(&wanted).copied().map($crate::types::key);
                $crate::page::among!(query, $column, own.into_iter().collect())
            }
        }
    }};
}
pub(crate) use of_consultations;
