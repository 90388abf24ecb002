//! Products, and how an item on a channel or an EAN leads to one.

use super::{TypedRow, broken, json, to_json};
use domain::{ConnectionId, Ean, Listing, MatchProblem, OfferId, Product, Sku};
use ports::{Condition, Key, Result, Row, Value};
use std::collections::BTreeSet;

/// A product of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductRow(pub Product);

impl ProductRow {
    /// All products are in one partition, by SKU.
    pub const PARTITION: &'static str = "CATALOGUE";

    /// Its key.
    pub fn key(sku: &Sku) -> Key {
        Key::new(Self::PARTITION, sku.as_str())
    }
}

impl TypedRow for ProductRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.0.sku)).text("body", to_json(&self.0))
    }

    fn from_row(row: &Row) -> Result<Self> {
        json(row, "body").map(Self)
    }
}

/// Leads from an EAN to a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EanRow {
    /// The EAN.
    pub ean: Ean,
    /// The product; an EAN may lead to several.
    pub sku: Sku,
}

impl EanRow {
    /// The partition of an EAN.
    pub fn partition(ean: &Ean) -> String {
        format!("EAN#{ean}")
    }
}

impl TypedRow for EanRow {
    fn to_row(&self) -> Row {
        Row::new(Key::new(Self::partition(&self.ean), self.sku.as_str()))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let ean = row.key.pk.strip_prefix("EAN#").ok_or_else(|| broken(&row.key, "the key is not an EAN row's"))?;
        Ok(Self { ean: Ean::new(ean)?, sku: Sku::new(row.key.sk.as_str())? })
    }
}

/// An item on a channel and the product it is, or why that is not clear.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OfferRow {
    /// On which connection.
    pub connection: ConnectionId,
    /// As the channel tells it.
    pub listing: Listing,
    /// The product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<Sku>,
    /// Whether a person said so; then EAN and SKU are not asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<MatchProblem>,
    /// Counts the changes of the row: whoever changes a match says which one it was made from.
    #[serde(skip)]
    pub version: i64,
}

impl OfferRow {
    /// The product that it is by itself, whatever else has the same stock.
    pub fn by_itself(&self) -> Option<&Sku> {
        match &self.problem {
            Some(MatchProblem::SharedStock { sku, .. }) => sku.as_ref(),
            _ => self.matched.as_ref(),
        }
    }

    /// That nobody changed the row since it was read.
    pub(crate) fn unchanged(before: Option<&Self>) -> Condition {
        let version = || "version".to_owned();
        match before {
            None => Condition::Absent,
            Some(Self { version: 0, .. }) => {
                let first = Condition::Any(vec![Condition::Lacks(version()), Condition::Is(version(), Value::Number(0))]);
                Condition::All(vec![Condition::Present, first])
            }
            Some(Self { version: changes, .. }) => Condition::Is(version(), Value::Number(*changes)),
        }
    }

    /// All items of a connection start so.
    pub const PREFIX: &'static str = "OFFER#";

    /// Its key.
    pub fn key(connection: &ConnectionId, offer: &OfferId) -> Key {
        Key::new(format!("CONNECTION#{connection}"), format!("{}{offer}", Self::PREFIX))
    }
}

impl TypedRow for OfferRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.connection, &self.listing.offer)).text("body", to_json(self)).number("version", self.version)
    }

    fn from_row(row: &Row) -> Result<Self> {
        // One from before changes were counted has none.
        Ok(Self { version: row.get_number("version").unwrap_or(0), ..json(row, "body")? })
    }
}

/// Leads from the name that stock calls have for an item to the item, where that is another name than the item's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceRow {
    /// On which connection.
    pub connection: ConnectionId,
    /// A listing's `stock_reference`.
    pub stock_reference: String,
    /// The item; the first, where there are several.
    pub offer: OfferId,
    /// All items that have this one stock, as they were looked at last.
    pub offers: BTreeSet<OfferId>,
    /// Counts the changes of `offers`.
    pub version: i64,
}

impl ReferenceRow {
    /// Its key.
    pub fn key(connection: &ConnectionId, stock_reference: &str) -> Key {
        Key::new(format!("CONNECTION#{connection}"), format!("REFERENCE#{stock_reference}"))
    }

    /// The name that an item's stock has, where that is another than its own.
    pub fn of(listing: &Listing) -> Option<&str> {
        (listing.stock_reference != listing.offer.as_str()).then_some(listing.stock_reference.as_str())
    }
}

impl TypedRow for ReferenceRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.connection, &self.stock_reference))
            .text("offer", self.offer.as_str().to_owned())
            .text("offers", to_json(&self.offers))
            .number("version", self.version)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not a reference's");
        let connection = row.key.pk.strip_prefix("CONNECTION#").ok_or_else(odd)?;
        let stock_reference = row.key.sk.strip_prefix("REFERENCE#").ok_or_else(odd)?;
        let offer = OfferId::new(super::text(row, "offer")?)?;
        // Rows from before several items of one stock were kept tell one.
        let offers = if row.get_text("offers").is_some() { json(row, "offers")? } else { BTreeSet::from([offer.clone()]) };
        let version = row.get_number("version").unwrap_or(0);
        Ok(Self {
            connection: ConnectionId::new(connection)?,
            stock_reference: stock_reference.to_owned(),
            offer,
            offers,
            version,
        })
    }
}
