//! Writes rows, many in one transaction: each row's case, request and note of the import, or none of them.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use domain::calendar::local_date;
use domain::case::{Case, CaseReference, Description, Imported as ImportedCase, Kind, Location};
use domain::consultation::Consultation;
use domain::follow_up::{FollowUpRequest, Imported as ImportedRequest};
use domain::id::OrganisationId;
use domain::place::LocationKind;
use jiff::Timestamp;
use persistence::cases::{self, Number};
use persistence::{StoreError, Transaction, imports};

use super::Tools;
use super::addressees::Addressees;
use super::mapping::Mapping;
use super::report::Fault;
use super::row::Row;
use crate::work::own_circumstances;

/// How many rows a transaction writes: enough that waiting for the disk does not count.
pub const BATCH: usize = 500;

/// How often a batch is tried while another program is in the way.
const ATTEMPTS: u32 = 5;

/// What became of a batch.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Rows that were taken over.
    pub(super) imported: u64,
    /// Rows that had been before.
    pub(super) known: u64,
    /// What is wrong with the others, one entry a row.
    pub(super) faults: Vec<Vec<Fault>>,
}

/// A row with the organisation that it is addressed to, and its number where that is taken beforehand.
struct Ready {
    row: Row,
    organisation: OrganisationId,
    number: Number,
}

/// Writes batches.
pub(super) struct Writer<'a> {
    pub(super) tools: &'a Tools<'a>,
    pub(super) mapping: &'a Mapping,
    pub(super) consultation: &'a Consultation,
    pub(super) addressees: Addressees,
    pub(super) dry_run: bool,
}

impl Writer<'_> {
    /// Writes a batch.
    pub(super) fn write(&mut self, rows: Vec<Row>) -> Result<Written, StoreError> {
        let mut written = Written::default();
        let mut known = self.known(&rows)?;
        let mut fresh = Vec::with_capacity(rows.len());
        for row in rows {
            if !known.insert(row.reference.as_str().to_owned()) {
                written.known += 1;
            } else if self.addressees.find(&row.organisation).is_none() && !self.addressees.may_create() {
                let message = format!("there is no organisation {:?}", row.organisation);
                let column = self.mapping.columns.name(super::Field::Agency).to_owned();
                written.faults.push(vec![Fault { row: row.line, column, message }]);
            } else {
                fresh.push(row);
            }
        }
        if self.dry_run {
            written.imported += count(fresh.len());
            return Ok(written);
        }
        let now = self.tools.clock.now();
        let names: BTreeSet<&str> = fresh.iter().map(|row| row.organisation.as_str()).collect();
        self.addressees.create(self.tools.store, now, Arc::clone(&self.tools.ids), names)?;
        let mut ready = Vec::with_capacity(fresh.len());
        for row in fresh {
            let Some(organisation) = self.addressees.find(&row.organisation) else { continue };
            let number = Number::prepare(self.tools.store, self.consultation.id, year(&row))?;
            ready.push(Ready { row, organisation, number });
        }
        self.write_ready(&mut ready, now, &mut written)?;
        Ok(written)
    }

    fn known(&self, rows: &[Row]) -> Result<HashSet<String>, StoreError> {
        let keys: Vec<&str> = rows.iter().map(|row| row.reference.as_str()).collect();
        self.tools.store.read(|connection| imports::known(connection, &self.mapping.source, &keys))
    }

    /// Writes rows in one transaction; when the database refuses one of them, each in one of its own.
    fn write_ready(
        &self,
        rows: &mut [Ready],
        now: Timestamp,
        written: &mut Written,
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        match self.commit(rows, now) {
            Ok(imported) => {
                written.imported += imported;
                written.known += count(rows.len()).saturating_sub(imported);
                Ok(())
            }
            Err(
                error @ (StoreError::Unwritable(_) | StoreError::Dangling { .. } | StoreError::Failed(_)),
            ) => {
                if let [Ready { row, .. }] = rows {
                    let message = format!("the database refuses it: {error}");
                    written.faults.push(vec![Fault { row: row.line, column: String::new(), message }]);
                    return Ok(());
                }
                rows.chunks_mut(1).try_for_each(|row| self.write_ready(row, now, written))
            }
            Err(error) => Err(error),
        }
    }

    /// Writes rows in one transaction and counts them; those that another run took over in the meantime are left out.
    fn commit(&self, rows: &mut [Ready], now: Timestamp) -> Result<u64, StoreError> {
        let Tools { store, ids, .. } = self.tools;
        let circumstances = own_circumstances(now, "importRequests", Arc::clone(ids));
        let keys: Vec<String> = rows.iter().map(|ready| ready.row.reference.as_str().to_owned()).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let outcome = store.write(&circumstances, |transaction| {
                let known = imports::known(transaction.connection(), &self.mapping.source, &keys)?;
                let mut imported = 0;
                for ready in rows.iter_mut().filter(|ready| !known.contains(ready.row.reference.as_str())) {
                    self.take_over(transaction, ready)?;
                    imported += 1;
                }
                Ok::<_, StoreError>(imported)
            });
            match outcome {
                Err(StoreError::Taken { .. } | StoreError::Busy) if attempt < ATTEMPTS => {
                    thread::sleep(Duration::from_millis(100) * attempt);
                }
                outcome => return outcome,
            }
        }
    }

    fn take_over(&self, transaction: &mut Transaction<'_>, ready: &mut Ready) -> Result<(), StoreError> {
        let Ready { row, organisation, number } = ready;
        let (consultation_id, year) = (self.consultation.id, year(row));
        let number = cases::next_number(transaction, number, consultation_id, year)?;
        let stamp = transaction.stamp();
        let case_id = transaction.new_id().into();
        let case = Case::imported(
            ImportedCase {
                id: case_id,
                reference: CaseReference::new(&self.consultation.code, year, number),
                consultation_id,
                kind: Kind::Situation,
                description: self.description(row, *organisation),
                created_at: row.created_at,
                closed_at: row.ended.map(|(_, at)| at),
            },
            &stamp,
        );
        let case = case.map_err(|error| StoreError::Unwritable(error.to_string()))?;
        let id = transaction.new_id().into();
        let request = FollowUpRequest::imported(
            ImportedRequest {
                id,
                consultation_id,
                case_id,
                category: row.category.clone(),
                organisation_id: *organisation,
                question_kind: self.mapping.question_kind,
                urgency: self.mapping.urgency,
                subject: row.subject.clone(),
                question: row.question.clone(),
                external_reference: Some(row.reference.clone()),
                created_at: row.created_at,
                due_at: row.due_at,
                ended: row.ended,
            },
            &stamp,
        );
        transaction.save(&case)?;
        transaction.save(&request)?;
        imports::note(transaction, &self.mapping.source, row.reference.as_str(), id)
    }

    fn description(&self, row: &Row, lead: OrganisationId) -> Description {
        Description {
            category: row.category.clone(),
            secondary_categories: Vec::new(),
            title: row.subject.clone(),
            description: None,
            source: self.mapping.case_source,
            pattern: None,
            time_slots: Vec::new(),
            location: Location {
                kind: LocationKind::Unknown,
                address: row.place.clone(),
                address_uri: None,
                point: None,
                sector: None,
                area_id: None,
            },
            lead_organisation_id: Some(lead),
            severity: None,
        }
    }
}

/// Gives the year that the case's reference counts in.
fn year(row: &Row) -> i16 {
    local_date(row.created_at).year()
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
