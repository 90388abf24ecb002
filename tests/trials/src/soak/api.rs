//! The JSON API as a stranger reads it: only the fields that checks need. What it adds later does not disturb.

use super::books::OrderId;
use crate::pages::Pages;
use domain::{ConnectionId, OrderNumber, Sku};
use http::Method;
use ports::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A product with its figures.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Stock {
    pub(super) product: Product,
    pub(super) available: i64,
    pub(super) reserved: i64,
    pub(super) locations: Vec<Location>,
    pub(super) listings: Vec<Listing>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Product {
    pub(super) sku: Sku,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Location {
    pub(super) version: u64,
}

impl Stock {
    /// Counts the commits over all locations.
    pub(super) fn version(&self) -> u64 {
        self.locations.iter().map(|l| l.version).sum()
    }
}

/// A product on a channel.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Listing {
    pub(super) connection: ConnectionId,
    pub(super) published_quantity: Option<i64>,
    pub(super) publication: Publication,
}

/// How a listing stands.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Publication {
    pub(super) r#type: String,
    pub(super) target_quantity: Option<i64>,
}

/// A movement of stock.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Movement {
    pub(super) available: i64,
    pub(super) reserved: i64,
    pub(super) cause: Cause,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub(super) enum Cause {
    Orders { orders: Vec<Share> },
    Correction { reason: String },
    Opening,
}

/// One order's share of a movement.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Share {
    pub(super) connection: ConnectionId,
    pub(super) number: OrderNumber,
    pub(super) available: i64,
}

/// An order.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Order {
    pub(super) lines: Vec<Line>,
}

#[expect(clippy::struct_field_names, reason = "the names of the API's answer")]
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Line {
    pub(super) channel_line: Option<Told>,
    pub(super) sku: Option<Sku>,
    pub(super) parts: Vec<Part>,
    pub(super) short: i64,
}

impl Line {
    /// Units of products that are held for it.
    pub(super) fn held(&self) -> i64 {
        self.parts.iter().flat_map(|part| &part.allocations).map(|claim| claim.allocated).sum()
    }

    /// Units that its channel cancelled without a word whether they can be sold again: out of stock until a person says so.
    pub(super) fn written_off(&self) -> i64 {
        self.parts.iter().flat_map(|part| &part.written_off).map(|one| one.units).sum()
    }
}

/// What a line takes of one product.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Part {
    #[serde(default)]
    pub(super) allocations: Vec<Allocation>,
    #[serde(default)]
    pub(super) written_off: Vec<WrittenOff>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct WrittenOff {
    pub(super) units: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Told {
    pub(super) ordered: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Allocation {
    pub(super) allocated: i64,
}

/// What a person must see.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Parked {
    pub(super) r#type: String,
    pub(super) subject: String,
    pub(super) reason: String,
}

/// Reads a product.
pub(super) async fn stock(pages: &Pages, sku: &Sku) -> Result<Stock> {
    read(pages, &format!("/api/v1/products/{sku}")).await
}

/// Reads all products.
pub(super) async fn all_stock(pages: &Pages) -> Result<Vec<Stock>> {
    list(pages, "/api/v1/products", "products").await
}

/// Reads all movements of a product, newest first.
pub(super) async fn movements(pages: &Pages, sku: &Sku) -> Result<Vec<Movement>> {
    list(pages, &format!("/api/v1/products/{sku}/movements"), "movements").await
}

/// Reads everything that is parked.
pub(super) async fn parked(pages: &Pages) -> Result<Vec<Parked>> {
    list(pages, "/api/v1/parked", "parked").await
}

/// Reads an order; `None`: it is not there.
pub(super) async fn order(pages: &Pages, id: &OrderId) -> Result<Option<Order>> {
    match pages.ask(Method::GET, &format!("/api/v1/orders/{}/{}", id.0, id.1), None).await? {
        (404, _) => Ok(None),
        (200, body) => understood(body).map(Some),
        (status, body) => Err(refused(status, &body)),
    }
}

async fn read<T: DeserializeOwned>(pages: &Pages, path: &str) -> Result<T> {
    match pages.ask(Method::GET, path, None).await? {
        (200, body) => understood(body),
        (status, body) => Err(refused(status, &body)),
    }
}

/// Page after page.
async fn list<T: DeserializeOwned>(pages: &Pages, path: &str, name: &str) -> Result<Vec<T>> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let mut page: Value = read(pages, &format!("{path}?limit=200{cursor}")).await?;
        let part = page.get_mut(name).map(Value::take).unwrap_or_default();
        all.extend(understood::<Vec<T>>(part)?);
        match page.get("next").and_then(Value::as_str) {
            Some(next) => {
                let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
                cursor = format!("&cursor={next}");
            }
            None => return Ok(all),
        }
    }
}

fn understood<T: DeserializeOwned>(body: Value) -> Result<T> {
    serde_json::from_value(body)
        .map_err(|error| Error::new(ErrorKind::Protocol, "soak", format!("the API's answer is not understood: {error}")))
}

fn refused(status: u16, body: &Value) -> Error {
    let why = body.get("detail").and_then(Value::as_str).unwrap_or("it does not say why");
    Error::new(ErrorKind::Unavailable, "soak", format!("the API answers {status}: {why}"))
}
