//! Bundles: what they consist of, and in which bundles a product is.

use super::{TypedRow, broken, given, instant, json, sortable, to_json};
use domain::{Component, Sku};
use jiff::Timestamp;
use ports::{Error, Key, Result, Row};

/// What a bundle consists of. Beside its listings, so that whoever tells channels its figure reads both at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleRow {
    /// The bundle.
    pub sku: Sku,
    /// Its products, each once. None of them is a bundle.
    pub components: Vec<Component>,
    /// Who said so, and since when, UTC. None: it was said before that was kept.
    pub said: Option<(String, Timestamp)>,
}

impl BundleRow {
    /// The second part of its key.
    pub const NAME: &'static str = "BUNDLE";

    /// Its key.
    pub fn key(sku: &Sku) -> Key {
        Key::new(format!("SKU#{sku}"), Self::NAME)
    }
}

impl TypedRow for BundleRow {
    fn to_row(&self) -> Row {
        let row = Row::new(Self::key(&self.sku)).text("components", to_json(&self.components));
        match &self.said {
            Some((by, at)) => row.text("by", by.as_str()).text("at", sortable(*at)),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        let sku = row.key.pk.strip_prefix("SKU#").ok_or_else(|| broken(&row.key, "the key is not a bundle's"))?;
        let by = row.get_text("by").map(str::to_owned);
        let said = by.map(|by| Ok::<_, Error>((by, given(row, "at", instant)?))).transpose()?;
        Ok(Self { sku: Sku::new(sku)?, components: json(row, "components")?, said })
    }
}

/// That a product is part of a bundle: beside its stock, so that a change of the stock leads to the bundle's listings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartOfRow {
    /// The product.
    pub sku: Sku,
    /// The bundle.
    pub bundle: Sku,
}

impl PartOfRow {
    /// All bundles a product is part of start so.
    pub const PREFIX: &'static str = "PART_OF#";

    /// Its key.
    pub fn key(sku: &Sku, bundle: &Sku) -> Key {
        Key::new(format!("SKU#{sku}"), format!("{}{bundle}", Self::PREFIX))
    }
}

impl TypedRow for PartOfRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.sku, &self.bundle))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not that of a bundle's part");
        let sku = row.key.pk.strip_prefix("SKU#").ok_or_else(odd)?;
        let bundle = row.key.sk.strip_prefix(Self::PREFIX).ok_or_else(odd)?;
        Ok(Self { sku: Sku::new(sku)?, bundle: Sku::new(bundle)? })
    }
}
