//! The data-sharing protocols of the demo: one for years, one that is to be renewed soon.

use std::collections::BTreeMap;

use domain::category::CategoryCode;
use domain::change::Outcome;
use domain::data_sharing_protocol::{DataCategory, DataSharingProtocol, LegalBasis, LegalGround, Terms};
use domain::id::OrganisationId;
use domain::text::{Reference, Remark, Title};
use jiff::ToSpan as _;
use jiff::civil::Date;
use persistence::Transaction;

use super::SeedError;
use super::org::Org;

struct Story {
    title: &'static str,
    recipient: Org,
    purpose: &'static str,
    data: &'static [DataCategory],
    categories: &'static [&'static str],
    document: &'static str,
    /// For how many more days it lasts.
    days: i64,
}

const STORIES: [Story; 2] = [
    Story {
        title: "Stad en woonmaatschappij: overlast in sociale woningen",
        recipient: Org::HousingCompany,
        purpose: "Overlast in en rond sociale woningen samen oplossen.",
        data: &[DataCategory::Address, DataCategory::Behaviour, DataCategory::HousingSituation],
        categories: &["AFV", "GEL"],
        document: "Protocol 2024-03",
        days: 600,
    },
    Story {
        title: "Wijkteam en dienst preventie: begeleiding na druggebruik",
        recipient: Org::Prevention,
        purpose: "Bewoners en bezoekers na overlast door middelengebruik toeleiden naar hulp.",
        data: &[DataCategory::Identification, DataCategory::ContactDetails, DataCategory::Behaviour],
        categories: &["DRU"],
        document: "Protocol 2023-11",
        days: 45,
    },
];

/// Writes them, in force since New Year of last year.
pub(super) fn write(
    transaction: &mut Transaction<'_>,
    organisations: &BTreeMap<Org, OrganisationId>,
    today: Date,
) -> Result<(), SeedError> {
    let story_of = |what: &str| SeedError::Story(format!("no data-sharing protocol: {what}"));
    let organisation = |org| organisations.get(&org).copied().ok_or_else(|| story_of("organisation"));
    for story in STORIES {
        let text = |_| story_of(story.title);
        let categories = story.categories.iter().map(|code| CategoryCode::parse(code));
        let terms = Terms {
            title: Title::parse(story.title).map_err(text)?,
            sender_organisation_ids: [organisation(Org::City)?].into(),
            recipient_organisation_ids: [organisation(story.recipient)?].into(),
            purpose: Remark::parse(story.purpose).map_err(text)?,
            legal_ground: LegalGround {
                basis: LegalBasis::PublicTask,
                reference: Title::parse("Decreet over het lokaal bestuur, artikel 2").map_err(text)?,
            },
            data_categories: story.data.iter().copied().collect(),
            case_categories: categories.collect::<Result<_, _>>().map_err(|_| story_of("category"))?,
            valid_from: today.first_of_year().saturating_sub(1.year()),
            valid_to: today.saturating_add(story.days.days()),
            document_reference: Reference::parse(story.document).map_err(text)?,
        };
        let (id, stamp) = (transaction.new_id().into(), transaction.stamp());
        let draft = DataSharingProtocol::create(id, terms, &stamp);
        transaction.save(&draft)?;
        match draft.state.validate(today, &stamp) {
            Ok(Outcome::Changed(valid)) => transaction.save(&valid)?,
            other => return Err(story_of(&format!("{other:?}"))),
        }
    }
    Ok(())
}
