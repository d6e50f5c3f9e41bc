//! Holds every answer of every test to the document that the application serves.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::wire::{Received, Sent};

/// The path below which the API is.
pub const BASE: &str = "/wijkoverleg/v1";

/// The served document, with its schemas compiled as they are needed.
pub struct Contract {
    document: Value,
    pub operations: Vec<Operation>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// An operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: String,
    /// In upper case.
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
    /// The object in the document.
    pub value: Value,
}

impl Operation {
    /// Gives the names of the parameters in the path.
    pub fn path_parameters(&self) -> Vec<&str> {
        self.path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}')).collect()
    }

    fn has(&self, method: &str) -> bool {
        self.method == method || (method == "HEAD" && self.method == "GET")
    }

    fn covers(&self, path: &str) -> bool {
        let (wanted, given): (Vec<&str>, Vec<&str>) =
            (self.path.split('/').collect(), path.split('/').collect());
        wanted.len() == given.len()
            && wanted.iter().zip(&given).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
    }

    /// Counts the segments that are fixed: `/followUpRequests/receive` goes before `/followUpRequests/{id}`.
    fn fixed(&self) -> usize {
        self.path.split('/').filter(|it| !it.starts_with('{')).count()
    }

    /// Tells whether it is open to everybody.
    pub fn is_open(&self) -> bool {
        self.value["security"].as_array().is_some_and(Vec::is_empty)
    }
}

impl Contract {
    /// Gives the contract of a document; all tests of a run share one, as all applications serve the same.
    pub fn of(serve: impl FnOnce() -> Value) -> &'static Self {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| Self::new(serve()))
    }

    fn new(document: Value) -> Self {
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("a path item") {
                if !["get", "put", "post", "delete", "patch"].contains(&method.as_str()) {
                    continue;
                }
                operations.push(Operation {
                    id: operation["operationId"].as_str().expect("operationId").to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    value: operation.clone(),
                });
            }
        }
        Self { document, operations, validators: Mutex::default() }
    }

    /// Finds the operation that a request is for, by the path below the base.
    pub fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        let closest = self.operations.iter().filter(|operation| operation.covers(path));
        let closest = closest.max_by_key(|operation| operation.fixed())?.path.as_str();
        self.operations.iter().find(|operation| operation.path == closest && operation.has(method))
    }

    /// Follows a reference, if it is one.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let Some(reference) = value["$ref"].as_str() else { return value };
        let pointer = reference.strip_prefix('#').expect("a reference within the document");
        self.resolve(self.document.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere")))
    }

    /// Gives the schema of the JSON body of an operation.
    pub fn body_schema<'a>(&'a self, operation: &'a Operation) -> Option<&'a Value> {
        let content = self.resolve(&operation.value["requestBody"])["content"].as_object()?;
        let (_, body) = content.iter().find(|(name, _)| name.contains("json"))?;
        Some(&body["schema"])
    }

    /// Fails when an answer is not as the document says.
    pub fn check(&self, sent: &Sent, received: &Received) {
        if let Err(fault) = self.fault(sent, received) {
            panic!(
                "the answer does not follow the contract: {fault}\n{} {}\n{} {:?}\n{}",
                sent.method,
                sent.target,
                received.status,
                received.headers,
                String::from_utf8_lossy(&received.body)
            );
        }
    }

    fn fault(&self, sent: &Sent, received: &Received) -> Result<(), String> {
        let header = |name: &str| received.header(name);
        let required =
            |name: &str| header(name).map(|_| ()).ok_or_else(|| format!("the header {name} is missing"));
        let target = sent.target.split('?').next().unwrap_or_default();
        let Some(path) = target.strip_prefix(BASE) else { return Ok(()) };
        if path.starts_with("/doc") {
            return Ok(());
        }
        for name in ["BelGov-Trace-Id", "X-Content-Type-Options", "Content-Security-Policy", "Cache-Control"]
        {
            required(name)?;
        }
        let status = received.status;
        let operation = self.find(&sent.method, path);
        let Some(operation) = operation else {
            if matches!(path, "/health/live" | "/health/ready") || (sent.method == "OPTIONS" && status == 200)
            {
                return Ok(());
            }
            if !(400..500).contains(&status) {
                return Err(format!("{status} where the document has no operation"));
            }
            if status == 405 {
                required("Allow")?;
            }
            return self.problem_fault(sent, received, "Problem");
        };
        let responses = operation.value["responses"].as_object().expect("responses");
        let documented = match responses.get(&status.to_string()) {
            Some(response) => self.resolve(response),
            // Refusals of the server itself, before it knows the operation.
            None if matches!(status, 408 | 414 | 431) => self.resolve(&responses["default"]),
            None => return Err(format!("{} does not document {status}", operation.id)),
        };
        match status {
            401 => required("WWW-Authenticate")?,
            201 => required("Location")?,
            429 => required("Retry-After")?,
            503 if operation.id != "checkHealth" => required("Retry-After")?,
            _ => {}
        }
        if documented["headers"].get("ETag").is_some() {
            required("ETag")?;
        }
        if matches!(status, 204 | 304) {
            return if received.body.is_empty() { Ok(()) } else { Err("a body".to_owned()) };
        }
        let content = documented["content"].as_object().ok_or("no content is documented")?;
        let given = header("Content-Type").ok_or("the header Content-Type is missing")?;
        let essence = given.split(';').next().unwrap_or_default().trim();
        let media_type = content.get(essence).ok_or_else(|| format!("{essence} is not documented"))?;
        if essence == "application/problem+json" {
            let name = media_type["schema"]["$ref"].as_str().and_then(|it| it.rsplit('/').next());
            return self.problem_fault(sent, received, name.unwrap_or("Problem"));
        }
        if sent.method == "HEAD" {
            return if received.body.is_empty() { Ok(()) } else { Err("a body".to_owned()) };
        }
        if !essence.contains("json") {
            return Ok(());
        }
        let body = serde_json::from_slice(&received.body).map_err(|error| format!("no JSON: {error}"))?;
        self.body_fault(&format!("{} {status} {essence}", operation.id), &media_type["schema"], &body)?;
        match (header("ETag"), body.get("etag").and_then(Value::as_str)) {
            (Some(header), Some(member)) if version(header) != version(member) => {
                Err(format!("ETag is {header} and the member etag {member}"))
            }
            _ => Ok(()),
        }
    }

    fn problem_fault(&self, sent: &Sent, received: &Received, schema: &str) -> Result<(), String> {
        for name in ["Content-Language", "Vary"] {
            received.header(name).ok_or_else(|| format!("the header {name} is missing"))?;
        }
        if received.header("Content-Type") != Some("application/problem+json") {
            return Err("the problem has another media type".to_owned());
        }
        if sent.method == "HEAD" {
            return Ok(());
        }
        let body: Value =
            serde_json::from_slice(&received.body).map_err(|error| format!("no JSON: {error}"))?;
        let reference = json!({"$ref": format!("#/components/schemas/{schema}")});
        self.body_fault(&format!("problem {schema}"), &reference, &body)?;
        if body["status"] != received.status {
            return Err("the member status differs from the status".to_owned());
        }
        let trace = received.header("BelGov-Trace-Id").unwrap_or_default();
        if body["instance"] != format!("urn:uuid:{trace}") {
            return Err("instance is not the trace id".to_owned());
        }
        Ok(())
    }

    fn body_fault(&self, name: &str, schema: &Value, body: &Value) -> Result<(), String> {
        let validator = self.validator(name, schema);
        let faults: Vec<String> = validator
            .iter_errors(body)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        if faults.is_empty() { no_nulls(body) } else { Err(faults.join("; ")) }
    }

    /// Compiles a schema of the document, once.
    pub fn validator(&self, name: &str, schema: &Value) -> Arc<Validator> {
        let mut known = self.validators.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let validator = known.entry(name.to_owned()).or_insert_with(|| {
            let mut root = schema.as_object().cloned().unwrap_or_else(Map::new);
            root.insert("components".to_owned(), self.document["components"].clone());
            let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
            let validator = options.build(&Value::Object(root));
            Arc::new(validator.unwrap_or_else(|error| panic!("the schema of {name} is broken: {error}")))
        });
        Arc::clone(validator)
    }
}

/// The part of an entity tag that a change is held to.
fn version(etag: &str) -> &str {
    etag.trim_matches('"').split('-').next().unwrap_or_default()
}

/// Absent means none: no answer holds a null.
fn no_nulls(value: &Value) -> Result<(), String> {
    match value {
        Value::Null => Err("a null".to_owned()),
        Value::Array(items) => items.iter().try_for_each(no_nulls),
        Value::Object(members) => members.values().try_for_each(no_nulls),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}
