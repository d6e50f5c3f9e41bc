//! The frame of every list of reference data: as the caller may see it, in one order, a page at a time.

use domain::access::Sight;
use persistence::{AnyConnection, Direction, Page, PageRequest, StoreError};
use serde::Serialize;

use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint::Operates;
use crate::listing::At;
use crate::page::PageQuery;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

/// What a caller asks of a list besides its filter.
pub(crate) struct Asked<'a> {
    /// The property that the list is ordered by, ascending when nothing is said of it.
    pub(crate) by: &'static str,
    /// What is said of it.
    pub(crate) sort: &'a [String],
    /// The page.
    pub(crate) page: &'a PageQuery,
}

/// Answers with a page of what `rows` reads, unless the filter behind it has faults; each row gives its place in the list,
/// and its view.
pub(crate) async fn list<E, R, V>(
    call: &Call<E>,
    asked: Asked<'_>,
    rows: Result<
        impl FnMut(&mut AnyConnection, &Sight, PageRequest) -> Result<Page<R>, StoreError> + Send + 'static,
        Problem,
    >,
    place: impl Fn(&R) -> Option<At>,
    view: impl Fn(&R) -> V,
) -> Result<Reply, Problem>
where
    E: Operates<Permit = Permit<E>>,
    R: Send + 'static,
    V: Serialize,
{
    let ((), direction) = call.order_by(asked.sort, &[(asked.by, ())], ((), Direction::Ascending))?;
    let (page, mut rows) = Problem::both(call.page_request(asked.page, direction), rows)?;
    let sight = call.permit.sight().clone();
    let fingerprint = call.view_fingerprint(&sight).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
    }
    let found = call.snapshot(move |connection| Ok(rows(connection, &sight, page)?)).await?;
    let next = found.items.last().filter(|_| found.has_more).and_then(place);
    let items = found.items.iter().map(view).collect();
    let page = call.collection(asked.page, items, next.as_ref(), None);
    Ok(Reply::ok(&page)?.tag(&tag).cache(Cache::Revalidate))
}
