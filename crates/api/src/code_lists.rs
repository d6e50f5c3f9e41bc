//! The code lists as reference data: `/refData/codeLists`, with a name for each code in every language.

use std::collections::BTreeMap;

use actix_web::get;
use domain::labels::{Labels, Language};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::call::Call;
use crate::codes;
use crate::endpoint;
use crate::etag::EntityTag;
use crate::problem::Problem;
use crate::ref_data::LabelsView;
use crate::reply::{Cache, Reply};

/// A code list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeList {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its name.
    #[schema(example = "closeReason")]
    code: String,
    /// What it is about, in each language.
    labels: LabelsView,
    /// Its codes, in their order.
    codes: Vec<CodeListEntry>,
}

/// A code of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeListEntry {
    /// The code, as documents hold it.
    #[schema(example = "solved")]
    code: String,
    /// Its name in each language.
    labels: LabelsView,
}

/// Every code list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeListCollection {
    /// The address of this list.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    self_link: String,
    /// The code lists.
    items: Vec<CodeList>,
    /// Their number.
    total: usize,
}

/// Names a code list in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub(crate) struct CodeListPath {
    /// The name of the code list.
    #[param(pattern = "^[a-z][A-Za-z]*$", max_length = 60, example = "closeReason")]
    code_list: String,
}

endpoint!(
    /// Lists the code lists.
    pub(crate) ListCodeLists, open = "listCodeLists"
);
endpoint!(
    /// Reads a code list.
    pub(crate) GetCodeList, open = "getCodeList", path = CodeListPath
);

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services.service(list_code_lists).service(get_code_list);
}

/// The names of a list and of its codes, as they come with the program.
#[derive(Debug, Deserialize)]
struct Named {
    labels: Labels,
    codes: BTreeMap<String, Labels>,
}

/// A code list with its names.
#[derive(Debug, Clone)]
pub struct Shipped {
    code: &'static str,
    labels: Labels,
    codes: Vec<(&'static str, Labels)>,
}

impl Shipped {
    /// Gives the name of the list.
    pub(crate) const fn code(&self) -> &'static str {
        self.code
    }

    /// Gives the name of a code.
    pub(crate) fn name_of(&self, code: &str, language: Language) -> Option<&str> {
        self.codes.iter().find(|(known, _)| *known == code).map(|(_, labels)| labels.pick(language))
    }
}

/// Gives the code lists with the names that come with the program.
///
/// Fails when a list or a code has no name.
pub fn shipped() -> Result<Vec<Shipped>, Box<dyn std::error::Error + Send + Sync>> {
    let mut named: BTreeMap<String, Named> = serde_json::from_str(include_str!("code_lists.json"))?;
    codes::lists()
        .into_iter()
        .map(|(code, codes)| {
            let Named { labels, codes: mut entries } =
                named.remove(code).ok_or_else(|| format!("the code list {code} has no names"))?;
            let codes = codes
                .into_iter()
                .map(|entry| {
                    let labels = entries
                        .remove(entry)
                        .ok_or_else(|| format!("the code {entry} of {code} has no name"))?;
                    Ok((entry, labels))
                })
                .collect::<Result<_, String>>()?;
            Ok(Shipped { code, labels, codes })
        })
        .collect()
}

impl CodeList {
    fn of(list: &Shipped, base_url: &str) -> Self {
        let entry = |(code, labels): &(&str, Labels)| CodeListEntry {
            code: (*code).to_owned(),
            labels: labels.into(),
        };
        Self {
            href: format!("{base_url}/refData/codeLists/{}", list.code),
            code: list.code.to_owned(),
            labels: (&list.labels).into(),
            codes: list.codes.iter().map(entry).collect(),
        }
    }
}

/// List the code lists.
///
/// Every code that documents hold, with its name in every language.
#[utoipa::path(
    tag = "Reference Data",
    responses((status = 200, description = "The code lists", body = CodeListCollection))
)]
#[get("/refData/codeLists")]
pub(crate) async fn list_code_lists(call: Call<ListCodeLists>) -> Result<Reply, Problem> {
    let base_url = &call.state.base_url;
    let items: Vec<_> = call.state.code_lists.iter().map(|list| CodeList::of(list, base_url)).collect();
    public(&CodeListCollection {
        self_link: format!("{base_url}/refData/codeLists"),
        total: items.len(),
        items,
    })
}

/// Read a code list.
#[utoipa::path(
    tag = "Reference Data",
    params(CodeListPath),
    responses((status = 200, description = "The code list", body = CodeList))
)]
#[get("/refData/codeLists/{codeList}")]
pub(crate) async fn get_code_list(call: Call<GetCodeList>) -> Result<Reply, Problem> {
    let found = call.state.code_lists.iter().find(|list| list.code == call.path.code_list);
    let list = found.ok_or_else(|| Problem::not_found("codeList"))?;
    public(&CodeList::of(list, &call.state.base_url))
}

fn public(view: &impl Serialize) -> Result<Reply, Problem> {
    let reply = Reply::ok(view)?;
    let tag = EntityTag::of_bytes(reply.body().unwrap_or_default().as_bytes());
    Ok(reply.tag(&tag).cache(Cache::Public))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_every_list_has_a_name_in_every_language_and_no_name_is_left_over() {
        let shipped = shipped().unwrap();
        let named: BTreeMap<String, Named> = serde_json::from_str(include_str!("code_lists.json")).unwrap();
        assert_eq!(shipped.len(), named.len());
        for list in &shipped {
            assert_eq!(list.codes.len(), named[list.code].codes.len(), "{}", list.code);
            let labels = list.codes.iter().map(|(_, labels)| labels).chain([&list.labels]);
            for Labels { nl, fr, en } in labels {
                let all = [Some(nl), fr.as_ref(), en.as_ref()];
                assert!(
                    all.iter().all(|label| label.is_some_and(|text| !text.is_empty())),
                    "{}: {nl}",
                    list.code
                );
            }
        }
    }
}
