//! What a protocol says, as a body has it.

use domain::category::CategoryCode;
use domain::data_sharing_protocol::{DataCategory, LegalBasis, LegalGround, Terms};
use domain::id::OrganisationId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::codes::{DataCategoryCode, LegalBasisCode};
use crate::forms::CategoryOrGroupCode;
use crate::input::Faults;
use crate::problem::{Issue, Kind, Place, Problem};
use crate::ref_data::Known;

/// On what ground personal data is passed on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LegalGroundBody {
    /// What makes it lawful (GDPR, article 6(1)).
    #[schema(value_type = LegalBasisCode)]
    basis: LegalBasis,
    /// The act, decree or decision behind it.
    #[schema(min_length = 1, max_length = 200)]
    reference: String,
}

/// What a protocol says.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "title": "Stad en woonmaatschappij: overlast in sociale woningen",
    "senderOrganisationIds": ["019a9d3e-0000-7000-8000-000000000001"],
    "recipientOrganisationIds": ["019a9d3e-0000-7000-8000-000000000011"],
    "purpose": "Overlast in en rond sociale woningen samen oplossen.",
    "legalGround": {"basis": "publicTask", "reference": "Decreet over het lokaal bestuur, artikel 2"},
    "dataCategories": ["address", "behaviour"],
    "caseCategories": ["DRU", "AFV.SLUIK"],
    "validFrom": "2026-01-01",
    "validTo": "2028-12-31",
    "documentReference": "GR 2025-12-16/17"
})))]
pub struct ProtocolBody {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// Who passes personal data on under it.
    #[schema(value_type = Vec<uuid::Uuid>, min_items = 1, max_items = 50)]
    sender_organisation_ids: Vec<OrganisationId>,
    /// Who receives them.
    #[schema(value_type = Vec<uuid::Uuid>, min_items = 1, max_items = 50)]
    recipient_organisation_ids: Vec<OrganisationId>,
    /// What for.
    #[schema(min_length = 1, max_length = 2000)]
    purpose: String,
    /// On what ground.
    legal_ground: LegalGroundBody,
    /// Which kinds of data.
    #[schema(value_type = Vec<DataCategoryCode>, min_items = 1, max_items = 20)]
    data_categories: Vec<DataCategory>,
    /// In cases of which categories; a main group stands for all of its categories.
    #[schema(value_type = Vec<CategoryOrGroupCode>, min_items = 1, max_items = 100)]
    case_categories: Vec<String>,
    /// The first day.
    valid_from: Date,
    /// The last day.
    valid_to: Date,
    /// Where the signed document is found.
    #[schema(min_length = 1, max_length = 100)]
    document_reference: String,
}

impl ProtocolBody {
    /// Reads it, or names every fault.
    pub(super) fn parsed(&self, known: &Known<'_>) -> Result<Terms, Problem> {
        let mut faults = Faults::default();
        let organisations = |name: &str, ids: &[OrganisationId], faults: &mut Faults| {
            for (position, id) in ids.iter().enumerate() {
                known.organisation(format!("{name}[{position}]"), Some(*id), faults);
            }
        };
        organisations("senderOrganisationIds", &self.sender_organisation_ids, &mut faults);
        organisations("recipientOrganisationIds", &self.recipient_organisation_ids, &mut faults);
        let categories: Vec<CategoryCode> = self
            .case_categories
            .iter()
            .enumerate()
            .filter_map(|(position, code)| {
                known.category(format!("caseCategories[{position}]"), code, &mut faults)
            })
            .collect();
        let title = faults.text("title", &self.title);
        let purpose = faults.text("purpose", &self.purpose);
        let reference = faults.text("legalGround.reference", &self.legal_ground.reference);
        let document_reference = faults.text("documentReference", &self.document_reference);
        if self.valid_to < self.valid_from {
            faults.add(Issue::new(Kind::InvalidPeriod, Place::Body, "validTo"));
        }
        let texts = title.zip(purpose).zip(reference).zip(document_reference);
        let (((title, purpose), reference), document_reference) = faults.finish(texts)?;
        Ok(Terms {
            title,
            sender_organisation_ids: self.sender_organisation_ids.iter().copied().collect(),
            recipient_organisation_ids: self.recipient_organisation_ids.iter().copied().collect(),
            purpose,
            legal_ground: LegalGround { basis: self.legal_ground.basis, reference },
            data_categories: self.data_categories.iter().copied().collect(),
            case_categories: categories.into_iter().collect(),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            document_reference,
        })
    }
}

/// On what ground personal data is passed on.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProtocolGround {
    /// What makes it lawful (GDPR, article 6(1)).
    #[schema(value_type = LegalBasisCode)]
    basis: LegalBasis,
    /// The act, decree or decision behind it.
    reference: String,
}

/// What a protocol says, as readers see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProtocolTerms {
    /// What it is called.
    title: String,
    /// Who passes personal data on under it.
    #[schema(value_type = Vec<uuid::Uuid>)]
    sender_organisation_ids: Vec<OrganisationId>,
    /// Who receives them.
    #[schema(value_type = Vec<uuid::Uuid>)]
    recipient_organisation_ids: Vec<OrganisationId>,
    /// What for.
    purpose: String,
    /// On what ground.
    legal_ground: ProtocolGround,
    /// Which kinds of data.
    #[schema(value_type = Vec<DataCategoryCode>)]
    data_categories: Vec<DataCategory>,
    /// In cases of which categories; a main group stands for all of its categories.
    #[schema(value_type = Vec<CategoryOrGroupCode>)]
    case_categories: Vec<CategoryCode>,
    /// The first day.
    valid_from: Date,
    /// The last day.
    valid_to: Date,
    /// Where the signed document is found.
    document_reference: String,
}

impl From<&Terms> for ProtocolTerms {
    fn from(terms: &Terms) -> Self {
        Self {
            title: terms.title.to_string(),
            sender_organisation_ids: terms.sender_organisation_ids.iter().copied().collect(),
            recipient_organisation_ids: terms.recipient_organisation_ids.iter().copied().collect(),
            purpose: terms.purpose.to_string(),
            legal_ground: ProtocolGround {
                basis: terms.legal_ground.basis,
                reference: terms.legal_ground.reference.to_string(),
            },
            data_categories: terms.data_categories.iter().copied().collect(),
            case_categories: terms.case_categories.iter().cloned().collect(),
            valid_from: terms.valid_from,
            valid_to: terms.valid_to,
            document_reference: terms.document_reference.to_string(),
        }
    }
}

/// A merge patch of a draft (RFC 7396): what is absent stays; nothing of it can be taken away.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"validTo": "2029-12-31"})))]
pub struct ProtocolPatch {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    title: Option<String>,
    /// Who passes personal data on under it.
    #[schema(value_type = Option<Vec<uuid::Uuid>>, min_items = 1, max_items = 50, nullable = false)]
    sender_organisation_ids: Option<Vec<OrganisationId>>,
    /// Who receives them.
    #[schema(value_type = Option<Vec<uuid::Uuid>>, min_items = 1, max_items = 50, nullable = false)]
    recipient_organisation_ids: Option<Vec<OrganisationId>>,
    /// What for.
    #[schema(min_length = 1, max_length = 2000, nullable = false)]
    purpose: Option<String>,
    /// On what ground.
    #[schema(nullable = false)]
    legal_ground: Option<LegalGroundBody>,
    /// Which kinds of data.
    #[schema(value_type = Option<Vec<DataCategoryCode>>, min_items = 1, max_items = 20, nullable = false)]
    data_categories: Option<Vec<DataCategory>>,
    /// In cases of which categories; a main group stands for all of its categories.
    #[schema(value_type = Option<Vec<CategoryOrGroupCode>>, min_items = 1, max_items = 100, nullable = false)]
    case_categories: Option<Vec<String>>,
    /// The first day.
    #[schema(nullable = false)]
    valid_from: Option<Date>,
    /// The last day.
    #[schema(nullable = false)]
    valid_to: Option<Date>,
    /// Where the signed document is found.
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    document_reference: Option<String>,
}

impl ProtocolPatch {
    /// Gives what a protocol says after it.
    pub(super) fn on(&self, terms: &Terms) -> ProtocolBody {
        let before = ProtocolTerms::from(terms);
        let ground = before.legal_ground;
        let ground = LegalGroundBody { basis: ground.basis, reference: ground.reference };
        let categories = before.case_categories.iter().map(|code| code.as_str().to_owned()).collect();
        let patch = self.clone();
        ProtocolBody {
            title: patch.title.unwrap_or(before.title),
            sender_organisation_ids: patch.sender_organisation_ids.unwrap_or(before.sender_organisation_ids),
            recipient_organisation_ids: patch
                .recipient_organisation_ids
                .unwrap_or(before.recipient_organisation_ids),
            purpose: patch.purpose.unwrap_or(before.purpose),
            legal_ground: patch.legal_ground.unwrap_or(ground),
            data_categories: patch.data_categories.unwrap_or(before.data_categories),
            case_categories: patch.case_categories.unwrap_or(categories),
            valid_from: patch.valid_from.unwrap_or(before.valid_from),
            valid_to: patch.valid_to.unwrap_or(before.valid_to),
            document_reference: patch.document_reference.unwrap_or(before.document_reference),
        }
    }
}
