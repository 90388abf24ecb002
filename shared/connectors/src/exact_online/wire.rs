//! What is on the wire: `OData` in the dialect of Exact Online. Amounts never pass through a float.

use crate::lenient::Field;
use crate::{objects, wire_text};
use ports::{Error, ErrorKind, Result};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// An answer: what it holds is a list, a list in `results`, or one entity.
#[derive(Deserialize)]
struct Envelope {
    d: Box<RawValue>,
}

#[derive(Deserialize)]
struct Results<T> {
    results: Vec<T>,
    #[serde(rename = "__next", default)]
    next: Field<String>,
}

fn broken(operation: &'static str, error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Protocol, operation, "the answer of Exact Online does not have the shape its documentation promises")
        .with_detail(format!("line {} column {}: {:?}", error.line(), error.column(), error.classify()))
}

/// A page of a list, and the address of the next.
pub(super) fn list<T: DeserializeOwned>(operation: &'static str, body: &[u8]) -> Result<(Vec<T>, Option<String>)> {
    let envelope: Envelope = wire_text::json(operation, body)?;
    let text = envelope.d.get();
    if text.starts_with('[') {
        return objects::from_str(text).map(|all| (all, None)).map_err(|error| broken(operation, &error));
    }
    let page: Results<T> = objects::from_str(text).map_err(|error| broken(operation, &error))?;
    let next = page.next.get().filter(|next| !next.is_empty()).cloned();
    Ok((page.results, next))
}

/// One entity.
pub(super) fn one<T: DeserializeOwned>(operation: &'static str, body: &[u8]) -> Result<T> {
    let envelope: Envelope = wire_text::json(operation, body)?;
    objects::from_str(envelope.d.get()).map_err(|error| broken(operation, &error))
}

/// A token. `expires_in` is a number in quotes.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct TokenAnswer {
    pub(super) access_token: Field<String>,
    pub(super) refresh_token: Field<String>,
    pub(super) expires_in: Field<i64>,
    pub(super) error: Field<String>,
    pub(super) error_description: Field<String>,
}

/// A refusal.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Refusal {
    pub(super) error: RefusalBody,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RefusalBody {
    pub(super) message: RefusalMessage,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RefusalMessage {
    pub(super) value: Field<String>,
}

/// Something that is known by a GUID and a code.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Coded {
    #[serde(rename = "ID")]
    pub(super) id: Field<String>,
    pub(super) code: Field<String>,
}

/// A company.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Division {
    pub(super) code: Field<String>,
    pub(super) description: Field<String>,
}

/// A VAT code. `Percentage` is a part of one: 0.21.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct VatCode {
    pub(super) code: Field<String>,
    pub(super) percentage: Field<Decimal>,
    pub(super) r#type: Field<String>,
    pub(super) is_blocked: Field<bool>,
}

/// A VAT code as it is kept for a while. The code keeps its blanks: it is sent as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownVatCode {
    pub(super) code: String,
    pub(super) percent: Decimal,
    pub(super) kind: String,
}

/// An entry in a sales journal.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct SalesEntry {
    #[serde(rename = "EntryID")]
    pub(super) entry_id: Field<String>,
    pub(super) entry_number: Field<String>,
    #[serde(rename = "AmountFC")]
    pub(super) amount: Field<Decimal>,
    #[serde(rename = "VATAmountFC")]
    pub(super) vat_amount: Field<Decimal>,
}

/// An amount as it is sent: a number of JSON, by its digits.
pub(super) fn amount(of: Decimal) -> Box<RawValue> {
    RawValue::from_string(of.normalize().to_string()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NewEntry<'a> {
    pub(super) journal: &'a str,
    pub(super) customer: &'a str,
    pub(super) entry_date: String,
    pub(super) currency: &'a str,
    pub(super) your_ref: &'a str,
    pub(super) description: String,
    pub(super) document: &'a str,
    pub(super) sales_entry_lines: Vec<NewEntryLine>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NewEntryLine {
    #[serde(rename = "AmountFC")]
    pub(super) amount: Box<RawValue>,
    #[serde(rename = "GLAccount")]
    pub(super) gl_account: String,
    #[serde(rename = "VATCode")]
    pub(super) vat_code: String,
    /// Left out where the code knows no VAT.
    #[serde(rename = "VATAmountFC", skip_serializing_if = "Option::is_none")]
    pub(super) vat_amount: Option<Box<RawValue>>,
    pub(super) description: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NewAccount<'a> {
    pub(super) name: String,
    /// A customer. As anything else it takes no invoices.
    pub(super) status: &'static str,
    #[serde(rename = "VATNumber")]
    pub(super) vat_number: &'a str,
    pub(super) address_line1: String,
    pub(super) postcode: String,
    pub(super) city: String,
    pub(super) country: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NewDocument<'a> {
    /// A sales invoice.
    pub(super) r#type: u8,
    pub(super) subject: &'a str,
    pub(super) account: &'a str,
    pub(super) document_date: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NewAttachment<'a> {
    pub(super) document: &'a str,
    pub(super) file_name: &'a str,
    /// In base64.
    pub(super) attachment: String,
}
