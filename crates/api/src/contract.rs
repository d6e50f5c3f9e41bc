//! The contract is the validator: what the OpenAPI document says of an operation is what its input is held to.
//!
//! At start-up every operation of the document is compiled: the schema of its body, a table of its parameters, its
//! headers and media types. Validation collects every fault, not only the first.

mod compile;
mod decode;
mod faults;
mod format;
mod json;
mod parameter;
mod route;

use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::Value;

pub use compile::ContractError;
pub(crate) use decode::percent_decoded;
pub(crate) use json::parse as parse_json;
pub(crate) use parameter::Parameters;

use crate::problem::{Issue, Place};
use route::Route;

/// Every operation of the API, by its id.
#[derive(Debug)]
pub struct Contract {
    operations: HashMap<String, OperationContract>,
    routes: Vec<Route>,
}

/// Whether a header has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The operation does not know it.
    Absent,
    /// The caller may send it.
    Optional,
    /// The caller must send it.
    Required,
}

/// What one operation takes and gives.
#[derive(Debug)]
pub struct OperationContract {
    pub(crate) path: Parameters,
    pub(crate) query: Parameters,
    pub(crate) body: Option<BodyContract>,
    pub(crate) if_match: Need,
    pub(crate) idempotency_key: Need,
    /// Media types of its successful answers.
    pub(crate) produces: Vec<String>,
}

/// What the body of an operation has to be.
#[derive(Debug)]
pub struct BodyContract {
    pub(crate) required: bool,
    pub(crate) media_types: Vec<String>,
    /// Absent when the body is no JSON and the handler reads it itself.
    pub(crate) validator: Option<Validator>,
}

impl Contract {
    /// Compiles an OpenAPI document.
    pub fn compile(document: &Value) -> Result<Self, ContractError> {
        compile::compile(document)
    }

    /// Returns the contract of an operation.
    pub fn operation(&self, operation_id: &str) -> Option<&OperationContract> {
        self.operations.get(operation_id)
    }

    /// Returns the ids of the operations, in no order.
    pub fn operation_ids(&self) -> impl Iterator<Item = &str> {
        self.operations.keys().map(String::as_str)
    }

    /// Returns the methods of a path below the base path as a value for `Allow`, when there is such a path.
    pub fn allowed_methods(&self, path: &str) -> Option<String> {
        route::allowed(&self.routes, path)
    }

    /// Lists every fault of a body.
    pub fn validate_body(&self, operation_id: &str, body: &Value) -> Vec<Issue> {
        let mut issues = Vec::new();
        if let Some(contract) = self.operation(operation_id).and_then(|operation| operation.body.as_ref()) {
            contract.check(body, &mut issues);
        }
        issues
    }

    /// Reads a raw query string into an object of typed values, or lists every fault.
    pub fn parse_query(&self, operation_id: &str, raw: &str) -> Result<Value, Vec<Issue>> {
        let mut issues = Vec::new();
        let query = match self.operation(operation_id) {
            Some(operation) => operation.query.parse_query(raw, &mut issues),
            None => Value::Object(serde_json::Map::new()),
        };
        if issues.is_empty() { Ok(query) } else { Err(issues) }
    }
}

impl BodyContract {
    /// Adds every fault of a body to the list.
    pub(crate) fn check(&self, body: &Value, issues: &mut Vec<Issue>) {
        if let Some(validator) = &self.validator {
            faults::collect(validator, body, Place::Body, "", issues);
            faults::collect_forbidden(body, issues);
        }
    }

    /// Tells whether the body is JSON that the contract describes.
    pub(crate) fn is_json(&self) -> bool {
        self.validator.is_some()
    }
}

#[cfg(test)]
mod tests;
