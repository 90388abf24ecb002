//! One company's administration: its chart, its customers, its documents and its sales entries, with what it refuses.

use super::odata::{comparisons, dated, fits, guid, list, made, plain_list, refused};
use crate::simulated_back_office::FarEntry;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ports::Response;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ENTRIES: &str = "salesentry/SalesEntries";
/// Entities of one page.
const PAGE: usize = 60;
/// A filter on one of these is wanted of lists that have a twin for synchronising.
const FILTERED: [(&str, &[&str]); 2] = [
    ("crm/Accounts", &["ID", "Code", "Name", "VATNumber", "Email", "Status"]),
    ("documents/Documents", &["ID", "AccountCode", "DocumentDate"]),
];
const WITHOUT_FILTER: &str = "This endpoint has mandatory filtering applied. A GET request for this endpoint must have a $filter parameter with one of the fields";

#[derive(Default)]
pub(super) struct Books {
    kept: BTreeMap<&'static str, Vec<Value>>,
    next: usize,
    is_closed: bool,
}

impl Books {
    pub(super) fn new() -> Self {
        let mut books = Self { next: 100, ..Self::default() };
        books.put(
            "system/Divisions",
            json!({ "Code": 123_456, "Description": "De Buitenkast B.V. (verzonnen)", "Country": "NL" }),
        );
        for (code, kind) in [("70", 20), ("71", 20), ("90", 90)] {
            books.put("financial/Journals", json!({ "Code": code, "Type": kind, "IsBlocked": false }));
        }
        let codes = [
            ("0  ", "0", "N", "Geen btw"),
            ("1  ", "0.09", "E", "Verkoop 9%"),
            ("2  ", "0.21", "E", "Verkoop 21%"),
            ("2I ", "0.21", "I", "Verkoop 21% inclusief"),
            ("IC ", "0", "B", "Intracommunautaire levering"),
            ("EX ", "0", "B", "Uitvoer"),
            ("B21", "0.21", "E", "OSS Belgie 21%"),
            ("D19", "0.19", "E", "OSS Duitsland 19%"),
        ];
        for (code, percentage, kind, words) in codes {
            let percentage: Value = serde_json::from_str(percentage).unwrap_or_default();
            let one = json!({ "Code": code, "Percentage": percentage, "Type": kind, "Description": words, "IsBlocked": false });
            books.put("vat/VATCodes", one);
        }
        for code in ["8000", "8010", "8100"] {
            books.put("financial/GLAccounts", json!({ "Code": code, "Description": "Omzet" }));
        }
        books.put(
            "crm/Accounts",
            json!({ "Code": format!("{:>18}", "1"), "Name": "Consumenten", "Status": "C", "VATNumber": null }),
        );
        books
    }

    fn put(&mut self, endpoint: &'static str, mut entity: Value) -> Value {
        self.next += 1;
        // An entry has an id of another name.
        if let Some(fields) = entity.as_object_mut().filter(|_| endpoint != ENTRIES) {
            fields.insert("ID".to_owned(), json!(guid(self.next)));
        }
        self.kept.entry(endpoint).or_default().push(entity.clone());
        entity
    }

    fn all(&self, endpoint: &str) -> &[Value] {
        self.kept.get(endpoint).map_or(&[], Vec::as_slice)
    }

    pub(super) fn close(&mut self, closed: bool) {
        self.is_closed = closed;
    }

    pub(super) fn list(&self, endpoint: &str, filter: &str, query: &BTreeMap<String, String>, address: &str) -> Response {
        let wanted = comparisons(filter);
        let listed = FILTERED.iter().find(|(of, _)| *of == endpoint).map(|(_, fields)| *fields);
        if listed.is_some_and(|fields| !wanted.iter().any(|(field, _)| fields.contains(&field.as_str()))) {
            return refused(400, WITHOUT_FILTER);
        }
        let known = [
            "system/Divisions",
            "financial/Journals",
            "financial/GLAccounts",
            "vat/VATCodes",
            "crm/Accounts",
            "documents/Documents",
        ];
        let known = known.contains(&endpoint) || matches!(endpoint, "documents/DocumentAttachments" | "salesentry/SalesEntries");
        if !known {
            return refused(404, "Resource not found for the segment");
        }
        // Days are asked for as they are written, and answered otherwise.
        let day = |entity: &Value| {
            let mut entity = entity.clone();
            for field in ["EntryDate", "DocumentDate"] {
                if let Some(sent) = entity.get(format!("{field}Sent")).cloned() {
                    entity[field] = sent;
                }
            }
            entity
        };
        let found: Vec<Value> = self.all(endpoint).iter().filter(|entity| fits(&day(entity), &wanted)).cloned().collect();
        if endpoint == "financial/Journals" {
            return plain_list(&found);
        }
        let from: usize = query.get("$skiptoken").and_then(|from| from.parse().ok()).unwrap_or_default();
        let page: Vec<Value> = found.iter().skip(from).take(PAGE).map(|entity| shown(entity, query)).collect();
        let select = query.get("$select").cloned().unwrap_or_default();
        let next = (found.len() > from + PAGE).then(|| format!("{address}?$select={select}&$skiptoken={}", from + PAGE));
        list(&page, next)
    }

    pub(super) fn create(&mut self, endpoint: &str, sent: &Value) -> Response {
        match endpoint {
            "crm/Accounts" => self.account(sent),
            "documents/Documents" => self.document(sent),
            "documents/DocumentAttachments" => self.attachment(sent),
            "salesentry/SalesEntries" => self.entry(sent),
            _ => refused(404, "Resource not found for the segment"),
        }
    }

    fn account(&mut self, sent: &Value) -> Response {
        if text(sent, "Name").is_empty() {
            return refused(500, "Verplicht: Naam");
        }
        if text(sent, "Name").chars().count() > 50 {
            return refused(500, "Te lang: Naam");
        }
        let code = format!("{:>18}", self.next);
        let one = json!({ "Code": code, "Name": text(sent, "Name"), "Status": text(sent, "Status"), "VATNumber": text(sent, "VATNumber"),
            "Country": text(sent, "Country") });
        made(&self.put("crm/Accounts", one))
    }

    fn document(&mut self, sent: &Value) -> Response {
        if text(sent, "Subject").is_empty() || sent.get("Type").and_then(Value::as_i64).is_none() {
            return refused(500, "Verplicht: Onderwerp");
        }
        let sent_on = text(sent, "DocumentDate");
        let one = json!({ "Subject": text(sent, "Subject"), "Type": sent["Type"], "Account": text(sent, "Account"),
            "DocumentDate": dated(&sent_on), "DocumentDateSent": sent_on });
        made(&self.put("documents/Documents", one))
    }

    fn attachment(&mut self, sent: &Value) -> Response {
        let document = text(sent, "Document");
        if !self.all("documents/Documents").iter().any(|one| text(one, "ID") == document) {
            return refused(500, "Ongeldige referentie: Documents");
        }
        let Ok(bytes) = STANDARD.decode(text(sent, "Attachment")) else { return refused(500, "Ongeldig: Bijlage") };
        let one = json!({ "Document": document, "FileName": text(sent, "FileName"), "FileSize": bytes.len(),
            "IsPdf": bytes.starts_with(b"%PDF-") });
        made(&self.put("documents/DocumentAttachments", one))
    }

    fn entry(&mut self, sent: &Value) -> Response {
        let code = text(sent, "Journal");
        if !self.all("financial/Journals").iter().any(|one| text(one, "Code") == code && one["Type"] == json!(20)) {
            return refused(400, "Ongeldige referentie: Journals");
        }
        let customer = text(sent, "Customer");
        let Some(account) = self.all("crm/Accounts").iter().find(|one| text(one, "ID") == customer).cloned() else {
            return refused(400, "Ongeldige referentie: Accounts");
        };
        if text(&account, "Status") != "C" {
            return refused(500, "De relatie is geen klant");
        }
        if self.is_closed {
            return refused(500, "Periode 12 van 2026 is afgesloten");
        }
        let lines = sent.get("SalesEntryLines").and_then(Value::as_array).cloned().unwrap_or_default();
        if lines.is_empty() {
            return refused(400, "Verplicht: SalesEntryLines");
        }
        let (mut total, mut vat) = (Decimal::ZERO, Decimal::ZERO);
        for line in &lines {
            match self.line(line) {
                Ok((with_vat, its_vat)) => (total, vat) = (total + with_vat, vat + its_vat),
                Err(refused) => return *refused,
            }
        }
        let number = 26_700_001 + self.all("salesentry/SalesEntries").len();
        let sent_on = text(sent, "EntryDate");
        let one = json!({ "EntryID": guid(self.next + 1), "EntryNumber": number, "Journal": code, "Customer": customer,
            "CustomerName": text(&account, "Name"), "YourRef": text(sent, "YourRef"), "Description": text(sent, "Description"),
            "Document": text(sent, "Document"), "AmountFC": number_of(total), "VATAmountFC": number_of(vat),
            "EntryDate": dated(&sent_on), "EntryDateSent": sent_on, "SalesEntryLines": { "__deferred": { "uri": "deferred" } } });
        made(&self.put(ENTRIES, one))
    }

    /// With VAT, and the VAT of it. What is told of the VAT goes before what it would reckon.
    fn line(&self, line: &Value) -> Result<(Decimal, Decimal), Box<Response>> {
        let no = |words: &str| Box::new(refused(400, words));
        let ledger = text(line, "GLAccount");
        if !self.all("financial/GLAccounts").iter().any(|one| text(one, "ID") == ledger) {
            return Err(no("Ongeldige referentie: GLAccounts"));
        }
        let code = text(line, "VATCode");
        let known = self.all("vat/VATCodes").iter().find(|one| text(one, "Code").trim() == code.trim());
        let known = known.ok_or_else(|| no("Ongeldige referentie: VATCodes"))?;
        let amount = decimal(line, "AmountFC").ok_or_else(|| no("Verplicht: Bedrag"))?;
        let rate = decimal(known, "Percentage").unwrap_or_default();
        let told = decimal(line, "VATAmountFC");
        Ok(match text(known, "Type").as_str() {
            "I" => (amount, told.unwrap_or((amount * rate / (Decimal::ONE + rate)).round_dp(2))),
            "E" => {
                let vat = told.unwrap_or((amount * rate).round_dp(2));
                (amount + vat, vat)
            }
            _ => (amount, Decimal::ZERO),
        })
    }

    pub(super) fn entries(&self) -> Vec<FarEntry> {
        let digits = |entry: &Value, name: &str| decimal(entry, name).unwrap_or_default().to_string();
        let seen = |entry: &Value| {
            let document = text(entry, "Document");
            let files = self.all("documents/DocumentAttachments");
            let file = files.iter().find(|one| text(one, "Document") == document);
            FarEntry {
                number: entry["EntryNumber"].to_string(),
                reference: text(entry, "YourRef"),
                journal: text(entry, "Journal"),
                debtor: text(entry, "CustomerName"),
                description: text(entry, "Description"),
                total: digits(entry, "AmountFC"),
                vat: digits(entry, "VATAmountFC"),
                file_name: file.map(|file| text(file, "FileName")),
                has_pdf: file.is_some_and(|file| file["IsPdf"] == json!(true)),
            }
        };
        self.all("salesentry/SalesEntries").iter().map(seen).collect()
    }

    pub(super) fn debtors(&self) -> Vec<String> {
        self.all("crm/Accounts").iter().map(|one| text(one, "Name")).collect()
    }
}

fn text(of: &Value, name: &str) -> String {
    of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn decimal(of: &Value, name: &str) -> Option<Decimal> {
    of.get(name).filter(|value| value.is_number()).and_then(|value| value.to_string().parse().ok())
}

fn number_of(amount: Decimal) -> Value {
    serde_json::from_str(&amount.normalize().to_string()).unwrap_or_default()
}

/// The fields that were asked for.
fn shown(entity: &Value, query: &BTreeMap<String, String>) -> Value {
    let Some(select) = query.get("$select") else { return entity.clone() };
    let wanted: Vec<&str> = select.split(',').map(str::trim).collect();
    let Some(fields) = entity.as_object() else { return entity.clone() };
    Value::Object(
        fields
            .iter()
            .filter(|(name, _)| wanted.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}
