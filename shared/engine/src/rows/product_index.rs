//! The index over products: rows that lead from a word or code to a product, and one row per product that names them.

use super::{TypedRow, broken, text};
use domain::Sku;
use domain::search::{self, bucket};
use ports::{Condition, Key, Result, Row, Write};
use std::collections::BTreeSet;

/// By what a product is found, as the index has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedProductRow {
    /// The product.
    pub sku: Sku,
    /// Its terms.
    pub terms: BTreeSet<String>,
}

fn joined(terms: &BTreeSet<String>) -> String {
    terms.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn split(row: &Row) -> Result<BTreeSet<String>> {
    Ok(text(row, "terms")?.split_whitespace().map(str::to_owned).collect())
}

impl IndexedProductRow {
    /// All products are in one partition, by SKU, as they are in the catalogue.
    pub const PARTITION: &'static str = "CATALOGUE_INDEX";

    /// Its key.
    pub fn key(sku: &Sku) -> Key {
        Key::new(Self::PARTITION, sku.as_str())
    }

    pub(crate) fn put_term(&self, term: &str) -> Write {
        let row = ProductTermRow { term: term.to_owned(), sku: self.sku.clone(), terms: self.terms.clone() };
        Write::Put { row: row.to_row(), when: Condition::Always }
    }
}

impl TypedRow for IndexedProductRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.sku)).text("terms", joined(&self.terms))
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { sku: Sku::new(row.key.sk.as_str())?, terms: split(row)? })
    }
}

/// Leads from a term to a product. It holds all terms of the product, so that several words are looked for in one read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductTermRow {
    /// The term.
    pub term: String,
    /// The product.
    pub sku: Sku,
    /// All terms of it.
    pub terms: BTreeSet<String>,
}

impl ProductTermRow {
    /// The partition of terms that begin alike.
    pub fn partition(term: &str) -> String {
        format!("FIND_PRODUCT#{}", bucket(term))
    }

    /// What a term's rows begin with: of a whole term, the space behind it too.
    pub fn prefix(term: &str) -> String {
        if term.chars().count() < search::SHORTEST_BEGINNING { format!("{term} ") } else { term.to_owned() }
    }

    /// Its key.
    pub fn key(term: &str, sku: &Sku) -> Key {
        Key::new(Self::partition(term), format!("{term} {sku}"))
    }
}

impl TypedRow for ProductTermRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.term, &self.sku)).text("terms", joined(&self.terms))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let (term, sku) = row.key.sk.split_once(' ').ok_or_else(|| broken(&row.key, "the key is not a term's"))?;
        Ok(Self { term: term.to_owned(), sku: Sku::new(sku)?, terms: split(row)? })
    }
}
