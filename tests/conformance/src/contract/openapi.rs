//! One or more `OpenAPI` documents, by path, method and media type.

use super::strict::{Compiled, Form, flaws};
use super::{Contract, Verdict, answered, header, query, typed};
use crate::wire::Exchange;
use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde_json::Value;

/// The documents.
pub struct OpenApi {
    documents: Vec<Value>,
    /// Tells answers that are right though the document does not say so, by kind and body.
    documented_exception: fn(&str, &Value) -> bool,
    compiled: Compiled,
}

/// Where a request belongs.
struct Route<'a> {
    document: &'a Value,
    template: &'a str,
    operation: &'a Value,
    /// Placeholder and what stands there.
    placed: Vec<(&'a str, &'a str)>,
}

impl OpenApi {
    /// Reads documents.
    pub fn new(documents: Vec<Value>, documented_exception: fn(&str, &Value) -> bool) -> Self {
        Self { documents, documented_exception, compiled: Compiled::default() }
    }

    fn routes<'a>(&'a self, method: &Method, path: &'a str) -> Vec<Route<'a>> {
        let method = method.as_str().to_lowercase();
        let mut routes = Vec::new();
        for document in &self.documents {
            for (template, operations) in document["paths"].as_object().into_iter().flatten() {
                if let (Some(placed), Some(operation)) = (matched(template, path), operations.get(&method)) {
                    routes.push(Route { document, template, operation, placed });
                }
            }
        }
        // A path that is spelled out goes before one with a placeholder.
        routes.sort_by_key(|route| route.placed.len());
        routes
    }
}

/// The placeholders of a template, if the path fits it.
fn matched<'a>(template: &'a str, path: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    if template.split('/').count() != path.split('/').count() {
        return None;
    }
    let mut placed = Vec::new();
    for (wanted, given) in template.split('/').zip(path.split('/')) {
        match wanted.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
            Some(name) if !given.is_empty() => placed.push((name, given)),
            None if wanted == given => {}
            _ => return None,
        }
    }
    Some(placed)
}

impl Contract for OpenApi {
    fn judge(&self, exchange: &Exchange) -> Verdict {
        let request = &exchange.request;
        let routes = self.routes(request.method(), request.uri().path());
        let accept = header(request.headers(), ACCEPT).unwrap_or_default();
        // Versions share a path and differ in their media type.
        let Some(route) = routes.iter().find(|r| offered(r.operation).contains(&accept)).or(routes.first()) else {
            let kind = format!("{} {}", request.method(), request.uri().path());
            return Verdict { kind, request: vec!["no such path and method".into()], ..Verdict::default() };
        };
        let mut verdict = Verdict { kind: format!("{} {}", request.method(), route.template), ..Verdict::default() };
        // Whoever answers without a body offers none.
        let offers = offered(route.operation);
        if !offers.is_empty() && !offers.contains(&accept) {
            verdict.request.push(format!("Accept is {accept:?}, offered are {offers:?}"));
        }
        verdict.request.extend(self.parameters(&verdict.kind, route, &query(request)));
        verdict.request.extend(self.body(&verdict.kind, route, exchange));
        let Some(response) = &exchange.response else { return verdict };
        let status = response.status().as_u16().to_string();
        let declared = &route.operation["responses"][status.as_str()];
        let media = header(response.headers(), CONTENT_TYPE).unwrap_or_default();
        if declared.is_null() {
            // Refusals are left out of these documents in part; what is no refusal must be in them.
            if response.status().is_success() {
                verdict.response.push(format!("status {status} is not declared"));
            }
            return verdict;
        }
        let schema = &declared["content"][media]["schema"];
        if schema.is_null() {
            if !response.body().is_empty() {
                verdict.response.push(format!("status {status} with {media:?} is not declared"));
            }
            return verdict;
        }
        verdict.answer_has_form = true;
        if media.starts_with("text/") {
            // What lines of a report hold, no document says.
            return verdict;
        }
        let Some(value) = answered(Some(response)) else {
            verdict.response.push("is no JSON".into());
            return verdict;
        };
        if !(self.documented_exception)(&verdict.kind, &value) {
            let place = format!("{} {status} {media}", verdict.kind);
            let validator = self.compiled.at(&place, schema, &route.document["components"], Form::OpenApi);
            verdict.response.extend(flaws(&validator, &value));
        }
        verdict
    }
}

/// Media types an operation answers with.
fn offered(operation: &Value) -> Vec<&str> {
    let responses = operation["responses"].as_object().into_iter().flatten();
    responses.filter_map(|(_, r)| r["content"].as_object()).flat_map(|c| c.keys().map(String::as_str)).collect()
}

impl OpenApi {
    fn parameters(&self, kind: &str, route: &Route<'_>, query: &[(String, String)]) -> Vec<String> {
        let mut wrong = Vec::new();
        let declared: Vec<&Value> = route.operation["parameters"].as_array().into_iter().flatten().collect();
        let placed = route.placed.iter().map(|(name, value)| ("path", *name, *value));
        let asked = query.iter().map(|(name, value)| ("query", name.as_str(), value.as_str()));
        for (place, name, value) in placed.chain(asked) {
            let Some(parameter) = declared.iter().find(|p| p["in"] == place && p["name"] == name) else {
                wrong.push(format!("{place} parameter {name:?} is unknown"));
                continue;
            };
            let schema = &parameter["schema"];
            let validator = self.compiled.at(&format!("{kind} {place} {name}"), schema, &Value::Null, Form::OpenApi);
            wrong.extend(flaws(&validator, &typed(value, schema)).into_iter().map(|f| format!("{place} parameter {name:?}{f}")));
        }
        for needed in declared.iter().filter(|p| p["in"] == "query" && p["required"] == true) {
            if !query.iter().any(|(name, _)| needed["name"] == name.as_str()) {
                wrong.push(format!("query parameter {} is required", needed["name"]));
            }
        }
        wrong
    }

    fn body(&self, kind: &str, route: &Route<'_>, exchange: &Exchange) -> Vec<String> {
        let request = &exchange.request;
        let declared = &route.operation["requestBody"];
        if request.body().is_empty() {
            return if declared["required"] == true { vec!["a body is required".into()] } else { Vec::new() };
        }
        if declared.is_null() {
            return vec!["takes no body".into()];
        }
        let media = header(request.headers(), CONTENT_TYPE).unwrap_or_default();
        // A form says behind its type where its parts end.
        let (media, boundary) = media.split_once("; boundary=").map_or((media, None), |(media, end)| (media, Some(end)));
        let schema = &declared["content"][media]["schema"];
        if schema.is_null() {
            return vec![format!("Content-Type {media:?} is not declared")];
        }
        let sent = match boundary {
            Some(boundary) => form(boundary, request.body()).ok_or("the form does not end where it says"),
            None => serde_json::from_slice(request.body()).map_err(|_| "the body is no JSON"),
        };
        match sent {
            Ok(value) => {
                let place = format!("{kind} body {media}");
                flaws(&self.compiled.at(&place, schema, &route.document["components"], Form::OpenApi), &value)
            }
            Err(wrong) => vec![wrong.into()],
        }
    }
}

/// The parts of a form by their names, each as a text: files are one to a schema (RFC 7578).
fn form(boundary: &str, body: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(body).into_owned();
    let parts = text.strip_suffix(&format!("\r\n--{boundary}--\r\n"))?.strip_prefix(&format!("--{boundary}\r\n"))?;
    let mut found = serde_json::Map::new();
    for part in parts.split(&format!("\r\n--{boundary}\r\n")) {
        let (head, content) = part.split_once("\r\n\r\n")?;
        let name = head.split("form-data; name=\"").nth(1)?.split('"').next()?;
        if found.insert(name.to_owned(), content.into()).is_some() {
            return None;
        }
    }
    Some(found.into())
}
