//! Files of figures and prices: one a minute of each kind, put in force some seconds later, line by line.

use super::answers::{JSON, refusal, told};
use super::shop::Shop;
use crate::simulated_channel::answer;
use domain::Sku;
use http::header;
use jiff::{SignedDuration, Timestamp};
use ports::{Request, Response};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// How long one takes. Invented.
const TAKES: SignedDuration = SignedDuration::from_secs(20);
/// Between two of a kind.
const APART: SignedDuration = SignedDuration::from_secs(60);

#[derive(Debug)]
struct Import {
    prices: bool,
    taken: Timestamp,
    done: bool,
    rows: Vec<BTreeMap<String, String>>,
    /// The number of the line, and why.
    refused: Vec<(usize, &'static str)>,
}

#[derive(Debug, Default)]
pub(super) struct Imports {
    all: Vec<Import>,
    files: Vec<usize>,
    refuses: BTreeSet<String>,
    asked: std::cell::Cell<usize>,
}

/// Cents of a price as it is written.
fn cents(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = format!("{fraction:0<2}");
    (fraction.len() == 2).then(|| format!("{whole}{fraction}").parse().ok())?
}

/// The file of a form, by its own boundary.
fn file(request: &Request) -> Option<String> {
    let kind = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    let boundary = format!("--{}", kind.strip_prefix("multipart/form-data; boundary=")?);
    let body = std::str::from_utf8(request.body()).ok()?;
    let part = body.split(&boundary).nth(1)?;
    let (head, text) = part.split_once("\r\n\r\n")?;
    head.contains("name=\"file\"").then(|| text.trim_end_matches("\r\n").to_owned())
}

fn rows(text: &str) -> Option<Vec<BTreeMap<String, String>>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    let names = reader.headers().ok()?.clone();
    let row = |record: csv::StringRecord| names.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| record.ok().map(row)).collect()
}

impl Imports {
    pub(super) fn refuse(&mut self, sku: &str) {
        self.refuses.insert(sku.to_owned());
    }

    pub(super) fn files(&self) -> &[usize] {
        &self.files
    }

    pub(super) fn asked(&self) -> usize {
        self.asked.get()
    }

    pub(super) fn take(&mut self, now: Timestamp, kind: &str, request: &Request) -> Response {
        let prices = kind == "pricing";
        let soon = |import: &Import| import.prices == prices && now.duration_since(import.taken) < APART;
        if self.all.iter().any(soon) {
            return refusal(429, "Too many imports");
        }
        let Some(rows) = file(request).as_deref().and_then(rows) else { return refusal(400, "The file cannot be read") };
        let value = if prices { "price" } else { "quantity" };
        if rows.iter().any(|row| !row.contains_key("offer-sku") || !row.contains_key(value)) {
            return refusal(400, "A column is missing");
        }
        if !prices {
            self.files.push(rows.len());
        }
        self.all.push(Import { prices, taken: now, done: false, rows, refused: Vec::new() });
        told(201, &json!({ "import_id": self.all.len().to_string() }))
    }

    /// Puts in force what is due.
    pub(super) fn work(&mut self, now: Timestamp, shop: &mut Shop) {
        for import in self.all.iter_mut().filter(|import| !import.done && now.duration_since(import.taken) >= TAKES) {
            import.done = true;
            for (at, row) in import.rows.iter().enumerate() {
                let text = |name: &str| row.get(name).map_or("", String::as_str);
                let sku = Sku::new(text("offer-sku")).ok();
                let offer = sku.as_ref().filter(|sku| !self.refuses.contains(sku.as_str())).and_then(|sku| shop.offer_mut(sku));
                let Some(offer) = offer else {
                    import.refused.push((at, "The offer does not exist"));
                    continue;
                };
                if import.prices {
                    let Some(price) = cents(text("price")) else {
                        import.refused.push((at, "The price is wrong"));
                        continue;
                    };
                    // All prices of before are gone.
                    (offer.price_cents, offer.discount_cents) = (price, cents(text("discount-price")).filter(|cents| *cents > 0));
                } else {
                    let Some(units) = text("quantity").parse().ok().filter(|units: &i64| *units >= 0) else {
                        import.refused.push((at, "The quantity is wrong"));
                        continue;
                    };
                    offer.units = units;
                    let code = offer.sku.clone();
                    shop.stock_writes += 1;
                    shop.in_force.push((code.clone(), import.taken));
                    shop.last_write = Some((code, units));
                }
            }
        }
    }

    fn one(&self, id: &str) -> Option<&Import> {
        id.parse::<usize>().ok().and_then(|number| self.all.get(number.checked_sub(1)?))
    }

    fn shape(import: &Import, id: &str) -> Value {
        json!({
            "import_id": id,
            "date_created": import.taken.to_string(),
            "shop_id": 2041,
            "status": if import.done { "COMPLETE" } else { "RUNNING" },
            "has_error_report": !import.refused.is_empty(),
            "lines_in_error": import.refused.len(),
            "lines_in_success": if import.done { import.rows.len() - import.refused.len() } else { 0 },
        })
    }

    pub(super) fn status(&self, id: &str) -> Response {
        self.asked.set(self.asked.get() + 1);
        match self.one(id).filter(|import| !import.prices) {
            Some(import) => told(200, &Self::shape(import, id)),
            None => refusal(404, "Import not found"),
        }
    }

    pub(super) fn list(&self, query: &BTreeMap<String, String>) -> Response {
        let wanted = query.get("import_id");
        let numbered = self.all.iter().zip(1_usize..).map(|(import, number)| (import, number.to_string()));
        let fits = |(import, id): &(&Import, String)| import.prices && wanted.is_none_or(|wanted| wanted == id);
        let shape = |(import, id): (&Import, String)| {
            let mut shape = Self::shape(import, &id);
            shape["offers_in_error"] = import.refused.len().into();
            shape["offers_updated"] = (import.rows.len() - import.refused.len()).into();
            shape["origin"] = "API".into();
            shape["reason_status"] = "".into();
            shape
        };
        let data: Vec<Value> = numbered.filter(fits).map(shape).collect();
        told(200, &json!({ "data": data }))
    }

    pub(super) fn report(&self, id: &str) -> Response {
        let Some(import) = self.one(id).filter(|import| !import.refused.is_empty()) else {
            return refusal(404, "Report not found");
        };
        let mut text = String::from("\"line-number\";\"error-message\";\"offer-sku\"\n");
        for (at, why) in &import.refused {
            let sku = import.rows[*at].get("offer-sku").map_or("", String::as_str).replace('"', "\"\"");
            // Into a text it cannot fail.
            let _ = writeln!(text, "\"{}\";\"{why}\";\"{sku}\"", at + 1);
        }
        let mut response = answer(200, JSON, &Value::Null);
        response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/csv"));
        *response.body_mut() = text.into();
        response
    }
}
