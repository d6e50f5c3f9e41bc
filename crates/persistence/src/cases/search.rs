//! Text search over title, description and address: words and beginnings of words, without case and accents.
//!
//! SQLite searches with FTS5, PostgreSQL with a GIN index over the same words, which this module makes; both in one
//! statement with the other filters, and at most the newest [`MOST`] matches, so that the cost is bounded.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Text};
use domain::case::Case;
use domain::id::ConsultationId;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use uuid::Uuid;

use crate::connection::{AnyConnection, MultiBackend};
use crate::error::StoreError;
use crate::schema::cases;
use crate::types::{Key, SqlKey, key};

/// How many matches a search looks at.
const MOST: i64 = 1_000;

/// How many words of a query count.
const WORDS: usize = 12;

/// How many letters of a word count: what is longer is no word of a language, and PostgreSQL keeps no longer ones.
const LETTERS: usize = 64;

/// Splits a text into words of lower-case letters and digits without accents.
pub(super) fn words(text: &str) -> Vec<String> {
    let plain: String = text
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
        .collect();
    plain.split_whitespace().map(|word| word.chars().take(LETTERS).collect()).collect()
}

/// A word that stands for a consultation or a case; the low line keeps it apart from all words of texts and queries.
fn token(id: impl Into<Uuid>) -> String {
    format!("_{}", id.into().simple())
}

/// Gives the words under which a case is found, with a space between them; the same on both databases, which take them
/// as they are.
fn document(case: &Case) -> String {
    let description = &case.description;
    let texts = [
        Some(case.reference.as_str()),
        Some(description.title.as_str()),
        description.description.as_ref().map(domain::text::Text::as_str),
        description.location.address.as_ref().map(domain::text::Text::as_str),
    ];
    let mut document = vec![token(case.consultation_id), token(case.id)];
    document.extend(case.led_by.map(token));
    document.extend(texts.into_iter().flatten().flat_map(words));
    document.join(" ")
}

pub(super) fn add(connection: &mut AnyConnection, case: &Case) -> Result<(), StoreError> {
    Add { case: key(case.id), words: document(case) }.execute(connection)?;
    Ok(())
}

/// Adds the words of a case; the table is none that Diesel knows on SQLite.
#[derive(QueryId)]
struct Add {
    case: Key,
    words: String,
}

impl<C> RunQueryDsl<C> for Add {}

impl QueryFragment<MultiBackend> for Add {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("INSERT INTO case_search (case_id, search_text) VALUES (");
        out.push_bind_param::<SqlKey, _>(&self.case)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.words)?;
        out.push_sql(")");
        Ok(())
    }
}

/// Writes the words of a case anew, if they differ.
pub(super) fn replace(connection: &mut AnyConnection, before: &Case, case: &Case) -> Result<(), StoreError> {
    let text = document(case);
    if document(before) == text {
        return Ok(());
    }
    match connection {
        AnyConnection::Sqlite(connection) => {
            diesel::sql_query(
                "UPDATE case_search SET search_text = ? WHERE rowid = \
                 (SELECT rowid FROM case_search WHERE case_search MATCH ?)",
            )
            .bind::<Text, _>(&text)
            .bind::<Text, _>(format!("\"{}\"", token(case.id)))
            .execute(connection)?;
        }
        AnyConnection::Postgresql(connection) => {
            diesel::sql_query("UPDATE case_search SET search_text = $1 WHERE case_id = $2")
                .bind::<Text, _>(&text)
                .bind::<SqlKey, _>(key(case.id))
                .execute(connection)?;
        }
    }
    Ok(())
}

/// The condition that a case is among the matches of a query.
#[derive(Debug, Clone, QueryId)]
pub(super) struct Matches {
    sqlite: String,
    postgresql: String,
    most: i64,
}

impl Matches {
    /// Prepares a search within some consultations, or in all; absent when the query has no word.
    pub(super) fn of(query: &str, consultations: Option<&[ConsultationId]>) -> Option<Self> {
        let words: Vec<String> = words(query).into_iter().take(WORDS).collect();
        if words.is_empty() {
            return None;
        }
        let tokens: Option<Vec<String>> = consultations.map(|ids| ids.iter().map(|id| token(*id)).collect());
        let compose = |quote: char, prefix: &str, and: &str, or: &str| {
            let beginnings = words.iter().map(|word| format!("{quote}{word}{quote}{prefix}"));
            let scope = tokens.iter().map(|tokens| {
                let tokens: Vec<String> = tokens.iter().map(|it| format!("{quote}{it}{quote}")).collect();
                format!("({})", tokens.join(or))
            });
            scope.chain(beginnings).collect::<Vec<_>>().join(and)
        };
        Some(Self {
            sqlite: compose('"', "*", " AND ", " OR "),
            postgresql: compose('\'', ":*", " & ", " | "),
            most: MOST,
        })
    }
}

impl Expression for Matches {
    type SqlType = Bool;
}

impl diesel::expression::ValidGrouping<()> for Matches {
    type IsAggregate = diesel::expression::is_aggregate::No;
}

impl SelectableExpression<cases::table> for Matches {}
impl AppearsOnTable<cases::table> for Matches {}

impl QueryFragment<MultiBackend> for Matches {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match out.backend() {
            MultiBackend::Sqlite(_) => {
                out.push_sql("cases.id IN (SELECT case_id FROM case_search WHERE case_search MATCH ");
                out.push_bind_param::<Text, _>(&self.sqlite)?;
                out.push_sql(" ORDER BY rowid DESC LIMIT ");
            }
            MultiBackend::Postgresql(_) => {
                // OFFSET 0: the matches come from the index of words, however many the planner expects.
                out.push_sql(
                    "cases.id IN (SELECT case_id FROM (SELECT case_id FROM case_search \
                     WHERE array_to_tsvector(string_to_array(search_text, ' ')) @@ CAST(",
                );
                out.push_bind_param::<Text, _>(&self.postgresql)?;
                out.push_sql(" AS tsquery) OFFSET 0) AS matched ORDER BY case_id DESC LIMIT ");
            }
        }
        out.push_bind_param::<BigInt, _>(&self.most)?;
        out.push_sql(")");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_case_accents_and_punctuation() {
        assert_eq!(words("Fuite d'eau — CAFÉ Ünïcode_x"), ["fuite", "d", "eau", "cafe", "unicode", "x"]);
        assert_eq!(words(&"a".repeat(3_000)), ["a".repeat(64)]);
    }

    #[test]
    fn a_query_cannot_break_out_of_its_words() {
        let nil = ConsultationId::new(Uuid::nil());
        let matches = Matches::of("a\" OR b) & !c:*", Some(&[nil])).unwrap();
        let token = format!("_{}", "0".repeat(32));
        assert_eq!(matches.sqlite, format!("(\"{token}\") AND \"a\"* AND \"or\"* AND \"b\"* AND \"c\"*"));
        assert_eq!(matches.postgresql, format!("('{token}') & 'a':* & 'or':* & 'b':* & 'c':*"));
        assert!(Matches::of(" \"'%-_", None).is_none());
    }

    #[test]
    fn a_query_counts_twelve_words() {
        let matches = Matches::of(&"woord ".repeat(40), None).unwrap();
        assert_eq!(matches.sqlite.matches("woord").count(), 12);
    }
}
