//! The organisations that requests were put to, by name.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aws_lc_rs::digest;
use domain::access::{Regime, Sight};
use domain::change::{Change, Version};
use domain::id::OrganisationId;
use domain::labels::Labels;
use domain::organisation::{Kind, Organisation};
use jiff::Timestamp;
use jiff::civil::Date;
use persistence::organisations::{self, Filter, StoredOrganisation};
use persistence::{Direction, Edit, PageRequest, Place, Store, StoreError, Transaction};

use super::mapping::Mapping;
use crate::clock::Ids;
use crate::work::own_circumstances;

/// The organisations by their Dutch names.
#[derive(Debug, Default)]
pub(super) struct Addressees {
    known: HashMap<String, OrganisationId>,
    source: String,
    since: Option<Date>,
}

impl Addressees {
    /// Loads every organisation; of two with one name the older one counts.
    pub(super) fn load(store: &Store, mapping: &Mapping) -> Result<Self, StoreError> {
        let everything = Sight::everything();
        let mut known = HashMap::new();
        let mut after = None;
        loop {
            let request = PageRequest { direction: Direction::Ascending, after, size: 500 };
            let page = store.read(|connection| {
                organisations::list(connection, &everything, &Filter::default(), request)
            })?;
            after =
                page.items.last().map(|last| Place { at: last.created_at, id: last.organisation.id.into() });
            for StoredOrganisation { organisation, .. } in page.items {
                known.entry(organisation.name.nl).or_insert(organisation.id);
            }
            if !page.has_more {
                break;
            }
        }
        Ok(Self { known, source: mapping.source.clone(), since: mapping.create_missing })
    }

    /// Finds an organisation.
    pub(super) fn find(&self, name: &str) -> Option<OrganisationId> {
        self.known.get(name).copied()
    }

    /// Tells whether an organisation that is missing is written.
    pub(super) const fn may_create(&self) -> bool {
        self.since.is_some()
    }

    /// Writes the organisations that are missing.
    ///
    /// Their ids follow from their names, so that two imports at once write each of them once.
    pub(super) fn create(
        &mut self,
        store: &Store,
        now: Timestamp,
        ids: Arc<dyn Ids>,
        names: BTreeSet<&str>,
    ) -> Result<(), StoreError> {
        let Some(since) = self.since else { return Ok(()) };
        let missing: Vec<&str> = names.into_iter().filter(|name| self.find(name).is_none()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let source = &self.source;
        let circumstances = own_circumstances(now, "importOrganisations", ids);
        let written = store.write(&circumstances, |transaction| {
            missing
                .iter()
                .map(|name| write(transaction, source, name, since))
                .collect::<Result<Vec<_>, StoreError>>()
        })?;
        self.known.extend(missing.iter().map(|name| (*name).to_owned()).zip(written));
        Ok(())
    }
}

fn write(
    transaction: &mut Transaction<'_>,
    source: &str,
    name: &str,
    since: Date,
) -> Result<OrganisationId, StoreError> {
    let id = id_of(source, name);
    if organisations::find(transaction.connection(), id)?.is_some() {
        return Ok(id);
    }
    let organisation = Organisation {
        id,
        version: Version::FIRST,
        kind: Kind::CityService,
        regime: Regime::City,
        name: Labels { nl: name.to_owned(), fr: None, en: None },
        enterprise_number: None,
        ovo_code: None,
        takes_requests: true,
        contact_function: None,
        valid_from: since,
        valid_to: None,
        successor_id: None,
    };
    let at = transaction.now();
    let state = StoredOrganisation { organisation, created_at: at };
    transaction.save(&Change { before: None, state, events: vec![Edit { verb: "create", at }] })?;
    Ok(id)
}

/// Makes an id of a name: a UUID of version 8 from its SHA-256.
fn id_of(source: &str, name: &str) -> OrganisationId {
    let hash = digest::digest(&digest::SHA256, format!("import\0organisation\0{source}\0{name}").as_bytes());
    let bytes = hash.as_ref().first_chunk().copied().unwrap_or_default();
    OrganisationId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_source_has_one_id() {
        assert_eq!(id_of("a", "b"), id_of("a", "b"));
        assert_ne!(id_of("a", "b"), id_of("b", "a"));
        assert_eq!(uuid::Uuid::from(id_of("a", "b")).get_version_num(), 8);
    }
}
