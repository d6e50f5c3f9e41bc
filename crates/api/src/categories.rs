//! The categories of nuisance as reference data: `/refData/categories`.

use actix_web::get;
use domain::category::{self, CategoryCode, Flag};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::call::Call;
use crate::codes::CategoryFlagCode;
use crate::endpoint;
use crate::etag::EntityTag;
use crate::forms::{CategoryGroupCode, CategoryOrGroupCode};
use crate::problem::Problem;
use crate::ref_data::LabelsView;
use crate::reply::{Cache, Reply};

/// A kind of nuisance, or a main group of kinds.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Category {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// The code: printed, quoted and never used again for something else.
    #[schema(example = "AFV.SLUIK")]
    code: String,
    /// The main group; absent for a main group.
    #[schema(example = "AFV")]
    parent: Option<String>,
    /// The name in each language.
    labels: LabelsView,
    /// What is to be kept in mind for it.
    #[schema(value_type = Vec<CategoryFlagCode>)]
    flags: Vec<Flag>,
    /// The first day on which it may be chosen.
    valid_from: Date,
    /// The last day on which it may be chosen.
    valid_to: Option<Date>,
    /// The category to choose instead after the last day.
    replaced_by: Option<String>,
}

/// Categories: each main group before its kinds.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CategoryCollection {
    /// The address of this list.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    self_link: String,
    /// The categories.
    items: Vec<Category>,
    /// Their number.
    total: usize,
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct CategoryQuery {
    /// This main group and its kinds.
    #[param(inline, value_type = Option<CategoryGroupCode>)]
    group: Option<String>,
    /// Those that may be chosen on this day.
    valid_on: Option<Date>,
}

/// Names a category in a path.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub(crate) struct CategoryPath {
    /// The code of the category.
    #[param(inline, value_type = CategoryOrGroupCode)]
    category_code: String,
}

endpoint!(
    /// Lists the categories.
    pub(crate) ListCategories, open = "listCategories", query = CategoryQuery
);
endpoint!(
    /// Describes a category.
    pub(crate) GetCategory, open = "getCategory", path = CategoryPath
);

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services.service(list_categories).service(get_category);
}

impl Category {
    fn of(category: &category::Category, base_url: &str) -> Self {
        let code = category.code.as_str();
        let parent = (!category.code.is_group()).then(|| category.code.group());
        Self {
            href: format!("{base_url}/refData/categories/{code}"),
            code: code.to_owned(),
            parent: parent.map(String::from),
            labels: (&category.labels).into(),
            flags: category.flags.clone(),
            valid_from: category.valid_from,
            valid_to: category.valid_to,
            replaced_by: category.replaced_by.clone().map(String::from),
        }
    }
}

/// List the categories of nuisance.
///
/// Main groups and their kinds, in every language.
#[utoipa::path(
    tag = "Reference Data",
    params(CategoryQuery),
    responses((status = 200, description = "The categories", body = CategoryCollection))
)]
#[get("/refData/categories")]
pub(crate) async fn list_categories(call: Call<ListCategories>) -> Result<Reply, Problem> {
    let base_url = &call.state.base_url;
    let CategoryQuery { group, valid_on } = &call.query;
    let is_listed = |category: &&category::Category| {
        group.as_ref().is_none_or(|group| category.code.group().as_str() == group)
            && valid_on.is_none_or(|day| category.is_valid_on(day))
    };
    let categories = call.state.categories.iter().filter(is_listed);
    let items: Vec<_> = categories.map(|category| Category::of(category, base_url)).collect();
    let (_, query) = call.target();
    let separator = if query.is_empty() { "" } else { "?" };
    let view = CategoryCollection {
        self_link: format!("{base_url}/refData/categories{separator}{query}"),
        total: items.len(),
        items,
    };
    public(&view)
}

/// Describe a category of nuisance.
#[utoipa::path(
    tag = "Reference Data",
    params(CategoryPath),
    responses((status = 200, description = "The category", body = Category))
)]
#[get("/refData/categories/{categoryCode}")]
pub(crate) async fn get_category(call: Call<GetCategory>) -> Result<Reply, Problem> {
    let code = CategoryCode::parse(&call.path.category_code).ok();
    let found = call.state.categories.iter().find(|category| Some(&category.code) == code.as_ref());
    let category = found.ok_or_else(|| Problem::not_found("categoryCode"))?;
    public(&Category::of(category, &call.state.base_url))
}

fn public(view: &impl Serialize) -> Result<Reply, Problem> {
    let reply = Reply::ok(view)?;
    let tag = EntityTag::of_bytes(reply.body().unwrap_or_default().as_bytes());
    Ok(reply.tag(&tag).cache(Cache::Public))
}
