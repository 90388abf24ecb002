//! What was sold to consumers in other states, for the threshold of art. 59c; and the class of a product.

use super::{TypedRow, number, text};
use domain::Sku;
use domain::invoice::LegalEntityId;
use domain::vat::ProductClass;
use ports::{Condition, Key, Result, Row, Value, Write};

/// The sum of a calendar year over all connections, as invoiced here: cents of euro without VAT. Its present figure is the condition of whatever
/// was decided by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SalesAbroadRow {
    /// Cents of euro.
    pub cents: i64,
}

impl SalesAbroadRow {
    /// Its key.
    pub fn key(entity: &LegalEntityId, year: i16) -> Key {
        Key::new("SALES_ABROAD", format!("{}#{year:04}", entity.as_str()))
    }

    /// Adds to it, whatever it is.
    pub(crate) fn add(entity: &LegalEntityId, year: i16, cents: i64) -> Write {
        Self::add_if(entity, year, cents, Condition::Always)
    }

    /// Adds to it, if it still is as it was read; `None`: it was not there.
    pub(crate) fn add_to(was: Option<i64>, entity: &LegalEntityId, year: i16, cents: i64) -> Write {
        let as_read = |cents| Condition::Is("cents".to_owned(), Value::Number(cents));
        Self::add_if(entity, year, cents, was.map_or(Condition::Absent, as_read))
    }

    fn add_if(entity: &LegalEntityId, year: i16, cents: i64, when: Condition) -> Write {
        let (key, add) = (Self::key(entity, year), vec![("cents".to_owned(), cents)]);
        Write::Update { key, add, set: Vec::new(), remove: Vec::new(), when }
    }
}

impl TypedRow for SalesAbroadRow {
    /// Its key is the caller's: it is only ever added to.
    fn to_row(&self) -> Row {
        Row::new(Key::new("SALES_ABROAD", "?")).number("cents", self.cents)
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { cents: number(row, "cents")? })
    }
}

/// The class that a product is taxed as, where it is not the standard one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatClassRow {
    /// The product.
    pub sku: Sku,
    /// Its class.
    pub class: ProductClass,
}

impl VatClassRow {
    /// Its key.
    pub fn key(sku: &Sku) -> Key {
        Key::new(format!("SKU#{sku}"), "VAT_CLASS")
    }
}

impl TypedRow for VatClassRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.sku)).text("sku", self.sku.as_str()).text("class", self.class.as_str())
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { sku: Sku::new(text(row, "sku")?)?, class: ProductClass::new(text(row, "class")?)? })
    }
}
