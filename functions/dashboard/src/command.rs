//! What is to be done about an order: its JSON, and which field a problem is about.

use crate::reply::Problem;
use crate::{asked, door};
use domain::{CancelReason, CarrierId, Finding, LineUnits, LocationId, OrderLineId, Quantity, ReturnVerdict};
use engine::{Lookup, OrderCommand, World, handle_order, views};
use lambda_kit::HttpCall;
use ports::{Error, ErrorKind};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// An `OrderCommand` with who asks for it.
pub(crate) struct OrderRequest;

impl JsonSchema for OrderRequest {
    fn schema_name() -> Cow<'static, str> {
        "OrderRequest".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = OrderCommand::json_schema(generator);
        let by = json_schema!({
            "description": "Who: 1 to 200 characters. May be left out where the request says who asks, as with a token on AWS; given \
                nevertheless, it must be the same.",
            "type": ["string", "null"],
        });
        let kinds = schema.get_mut("oneOf").and_then(Value::as_array_mut);
        for kind in kinds.into_iter().flatten() {
            if let Some(properties) = kind.get_mut("properties").and_then(Value::as_object_mut) {
                properties.insert("by".to_owned(), by.clone().to_value());
            }
        }
        schema
    }
}

/// Does it. Answers the order as it is then.
pub(crate) async fn handle(
    world: &World,
    lookup: &Lookup,
    path: [&str; 2],
    call: &HttpCall,
) -> Result<views::OrderView, Problem> {
    let (connection, number) = (asked::id("connection", path[0])?, asked::id("number", path[1])?);
    let (command, by) = read(call)?;
    let done = handle_order(world, lookup, &connection, &number, &command, &by).await;
    done.map(views::OrderView::from).map_err(|error| {
        let field = field(&command, &error);
        let problem = Problem::from(error);
        field.map_or(problem.clone(), |field| problem.in_field(field))
    })
}

fn read(call: &HttpCall) -> Result<(OrderCommand, String), Problem> {
    let mut object: Map<String, Value> = asked::body(call, "a command about an order")?;
    let by = match object.remove("by") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name),
        Some(_) => return Err(Problem::new(400, "by: expected a text").in_field("by")),
    };
    let by = asked::by(call.caller.as_deref(), by.as_deref())?;
    // An alternative is chosen by its name before its fields are looked at, so the door cannot see that this is a list of lists.
    let lines = object.get("lines").and_then(Value::as_array);
    if lines.is_some_and(|lines| lines.iter().any(|line| !line.is_object())) {
        return Err(Problem::new(400, "lines: expected a list of objects, with `line` and `units` each").in_field("lines"));
    }
    if let Some(lines) = lines {
        door::part::<Vec<LineUnits>>(Value::Array(lines.clone())).map_err(|wrong| {
            let within = if wrong.field.is_empty() { "lines".to_owned() } else { format!("lines.{}", wrong.field) };
            Problem::new(400, format!("{within}: {}; see /api/v1/openapi.json", wrong.what)).in_field("lines")
        })?;
    }
    match door::of(Value::Object(object.clone())) {
        Ok(command) => Ok((command, by)),
        Err(wrong) => {
            let field = misread(&object, &wrong);
            Err(asked::misread(&door::Wrong { field: field.unwrap_or_default(), ..wrong }, "a command about an order"))
        }
    }
}

/// The field that a command fails at: the one that is named, or the first that does not mean what its kind asks for.
fn misread(object: &Map<String, Value>, wrong: &door::Wrong) -> Option<String> {
    if !wrong.field.is_empty() {
        return Some(wrong.field.clone());
    }
    let error = wrong.to_string();
    let cancels = object.get("do").and_then(Value::as_str) == Some("cancel");
    let is_wrong = |(name, value): &(&String, &Value)| match name.as_str() {
        "id" => !fits::<Option<String>>(value),
        "location" => !fits::<LocationId>(value),
        "restock_at" => !fits::<Option<LocationId>>(value),
        "lines" => !fits::<Vec<LineUnits>>(value),
        "carrier" => !fits::<Option<CarrierId>>(value),
        "write_off" => !fits::<Option<bool>>(value),
        "reason" if cancels => !fits::<CancelReason>(value),
        "do" | "tracking" | "return" | "reason" => !fits::<String>(value),
        "line" => !fits::<OrderLineId>(value),
        "units" => !fits::<Quantity>(value),
        "finding" => !fits::<Finding>(value),
        "verdict" => !fits::<ReturnVerdict>(value),
        _ => false,
    };
    let found = object.iter().find(is_wrong).map(|(name, _)| name.clone());
    found.or_else(|| error.contains("expected one of").then(|| "do".to_owned()))
}

fn fits<T: DeserializeOwned>(value: &Value) -> bool {
    T::deserialize(value).is_ok()
}

/// The field of the command that a refusal is about.
fn field(command: &OrderCommand, error: &Error) -> Option<&'static str> {
    let refused = matches!(error.kind, ErrorKind::BadInput | ErrorKind::NotFound | ErrorKind::Declined);
    if !refused || error.operation == "connection" {
        return None;
    }
    let about_a_line = error.message.contains("line ") || error.message.contains("needs at least one");
    match (error.operation, command) {
        ("location", OrderCommand::InspectReturn { .. }) => Some("restock_at"),
        ("location", _) => Some("location"),
        ("carrier", _) => Some("carrier"),
        ("cancel" | "lines", _) => Some("lines"),
        ("id", _) => Some("id"),
        ("tracking", _) => Some("tracking"),
        ("reason", _) => Some("reason"),
        (_, OrderCommand::ReceiveReturn { .. } | OrderCommand::InspectReturn { .. })
            if error.message.starts_with("the order has no return") =>
        {
            Some("return")
        }
        (_, OrderCommand::InspectReturn { .. }) if error.message.contains("go back on sale") => Some("restock_at"),
        (_, OrderCommand::InspectReturn { .. }) if error.kind == ErrorKind::BadInput => Some("units"),
        (_, OrderCommand::Ship { .. }) if error.message.contains("transfer or correct the stock first") => Some("location"),
        (_, OrderCommand::Ship { .. } | OrderCommand::Cancel { .. } | OrderCommand::AnnounceReturn { .. }) if about_a_line => {
            Some("lines")
        }
        _ => None,
    }
}
