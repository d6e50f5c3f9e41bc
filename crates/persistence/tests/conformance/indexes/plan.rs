//! How a database means to execute a statement.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection as _, InstrumentationEvent, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::Text;
use persistence::{AnyConnection, StoreError};

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresqlStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// Gives the plans of the statements that some work executes.
pub(super) fn plans<T>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, StoreError>,
) -> Vec<String> {
    let statements = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&statements);
    connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let query = query.to_string();
            let sql = query.split(" -- binds:").next().unwrap_or_default();
            told.lock().unwrap().push(sql.to_owned());
        }
    });
    work(connection).map(drop).unwrap();
    connection.set_instrumentation(|_: InstrumentationEvent<'_>| ());
    let statements = std::mem::take(&mut *statements.lock().unwrap());
    statements.iter().map(|sql| explain(connection, sql)).collect()
}

fn explain(connection: &mut AnyConnection, sql: &str) -> String {
    let plan: Vec<String> = match connection {
        AnyConnection::Sqlite(connection) => {
            let steps: Vec<SqliteStep> =
                diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(connection).unwrap();
            steps.into_iter().map(|step| step.detail).collect()
        }
        AnyConnection::Postgresql(connection) => {
            let values = (1..100).take_while(|number| sql.contains(&format!("${number}"))).count();
            let values =
                if values == 0 { String::new() } else { format!("({})", vec!["NULL"; values].join(", ")) };
            connection.batch_execute(&format!("PREPARE it AS {sql}")).unwrap();
            let explain = format!("EXPLAIN (COSTS OFF) EXECUTE it{values}");
            let steps: Vec<PostgresqlStep> = diesel::sql_query(explain).load(connection).unwrap();
            connection.batch_execute("DEALLOCATE it").unwrap();
            steps.into_iter().map(|step| step.line).collect()
        }
    };
    format!("{sql}\n{}", plan.join("\n"))
}

/// Tells whether a plan sorts.
pub(super) fn sorts(plan: &str) -> bool {
    plan.contains("TEMP B-TREE")
        || plan.lines().any(|line| line.trim_start_matches([' ', '-', '>']).contains("Sort"))
}

/// Tells whether a plan names one of the indexes, which stand with a vertical line between them.
pub(super) fn uses(plan: &str, indexes: &str) -> bool {
    let mut words = plan.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.any(|word| indexes.split('|').any(|index| index == word))
}

/// Counts how often a plan names an index.
pub(super) fn times(plan: &str, index: &str) -> usize {
    plan.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| *word == index)
        .count()
}

/// Counts the steps of a plan that sort.
pub(super) fn sorting(plan: &str) -> usize {
    plan.lines()
        .filter(|line| {
            line.contains("TEMP B-TREE") || line.trim_start_matches([' ', '-', '>']).starts_with("Sort")
        })
        .filter(|line| !line.contains("Sort Key"))
        .count()
}
