//! Lists: pages, their order, and the way to the next one.

mod cursor;
mod sort;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use cursor::Cursor;
pub use sort::{Direction, sorted_by};

use crate::call::Call;
use crate::contract::percent_decoded;
use crate::endpoint::Endpoint;
use crate::fingerprint;
use crate::problem::{Issue, Problem};

/// The page that a caller asks for; part of the query of every list.
///
/// A list takes it in as `#[serde(flatten)] #[param(ignore)] pub page: PageQuery` and documents it as a second
/// entry in `params(…)`.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The most items on a page.
    #[param(minimum = 1, maximum = 500, default = 50, required = false)]
    pub page_size: u16,
    /// The position after which the page begins: from the `next` of the page before it.
    #[param(pattern = "^[A-Za-z0-9_-]*$", min_length = 1, max_length = 1000)]
    pub after: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Collection<T> {
    /// The address of this page.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    pub self_link: String,
    /// The items, in the order that was asked for.
    pub items: Vec<T>,
    /// The address of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uri")]
    pub next: Option<String>,
    /// The address of the first page.
    #[schema(format = "uri")]
    pub first: String,
    /// The most items on a page.
    pub page_size: u16,
    /// The number of items on all pages, where it is cheap to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl<E: Endpoint> Call<E> {
    /// Reads the position after which the page begins; one of another list, filter or order is refused.
    pub fn position<K: Cursor>(&self, page: &PageQuery) -> Result<Option<K>, Problem> {
        let Some(after) = page.after.as_deref() else { return Ok(None) };
        let position = cursor::read(after, &self.selection());
        position.map(Some).ok_or_else(|| Problem::bad_request([cursor::foreign()]))
    }

    /// Puts a page together; `next` is the position of its last item when more items follow.
    pub fn collection<T, K: Cursor>(
        &self,
        page: &PageQuery,
        items: Vec<T>,
        next: Option<&K>,
        total: Option<u64>,
    ) -> Collection<T> {
        let next = next.map(|position| cursor::write(position, &self.selection()));
        Collection {
            self_link: self.link(page.after.as_deref()),
            next: next.map(|after| self.link(Some(&after))),
            first: self.link(None),
            items,
            page_size: page.page_size,
            total,
        }
    }

    /// Reads the order that a caller asks for, or refuses it.
    pub fn order<F: Copy>(
        &self,
        given: &[String],
        fields: &[(&str, F)],
    ) -> Result<Vec<(F, Direction)>, Problem> {
        sorted_by(given, fields).map_err(|issue: Issue| Problem::bad_request([issue]))
    }

    /// Writes the absolute address of this request with another position.
    pub(crate) fn link(&self, after: Option<&str>) -> String {
        let (path, query) = self.target();
        let path = path.strip_prefix(crate::routes::BASE_PATH).unwrap_or(path);
        let mut link = format!("{}{path}", self.state.base_url);
        let mut separator = '?';
        let kept = pairs(query).filter(|(name, _)| name.as_deref() != Some("after")).map(|(_, pair)| pair);
        for pair in kept.map(str::to_owned).chain(after.map(|after| format!("after={after}"))) {
            link.push(separator);
            link.push_str(&pair);
            separator = '&';
        }
        link
    }

    /// Fingerprints what the list is of: operation, filter and order, whatever the page.
    fn selection(&self) -> String {
        let (path, query) = self.target();
        let mut kept: Vec<_> =
            pairs(query).filter(|(name, _)| !matches!(name.as_deref(), Some("after" | "pageSize"))).collect();
        // Values of one name keep their order, which is that of the sort.
        kept.sort_by(|(one, _), (other, _)| one.cmp(other));
        let parts = [E::ID, path].into_iter().chain(kept.iter().map(|(_, pair)| *pair));
        fingerprint::of(parts.map(str::as_bytes))
    }
}

fn pairs(query: &str) -> impl Iterator<Item = (Option<std::borrow::Cow<'_, str>>, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        (percent_decoded(name, true), pair)
    })
}
