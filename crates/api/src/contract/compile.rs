//! From the OpenAPI document to validators and tables.

use std::collections::HashMap;

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use super::parameter::{Parameter, Parameters, Shape};
use super::route::Route;
use super::{BodyContract, Contract, Need, OperationContract, format};
use crate::problem::Place;

/// The name under which schemas refer to each other; nothing is ever fetched from it.
const RESOURCE: &str = "urn:wijkoverleg:contract";
const METHODS: [&str; 7] = ["get", "put", "post", "patch", "delete", "options", "head"];

/// A document that cannot be held to.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// A schema does not compile.
    #[error("the schema of {place} cannot be used: {reason}")]
    Schema {
        /// The operation and its part.
        place: String,
        /// What the validator says.
        reason: String,
    },
    /// An operation has no id, or one that another has too.
    #[error("the operation {0} has no id of its own")]
    OperationId(String),
}

/// Compiles every operation of a document.
pub(super) fn compile(document: &Value) -> Result<Contract, ContractError> {
    let mut operations = HashMap::new();
    let mut routes = Vec::new();
    let compiler = Compiler { document };
    for (path, item) in object(document.get("paths")) {
        let methods: Vec<_> =
            METHODS.iter().filter_map(|method| Some((*method, item.get(*method)?))).collect();
        routes.push(Route::new(path, methods.iter().map(|(method, _)| *method)));
        for (method, operation) in methods {
            let place = || format!("{} {path}", method.to_uppercase());
            let id = operation.get("operationId").and_then(Value::as_str);
            let id = id.ok_or_else(|| ContractError::OperationId(place()))?;
            if operations.insert(id.to_owned(), compiler.operation(id, operation)?).is_some() {
                return Err(ContractError::OperationId(place()));
            }
        }
    }
    Ok(Contract { operations, routes })
}

struct Compiler<'a> {
    document: &'a Value,
}

impl<'a> Compiler<'a> {
    fn operation(&self, id: &str, operation: &'a Value) -> Result<OperationContract, ContractError> {
        let parameters: Vec<&Value> =
            array(operation.get("parameters")).iter().map(|parameter| self.resolve(parameter)).collect();
        let header = |name: &str| {
            let found = parameters.iter().find(|parameter| {
                text(parameter, "in") == "header" && text(parameter, "name").eq_ignore_ascii_case(name)
            });
            found.map_or(Need::Absent, |parameter| {
                if flag(parameter, "required") { Need::Required } else { Need::Optional }
            })
        };
        Ok(OperationContract {
            path: self.parameters(id, &parameters, Place::Path)?,
            query: self.parameters(id, &parameters, Place::Query)?,
            body: operation.get("requestBody").map(|body| self.body(id, self.resolve(body))).transpose()?,
            if_match: header("If-Match"),
            idempotency_key: header("Idempotency-Key"),
            produces: self.produces(operation),
        })
    }

    fn parameters(
        &self,
        id: &str,
        parameters: &[&'a Value],
        place: Place,
    ) -> Result<Parameters, ContractError> {
        let own = parameters.iter().filter(|parameter| text(parameter, "in") == place.code());
        let compiled: Result<Vec<_>, _> = own
            .map(|parameter| {
                let name = text(parameter, "name");
                let schema = parameter.get("schema").unwrap_or(&Value::Bool(true));
                let resolved = self.resolve(schema);
                let many = text(resolved, "type") == "array";
                let scalar = if many { resolved.get("items").map(|items| self.resolve(items)) } else { None };
                Ok(Parameter {
                    name: name.to_owned(),
                    required: flag(parameter, "required"),
                    many,
                    shape: Shape::of(text(scalar.unwrap_or(resolved), "type")),
                    default: resolved.get("default").or_else(|| schema.get("default")).cloned(),
                    validator: self.validator(schema, || format!("{id}, {} {name}", place.code()))?,
                })
            })
            .collect();
        Ok(Parameters::new(place, compiled?))
    }

    fn body(&self, id: &str, body: &'a Value) -> Result<BodyContract, ContractError> {
        let content = object(body.get("content"));
        let media_types: Vec<_> = content.iter().map(|(media_type, _)| (*media_type).to_owned()).collect();
        let json = content.iter().find(|(media_type, _)| is_json(media_type));
        let schema = json.and_then(|(_, media)| media.get("schema"));
        let validator = schema.map(|schema| self.validator(schema, || format!("{id}, body"))).transpose()?;
        Ok(BodyContract { required: flag(body, "required"), media_types, validator })
    }

    fn produces(&self, operation: &'a Value) -> Vec<String> {
        let responses = object(operation.get("responses"));
        let successes = responses.iter().filter(|(status, _)| status.starts_with('2'));
        let mut media_types: Vec<String> = successes
            .flat_map(|(_, response)| object(self.resolve(response).get("content")))
            .map(|(media_type, _)| media_type.clone())
            .collect();
        media_types.sort_unstable();
        media_types.dedup();
        media_types
    }

    fn resolve(&self, value: &'a Value) -> &'a Value {
        let mut value = value;
        // A chain of references longer than this leads in a circle.
        for _ in 0..16 {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else { break };
            let Some(target) = reference.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer))
            else {
                break;
            };
            value = target;
        }
        value
    }

    /// Compiles a schema together with the components that it refers to.
    fn validator(&self, schema: &Value, place: impl Fn() -> String) -> Result<Validator, ContractError> {
        let error = |reason: String| ContractError::Schema { place: place(), reason };
        let schemas = reachable(schema, self.document.pointer("/components/schemas"));
        let resource = json!({ "components": { "schemas": schemas }, "$defs": { "root": schema } });
        let resource = Draft::Draft202012.create_resource(resource);
        let registry = Registry::new()
            .add(RESOURCE, resource)
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|reason| error(reason.to_string()))?;
        format::asserted(jsonschema::options())
            .with_draft(Draft::Draft202012)
            .with_registry(&registry)
            .build(&json!({ "$ref": format!("{RESOURCE}#/$defs/root") }))
            .map_err(|reason| error(reason.to_string()))
    }
}

/// Collects the components that a schema needs, directly or through others.
fn reachable(schema: &Value, components: Option<&Value>) -> Map<String, Value> {
    let mut found = Map::new();
    let mut pending = vec![schema];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(members) => {
                let name = members.get("$ref").and_then(Value::as_str);
                if let Some(name) = name.and_then(|name| name.strip_prefix("#/components/schemas/"))
                    && !found.contains_key(name)
                    && let Some(component) = components.and_then(|components| components.get(name))
                {
                    found.insert(name.to_owned(), component.clone());
                    pending.push(component);
                }
                pending.extend(members.values());
            }
            Value::Array(values) => pending.extend(values),
            _ => {}
        }
    }
    found
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.ends_with("+json")
}

fn object(value: Option<&Value>) -> Vec<(&String, &Value)> {
    value.and_then(Value::as_object).map(|members| members.iter().collect()).unwrap_or_default()
}

fn array(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn flag(value: &Value, member: &str) -> bool {
    value.get(member).and_then(Value::as_bool).unwrap_or_default()
}
