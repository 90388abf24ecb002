//! The OpenAPI document, made from the routes and the types they answer with.

use crate::api::Corrected;
use crate::asked::{BundleRequest, CorrectionRequest, TransferRequest};
use crate::command::OrderRequest;
use crate::connections::{MatchRequest, PublishRequest, Published, PutInPlace};
use crate::listings_file::Matched;
use crate::move_stock::Moved;
use crate::parked::{DismissRequest, RetryRequest};
use crate::price_list::Listed;
use crate::reply::Problem;
use crate::routes::{Operation, ROUTES, Route};
use crate::rules::RuleRequest;
use crate::send_parcels::Sent;
use domain::{Prices, Sku};
use engine::PublicationPreview;
use engine::views::{
    Attention, DriftReport, Explanation, Health, ListingsPage, Locations, MOST_PER_PAGE, MovementsPage, OrderView, Parked,
    PlanReport, PlanRequest, PricesPage, RecentOrders, RulesView, StockPage, StockView,
};
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

/// What a route is in the document.
struct Description {
    id: &'static str,
    summary: &'static str,
    /// Query parameters, by name.
    query: &'static [&'static str],
    /// The media type of a good answer.
    media_type: &'static str,
    answer: Value,
    /// The media type of the request's body, and its schema.
    body: Option<(&'static str, Value)>,
}

const JSON: &str = "application/json";

/// The document as JSON text, the same in every call.
pub(crate) fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| document().to_string())
}

/// The document.
pub(crate) fn document() -> Value {
    let mut answers = SchemaSettings::draft2020_12().for_serialize().with(place).into_generator();
    let mut bodies = SchemaSettings::draft2020_12().for_deserialize().with(place).into_generator();
    let problem = schema::<Problem>(&mut answers);
    let mut paths = Map::new();
    for route in ROUTES {
        let described = describe(route.operation, &mut answers, &mut bodies);
        let operations = paths.entry(route.path).or_insert_with(|| json!({}));
        operations[route.method.to_lowercase()] = operation(route, described, &problem);
    }
    let mut schemas = bodies.take_definitions(true);
    schemas.extend(answers.take_definitions(true));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Sluis",
            "version": "1",
            "description": "One stock figure for every channel, each order taken in exactly once. Instants are UTC, quantities whole units. \
                Path segments are percent-encoded: a SKU may hold spaces and slashes.",
        },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

fn place(settings: &mut SchemaSettings) {
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
}

fn schema<T: schemars::JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

fn describe(operation: Operation, answers: &mut SchemaGenerator, bodies: &mut SchemaGenerator) -> Description {
    let paged: &'static [&'static str] = &["cursor", "limit"];
    let of = |id, summary, query, answer| Description { id, summary, query, media_type: JSON, answer, body: None };
    match operation {
        Operation::Page => {
            Description { media_type: "text/html", ..of("page", "The dashboard", &[], json!({ "type": "string" })) }
        }
        Operation::OpenApi => of("openapi", "This document", &[], json!({ "type": "object" })),
        Operation::StockPage => of(
            "listStock",
            "Articles with their figures and what each channel shows; `q` finds in code, EAN, title and variant",
            &["cursor", "limit", "q"],
            schema::<StockPage>(answers),
        ),
        Operation::Stock => of("getStock", "One article", &[], schema::<StockView>(answers)),
        Operation::Movements => {
            of("listMovements", "Movements of an article, newest first", paged, schema::<MovementsPage>(answers))
        }
        Operation::Correct | Operation::Transfer | Operation::MoveStock => by_hand(operation, answers, bodies),
        Operation::Explain
        | Operation::Rules
        | Operation::RulesHere
        | Operation::PutRule
        | Operation::PutRuleHere
        | Operation::RemoveRule
        | Operation::RemoveRuleHere
        | Operation::PutBundle
        | Operation::Plan => rules(operation, answers, bodies),
        Operation::HandleOrder => Description {
            body: Some((JSON, schema::<OrderRequest>(bodies))),
            ..of(
                "handleOrder",
                "Sends a parcel, cancels, announces, receives or inspects a return, or covers what is short; the channel is told. Asked \
                 for again under the same `id`, it does nothing more. Answers the order",
                &[],
                schema::<OrderView>(answers),
            )
        },
        Operation::SendParcels => Description {
            body: Some(file(
                "Columns `connection`, `order`, `location`, and `carrier`, `tracking`, `parcel` (your mark of it), `line`, `units`. Rows \
                 of one order with the same `parcel`, or else the same `tracking`, are one parcel; without `line` and `units` it holds \
                 all that is still to be sent. Commas or semicolons; at most 500 rows.",
            )),
            ..of("sendParcels", "Parcels as a file; the same file twice does nothing more", &["by"], schema::<Sent>(answers))
        },
        Operation::Locations => {
            of("listLocations", "The places that hold stock, and what they serve", &[], schema::<Locations>(answers))
        }
        Operation::RecentOrders => of(
            "listRecentOrders",
            "Orders taken in or changed today and yesterday, each once, the latest change first",
            &["limit"],
            schema::<RecentOrders>(answers),
        ),
        Operation::Order => of("getOrder", "One order", &[], schema::<OrderView>(answers)),
        Operation::Listings
        | Operation::Preview
        | Operation::ListingsFile
        | Operation::Match
        | Operation::MatchAll
        | Operation::Publish
        | Operation::Price
        | Operation::PriceList
        | Operation::PricesPage
        | Operation::Drift => connections(operation, answers, bodies),
        Operation::Attention | Operation::RetryParked | Operation::DismissParked | Operation::EraseParked | Operation::Parked => {
            waiting(operation, answers, bodies)
        }
        Operation::Health => of("getHealth", "How each connection is doing", &[], schema::<Health>(answers)),
    }
}

/// The routes of what waits for a person; the last is the plain list of what was put aside.
fn waiting(operation: Operation, answers: &mut SchemaGenerator, bodies: &mut SchemaGenerator) -> Description {
    let of = |id, summary, query, answer| Description { id, summary, query, media_type: JSON, answer, body: None };
    match operation {
        Operation::Attention => of(
            "listAttention",
            "Everything that waits for a person: what was put aside, and differences that no repair helps against. `complete` tells whether \
             that is known to be all",
            &[],
            schema::<Attention>(answers),
        ),
        Operation::RetryParked => Description {
            body: Some((JSON, schema::<RetryRequest>(bodies))),
            ..of(
                "retryParked",
                "Has a thing that a person must see tried once more: an order is read again, a listing or a price is told again, a channel is \
                 told again what it did not want, what is short is covered. It stays on the list until it is right. Answers what waits then",
                &[],
                schema::<Attention>(answers),
            )
        },
        Operation::DismissParked => Description {
            body: Some((JSON, schema::<DismissRequest>(bodies))),
            ..of(
                "dismissParked",
                "Nothing is to be done about a thing that a person must see: it leaves the list, holds no figures down any more, and comes \
                 back only if it fails for another reason. What it holds is erased. Answers what waits then",
                &[],
                schema::<Attention>(answers),
            )
        },
        Operation::EraseParked => of(
            "eraseParked",
            "Erases what a thing holds that a person must see, such as a delivery with a customer's words; what it is and why stays. \
             Answers what waits then",
            &[],
            schema::<Attention>(answers),
        ),
        _ => of("listParked", "What a person must see, newest first", &["cursor", "limit"], schema::<Parked>(answers)),
    }
}

/// The routes by which people change figures; the last is the file's.
fn by_hand(operation: Operation, answers: &mut SchemaGenerator, bodies: &mut SchemaGenerator) -> Description {
    let of = |id, summary, query, answer| Description { id, summary, query, media_type: JSON, answer, body: None };
    match operation {
        Operation::Correct => Description {
            body: Some((JSON, schema::<CorrectionRequest>(bodies))),
            ..of(
                "correctStock",
                "Changes a figure by hand, and tells the channels; the ledger keeps who asked, and a different `by` is refused",
                &[],
                schema::<Corrected>(answers),
            )
        },
        Operation::Transfer => Description {
            body: Some((JSON, schema::<TransferRequest>(bodies))),
            ..of(
                "transferStock",
                "Brings available units of an article from one location to another, in one movement; answers the article",
                &[],
                schema::<StockView>(answers),
            )
        },
        _ => Description {
            body: Some(file(
                "Columns `sku`, `location`, `reason`, and `change` (units to add, negative takes) or `counted` (units on the shelf, \
                 those promised to orders among them: what is available follows); if you like `id`, your mark of the movement, one for \
                 each article and movement. Commas or semicolons; at most 500 rows.",
            )),
            ..of(
                "moveStock",
                "Receipts, write-offs and counts as a file; every row is judged by itself. Sent twice, a row of `change` counts twice unless it has an `id`",
                &["by"],
                schema::<Moved>(answers),
            )
        },
    }
}

/// The routes about what is said for an article; the last is the plan's.
fn rules(operation: Operation, answers: &mut SchemaGenerator, bodies: &mut SchemaGenerator) -> Description {
    let of = |id, summary, query, answer| Description { id, summary, query, media_type: JSON, answer, body: None };
    match operation {
        Operation::PutBundle => Description {
            body: Some((JSON, schema::<BundleRequest>(bodies))),
            ..of(
                "putBundle",
                "Says what a bundle consists of; orders that were taken in keep what it was. Answers the bundle as an article",
                &[],
                schema::<StockView>(answers),
            )
        },
        Operation::Explain => of(
            "explainStock",
            "Why an article's figure is what it is, and why each channel shows what it shows; `connection`: only that one",
            &["connection"],
            schema::<Explanation>(answers),
        ),
        Operation::Rules => of("getRules", "The rules of an article on every connection", &[], schema::<RulesView>(answers)),
        Operation::RulesHere => of(
            "getRulesHere",
            "The rules of an article on a connection. What is said for it there goes before what is said for it everywhere, and that before \
             the connection's rule, field by field",
            &[],
            schema::<RulesView>(answers),
        ),
        Operation::PutRule => Description {
            body: Some((JSON, schema::<RuleRequest>(bodies))),
            ..of(
                "putRule",
                "Says what differs for an article everywhere, and tells the channels; answers its rules",
                &[],
                schema::<RulesView>(answers),
            )
        },
        Operation::PutRuleHere => Description {
            body: Some((JSON, schema::<RuleRequest>(bodies))),
            ..of(
                "putRuleHere",
                "Says what differs for an article on a connection, and tells its channel; answers its rules there",
                &[],
                schema::<RulesView>(answers),
            )
        },
        Operation::RemoveRule => of(
            "removeRule",
            "Nothing differs everywhere any more; answers the article's rules",
            &[],
            schema::<RulesView>(answers),
        ),
        Operation::RemoveRuleHere => of(
            "removeRuleHere",
            "Nothing differs on the connection alone any more; answers the article's rules there",
            &[],
            schema::<RulesView>(answers),
        ),
        _ => Description {
            body: Some((JSON, schema::<PlanRequest>(bodies))),
            ..of(
                "plan",
                "Plays the last days under other rules, a page of articles at a time: oversells avoided, and the time in which listings \
                 would have shown 0 while there was stock. Changes nothing",
                &[],
                schema::<PlanReport>(answers),
            )
        },
    }
}

fn file(columns: &str) -> (&'static str, Value) {
    ("text/csv", json!({ "type": "string", "description": columns }))
}

/// The routes about a connection.
fn connections(operation: Operation, answers: &mut SchemaGenerator, bodies: &mut SchemaGenerator) -> Description {
    let of = |id, summary, query, answer| Description { id, summary, query, media_type: JSON, answer, body: None };
    match operation {
        Operation::Match => Description {
            body: Some((JSON, schema::<MatchRequest>(bodies))),
            ..of(
                "matchListing",
                "Says which article an item is, where EAN and SKU do not",
                &[],
                schema::<PutInPlace<Option<Sku>>>(answers),
            )
        },
        Operation::Listings => of(
            "listListings",
            "Which item of a connection is which article; `unclear`: only those a person must match",
            &["cursor", "limit", "unclear"],
            schema::<ListingsPage>(answers),
        ),
        Operation::ListingsFile => Description {
            media_type: "text/csv",
            ..of(
                "getListingsFile",
                "A connection's items as a file, with the article each is and how that is known; `unclear`: only those a person must \
                 match. Of more than 10000 items the header `sluis-next` holds the `cursor` of the rest",
                &["cursor", "unclear"],
                json!({ "type": "string" }),
            )
        },
        Operation::MatchAll => Description {
            body: Some(file(
                "Columns `connection`, `offer`, `sku`; an empty `sku` forgets what was said by hand. The columns of the file of items may \
                 be there too, and are left alone. Commas or semicolons; at most 500 rows.",
            )),
            ..of(
                "matchListings",
                "Matches by hand as a file; every row is judged by itself, and one that says what holds already changes nothing",
                &[],
                schema::<Matched>(answers),
            )
        },
        Operation::Publish => Description {
            body: Some((JSON, schema::<PublishRequest>(bodies))),
            ..of(
                "publish",
                "Says which articles a connection is told about: all, a pilot of some, or nothing. Orders are taken in all the same. 202: it \
                 holds, and figures follow in the background",
                &[],
                schema::<Published>(answers),
            )
        },
        Operation::Price => Description {
            body: Some((JSON, schema::<Prices>(bodies))),
            ..of(
                "putPrices",
                "Says what an article costs on a connection, with dated promotions; told at the next run, within five minutes",
                &[],
                schema::<PutInPlace<Prices>>(answers),
            )
        },
        Operation::PriceList => Description {
            body: Some(file(
                "Columns `connection`, `sku`, `price` (12.95 or 12,95, with or without tax as the channel wants it), and `currency` (EUR if \
                 left out), `from` and `through` (the first and the last day of a promotion, in the Netherlands). The rows of an article on a \
                 connection are its prices there, all of them or none: one without days, its usual price, and one for each promotion. \
                 Commas or semicolons; at most 500 rows.",
            )),
            ..of("putPriceList", "Prices as a file; told at the next run, within five minutes", &[], schema::<Listed>(answers))
        },
        Operation::PricesPage => of(
            "listPrices",
            "What articles cost on a connection, what holds now, and what the channel was told",
            &["cursor", "limit"],
            schema::<PricesPage>(answers),
        ),
        Operation::Drift => of(
            "listDrift",
            "What differs between channels and our books; `only_for_people`: only what a person must decide",
            &["cursor", "limit", "only_for_people"],
            schema::<DriftReport>(answers),
        ),
        _ => of(
            "previewPublication",
            "Every item of a connection with the figure it shows and the figure it would be told",
            &["cursor", "limit"],
            schema::<PublicationPreview>(answers),
        ),
    }
}

fn operation(route: &Route, described: Description, problem: &Value) -> Value {
    let in_path = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> =
        in_path.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })).collect();
    parameters.extend(described.query.iter().map(|name| {
        let schema = match *name {
            "limit" => json!({ "type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": 50 }),
            "unclear" => json!({ "type": "boolean", "default": false }),
            _ => json!({ "type": "string" }),
        };
        json!({ "name": name, "in": "query", "required": false, "schema": schema })
    }));
    let mut operation = json!({
        "operationId": described.id,
        "summary": described.summary,
        "parameters": parameters,
        "responses": {
            "200": { "description": "As asked.", "content": { described.media_type: { "schema": described.answer } } },
            "default": {
                "description": "It could not be done.",
                "content": { "application/problem+json": { "schema": problem } },
            },
        },
    });
    if route.operation == Operation::Publish {
        operation["responses"]["202"] = json!({
            "description": "It holds, and not all figures are on their way yet: `progress`, and the header `location`, name where to see how \
                far it is.",
            "headers": { "location": { "schema": { "type": "string" } } },
            "content": operation["responses"]["200"]["content"].clone(),
        });
    }
    if let Some((media_type, body)) = described.body {
        operation["requestBody"] = json!({ "required": true, "content": { media_type: { "schema": body } } });
    }
    operation
}
