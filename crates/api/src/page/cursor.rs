//! Positions in a list as opaque text: what was last seen, bound to what the list is of.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::problem::{Detail, Issue, Kind, Place};

/// The present form of a position; one of another form is refused.
const FORM: u8 = 1;

/// What a position is made of: the values that the list is ordered by, the id last.
pub trait Cursor: Serialize + DeserializeOwned {}

impl<K: Serialize + DeserializeOwned> Cursor for K {}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Position<K> {
    #[serde(rename = "v")]
    form: u8,
    #[serde(rename = "of")]
    selection: String,
    #[serde(rename = "at")]
    key: K,
}

/// Writes a position in a selection.
pub(super) fn write<K: Serialize>(key: &K, selection: &str) -> String {
    let position = Position { form: FORM, selection: selection.to_owned(), key };
    // Keys are plain values; one that is no JSON gives a position that is refused when it comes back.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&position).unwrap_or_default())
}

/// Reads a position, when it is one in this selection.
pub(super) fn read<K: DeserializeOwned>(text: &str, selection: &str) -> Option<K> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let position: Position<K> = serde_json::from_slice(&bytes).ok()?;
    (position.form == FORM && position.selection == selection).then_some(position.key)
}

/// Makes the issue of a position that is none of this list.
pub(super) fn foreign() -> Issue {
    Issue::new(Kind::InvalidInput, Place::Query, "after").detail(Detail::new(
        "Deze positie hoort niet bij deze lijst met deze filter en volgorde: neem `next` van de vorige bladzijde, of begin opnieuw.",
        "Cette position n'appartient pas à cette liste avec ce filtre et cet ordre : prenez `next` de la page précédente, ou recommencez.",
        "This position is none of this list with this filter and order: take `next` of the page before, or begin again.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_good_for_its_own_selection_only() {
        let text = write(&("2026-01-15", 7), "abc");
        assert_eq!(read::<(String, i32)>(&text, "abc"), Some(("2026-01-15".to_owned(), 7)));
        assert_eq!(read::<(String, i32)>(&text, "abd"), None);
        assert_eq!(read::<(i32, i32)>(&text, "abc"), None);
        for garbage in ["", "%", "AAAA", "é"] {
            assert_eq!(read::<(String, i32)>(garbage, "abc"), None);
        }
    }
}
