//! The schema is the same on both databases, named throughout, indexed where it refers, and goes up and down.

use std::collections::{BTreeMap, BTreeSet};

use persistence::{Backend, migration_names, revert_migrations, unique_constraints};

use crate::database::Database;

/// Full-text search is the one table that each database does its own way.
const SEARCH: &str = "case_search";

#[test]
fn both_databases_have_the_same_migrations() {
    let (sqlite, postgresql) = (migration_names(Backend::Sqlite), migration_names(Backend::Postgresql));

    assert_eq!(sqlite, postgresql);
    assert!(!sqlite.is_empty());
    assert!(sqlite.is_sorted());
}

#[test]
fn both_databases_have_the_same_tables_columns_and_keys() {
    let (sqlite, postgresql) = (Database::new(Backend::Sqlite), Database::new(Backend::Postgresql));

    assert_eq!(columns(&sqlite), columns(&postgresql));
    assert_eq!(indexes(&sqlite), indexes(&postgresql));
    assert_eq!(references(&sqlite), references(&postgresql));
}

on_both! {
    fn the_schema_goes_up_and_down_and_up_again(database) {
        let before = (columns(database), indexes(database), references(database));

        revert_migrations(&mut database.connect()).unwrap();
        let emptied = columns(database);
        let applied = database.store.migrate().unwrap();

        assert_eq!(emptied, BTreeSet::new());
        assert_eq!(applied.len(), migration_names(database.backend()).len());
        assert_eq!((columns(database), indexes(database), references(database)), before);
    }

    fn a_schema_that_is_up_to_date_is_left_alone(database) {
        assert_eq!(database.store.migrate().unwrap(), Vec::<String>::new());
        database.store.check().unwrap();
    }

    fn replicas_that_start_together_migrate_once(database) {
        revert_migrations(&mut database.connect()).unwrap();

        let applied: Vec<usize> = std::thread::scope(|scope| {
            let replicas: Vec<_> = (0..6)
                .map(|_| {
                    let store = database.another_store();
                    scope.spawn(move || store.migrate().unwrap().len())
                })
                .collect();
            replicas.into_iter().map(|replica| replica.join().unwrap()).collect()
        });

        assert_eq!(applied.iter().sum::<usize>(), migration_names(database.backend()).len(), "{applied:?}");
        database.store.check().unwrap();
    }

    fn a_database_without_the_schema_says_so(database) {
        revert_migrations(&mut database.connect()).unwrap();

        let error = database.store.check().unwrap_err();

        assert!(error.to_string().contains("run `wijkoverleg migrate`"), "{error}");
    }

    fn every_foreign_key_has_an_index_that_begins_with_its_columns(database) {
        let indexes = indexes(database);

        for (table, columns, _) in references(database) {
            let served = indexes.iter().any(|index| {
                // An index of what is filled at all finds every row that refers to something.
                let is_whole = !index.partial || (index.of_filled && columns.len() == 1);
                index.table == table && is_whole && index.columns.starts_with(columns.as_slice())
            });
            assert!(served, "{table} {columns:?}");
        }
    }

    fn every_index_and_constraint_has_a_name_of_its_own(database) {
        let names = match database.backend() {
            // Only primary keys make an index without a name; that they have one as a constraint, their text tells.
            Backend::Sqlite => {
                let unnamed = "SELECT sql AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'case_search%' \
                               AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'";
                for table in database.texts(unnamed) {
                    let keys = table.matches("PRIMARY KEY").count() + table.matches("REFERENCES").count();
                    assert_eq!(table.matches("CONSTRAINT ").count(), keys, "{table}");
                    assert!(!table.contains("UNIQUE"), "{table}");
                }
                database.texts(
                    "SELECT il.name AS value FROM sqlite_master AS t JOIN pragma_index_list(t.name) AS il \
                     WHERE t.type = 'table' AND il.origin <> 'pk' AND t.name NOT LIKE 'case_search%'",
                )
            }
            Backend::Postgresql => database.texts(
                "SELECT conname::text AS value FROM pg_constraint WHERE connamespace = 'public'::regnamespace \
                 AND conrelid <> '__diesel_schema_migrations'::regclass \
                 UNION ALL SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public' \
                 AND tablename <> '__diesel_schema_migrations'",
            ),
        };

        assert!(names.len() > 40);
        for name in names {
            let generated = ["_pkey", "_fkey", "_key", "_idx", "_check"].iter().any(|end| name.ends_with(end));
            assert!(!generated && !name.starts_with("sqlite_autoindex"), "{name}");
        }
    }

    fn every_unique_constraint_is_known_by_name(database) {
        let mut known: Vec<(String, String)> = unique_constraints()
            .map(|(columns, name)| (columns.to_owned(), name.to_owned()))
            .collect();
        known.sort();

        let mut found: Vec<(String, String)> = indexes(database)
            .into_iter()
            .filter(|index| index.unique)
            .map(|index| {
                let columns: Vec<String> =
                    index.columns.iter().map(|column| format!("{}.{column}", index.table)).collect();
                (columns.join(", "), index.name)
            })
            .collect();
        found.sort();

        assert_eq!(found, known);
    }
}

/// Table, column, whether it may be empty, and its type in the words of SQLite.
fn columns(database: &Database) -> BTreeSet<(String, String, bool, String)> {
    let sql = match database.backend() {
        Backend::Sqlite => {
            "SELECT t.name || ' ' || c.name || ' ' || CASE c.\"notnull\" WHEN 0 THEN 'YES' ELSE 'NO' END || ' ' || c.type AS value \
             FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
        }
        Backend::Postgresql => {
            "SELECT table_name || ' ' || column_name || ' ' || is_nullable || ' ' || data_type AS value \
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let native: BTreeMap<&str, &str> = [
        ("uuid", "TEXT"),
        ("text", "TEXT"),
        ("jsonb", "TEXT"),
        ("bigint", "BIGINT"),
        ("integer", "INTEGER"),
        ("date", "INTEGER"),
        ("timestamp with time zone", "INTEGER"),
        ("boolean", "BOOLEAN"),
        ("double precision", "DOUBLE"),
    ]
    .into();
    database
        .texts(sql)
        .iter()
        .filter(|row| !row.starts_with(SEARCH) && !row.starts_with("__diesel"))
        .map(|row| {
            let parts: Vec<&str> = row.splitn(4, ' ').collect();
            let kind = native.get(parts[3]).copied().unwrap_or(parts[3]);
            (parts[0].to_owned(), parts[1].to_owned(), parts[2] == "YES", kind.to_owned())
        })
        .collect()
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Index {
    table: String,
    name: String,
    columns: Vec<String>,
    unique: bool,
    partial: bool,
    /// Whether it holds the rows of which its first column is filled.
    of_filled: bool,
}

/// Every index; that of a primary key by the name of its constraint.
fn indexes(database: &Database) -> BTreeSet<Index> {
    let sql = match database.backend() {
        Backend::Sqlite => {
            "SELECT t.name || ' ' || CASE il.origin WHEN 'pk' THEN t.name || '_pk' ELSE il.name END || ' ' || il.\"unique\" \
             || ' ' || (il.partial + COALESCE((SELECT m.sql LIKE '% WHERE ' || (SELECT ii.name FROM pragma_index_info(il.name) AS ii \
             WHERE ii.seqno = 0) || ' IS NOT NULL' FROM sqlite_master AS m WHERE m.name = il.name), 0)) || ' ' || (SELECT group_concat(ii.name) FROM pragma_index_info(il.name) AS ii) AS value \
             FROM sqlite_master AS t JOIN pragma_index_list(t.name) AS il WHERE t.type = 'table'"
        }
        Backend::Postgresql => {
            "SELECT t.relname || ' ' || i.relname || ' ' || x.indisunique::int || ' ' || ((x.indpred IS NOT NULL)::int + COALESCE((pg_get_expr(x.indpred, x.indrelid) = (SELECT '(' || f.attname || ' IS NOT NULL)' \
             FROM pg_attribute AS f WHERE f.attrelid = t.oid AND f.attnum = x.indkey[0]))::int, 0)) || ' ' || \
             (SELECT string_agg(a.attname, ',' ORDER BY k.position) FROM unnest(x.indkey) WITH ORDINALITY AS k (number, position) \
              JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.number) AS value \
             FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS t ON t.oid = x.indrelid \
             WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE 'case_search%'"
        }
    };
    database
        .texts(sql)
        .iter()
        .filter(|row| !row.starts_with(SEARCH) && !row.starts_with("__diesel"))
        .map(|row| {
            let parts: Vec<&str> = row.split(' ').collect();
            Index {
                table: parts[0].to_owned(),
                name: parts[1].to_owned(),
                unique: parts[2] == "1",
                partial: parts[3] != "0",
                of_filled: parts[3] == "2",
                columns: parts[4].split(',').map(str::to_owned).collect(),
            }
        })
        .collect()
}

/// Table, its columns that refer, and the table that they refer to.
fn references(database: &Database) -> BTreeSet<(String, Vec<String>, String)> {
    let sql = match database.backend() {
        Backend::Sqlite => {
            "SELECT t.name || ' ' || group_concat(fk.\"from\") || ' ' || fk.\"table\" AS value \
             FROM sqlite_master AS t JOIN pragma_foreign_key_list(t.name) AS fk \
             WHERE t.type = 'table' GROUP BY t.name, fk.id, fk.\"table\""
        }
        Backend::Postgresql => {
            "SELECT conrelid::regclass::text || ' ' || (SELECT string_agg(a.attname, ',') FROM pg_attribute AS a \
             WHERE a.attrelid = conrelid AND a.attnum = ANY (conkey)) || ' ' || confrelid::regclass::text AS value \
             FROM pg_constraint WHERE contype = 'f'"
        }
    };
    database
        .texts(sql)
        .iter()
        .filter(|row| !row.starts_with(SEARCH))
        .map(|row| {
            let parts: Vec<&str> = row.split(' ').collect();
            let columns = parts[1].split(',').map(str::to_owned).collect();
            (parts[0].to_owned(), columns, parts[2].to_owned())
        })
        .collect()
}
