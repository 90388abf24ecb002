//! That a movement was made under a mark of whoever asked for it, so that asking again moves nothing more.

use super::{TypedRow, broken, json, to_json};
use crate::Ports;
use domain::{LocationId, Quantity, Sku};
use ports::{Condition, Error, ErrorKind, Key, Result, Row, Write};

/// What to do to available units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockChange {
    /// Add these many; negative takes away.
    Add(i64),
    /// Make it these many.
    Set(Quantity),
    /// So many were counted on the shelf, those that are promised among them: what is available follows from it.
    Count(Quantity),
}

/// What a mark tells movements apart within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkOf {
    /// All that is asked for by request, whatever its product: the key of a request.
    Requests,
    /// One product: the number of a receipt that stands with each of its rows.
    Product,
}

/// One movement that has a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedRow {
    /// The product.
    pub sku: Sku,
    /// The mark.
    pub mark: String,
    /// What it is one of.
    pub of: MarkOf,
    /// Where it moved; of a transfer, where the units were.
    pub location: LocationId,
    /// Of a transfer: where they went.
    pub to: Option<LocationId>,
    /// What was asked for.
    pub change: StockChange,
    /// Why, and by whom; none in rows of before these were kept.
    pub said: Option<(String, String)>,
}

const REQUEST: &str = "REQUEST#";
const PRODUCT: &str = "MOVED#";

impl MovedRow {
    /// Its key.
    pub fn key(&self) -> Key {
        match self.of {
            MarkOf::Requests => Key::new(format!("{REQUEST}{}", self.mark), "MOVED"),
            MarkOf::Product => Key::new(format!("{PRODUCT}{}", self.sku), self.mark.as_str()),
        }
    }

    /// Notes it, with the movement itself.
    pub(crate) fn noting(&self) -> Write {
        Write::Put { row: self.to_row(), when: Condition::Absent }
    }

    /// Whether the same was made under this mark. Something else under the mark is refused.
    pub(crate) async fn is_made(&self, world: &Ports) -> Result<bool> {
        let Some(known) = world.get::<Self>(&self.key()).await? else { return Ok(false) };
        let said = known.said.clone().or_else(|| self.said.clone());
        if (Self { said, ..known.clone() }) == *self {
            return Ok(true);
        }
        let differs = if known.sku == self.sku { "something else" } else { "a movement of another product" };
        let message = format!("id: {differs} was entered under {:?} before; choose another key", self.mark);
        Err(Error::new(ErrorKind::Declined, "id", message))
    }
}

impl TypedRow for MovedRow {
    fn to_row(&self) -> Row {
        let row = Row::new(self.key()).text("sku", self.sku.as_str());
        let row = row.text("location", self.location.as_str()).text("change", to_json(&self.change));
        let row = match &self.said {
            Some((reason, by)) => row.text("reason", reason.as_str()).text("by", by.as_str()),
            None => row,
        };
        match &self.to {
            Some(to) => row.text("to", to.as_str()),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        let (sku, mark, of) = match (row.key.pk.strip_prefix(PRODUCT), row.key.pk.strip_prefix(REQUEST)) {
            (Some(sku), _) => (sku, row.key.sk.as_str(), MarkOf::Product),
            (None, Some(mark)) => (super::text(row, "sku")?, mark, MarkOf::Requests),
            (None, None) => return Err(broken(&row.key, "the key is not that of a movement")),
        };
        Ok(Self {
            sku: Sku::new(sku)?,
            mark: mark.to_owned(),
            of,
            location: LocationId::new(super::text(row, "location")?)?,
            to: row.get_text("to").map(LocationId::new).transpose()?,
            change: json(row, "change")?,
            said: row.get_text("reason").zip(row.get_text("by")).map(|(reason, by)| (reason.to_owned(), by.to_owned())),
        })
    }
}
