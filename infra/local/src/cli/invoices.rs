//! `sluis invoices` and `sluis invoice`: what was issued, what waits and why, and one document.

use super::api::{Api, Where, escaped, understood};
use crate::say::say;
use domain::{ChannelSync, ConnectionId, Money, OrderNumber, Quantity, Sku, so_many};
use engine::views::{InvoiceDeliveryView, InvoiceSummary, InvoiceType, InvoiceVies, WaitingInvoice};
use ports::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `invoices` takes.
#[derive(Debug, clap::Args)]
pub(super) struct InvoicesArguments {
    /// Print the orders that wait for an invoice or credit note instead, with the reason.
    #[arg(long)]
    waiting: bool,
    /// Credit notes alone.
    #[arg(long, conflicts_with = "waiting")]
    credit_notes: bool,
    /// How many at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    place: Where,
}

/// What `invoice` takes.
#[derive(Debug, clap::Args)]
pub(super) struct InvoiceArguments {
    /// Its number, as it stands on the document: F2026-00418.
    number: Option<String>,
    /// Write the document to this file, as PDF.
    #[arg(long, value_name = "FILE", requires = "number")]
    pdf: Option<PathBuf>,
    /// Write the document to this file, as XML (UBL); documents to businesses have one.
    #[arg(long, value_name = "FILE", requires = "number")]
    xml: Option<PathBuf>,
    /// Have it sent once more: `upload` to the channel, `mail` to the buyer, or `accounting` into the books.
    #[arg(long, value_name = "WHERE", requires = "number", value_parser = ["upload", "mail", "accounting"])]
    send_again: Option<String>,
    /// Have an order that waits for its invoice or credit note looked at by the next run, within minutes.
    #[arg(long, num_args = 2, value_names = ["CONNECTION", "ORDER"], required_unless_present = "number", conflicts_with = "number")]
    retry: Vec<String>,
    #[command(flatten)]
    place: Where,
}

/// Entries of one page of the API.
const PAGE: usize = 200;

/// The part of a document that is printed.
#[derive(Deserialize)]
struct Invoice {
    #[serde(flatten)]
    summary: InvoiceSummary,
    supplied_on: String,
    shipment: Option<String>,
    lines: Vec<Line>,
    charges: Vec<Charge>,
    vat: Vec<TaxSum>,
    #[serde(default)]
    vies: Option<InvoiceVies>,
    net: Money,
    vat_total: Money,
    #[serde(default)]
    channel_vat: Option<Money>,
    payable: Money,
}

#[derive(Deserialize)]
struct Line {
    sku: Option<Sku>,
    title: String,
    units: Quantity,
    total: Money,
}

#[derive(Deserialize)]
struct Charge {
    title: String,
    total: Money,
}

#[derive(Deserialize)]
struct TaxSum {
    country: String,
    rate: String,
    net: Money,
    vat: Money,
    reason: String,
}

pub(super) async fn invoices(arguments: &InvoicesArguments, state: &Path) -> Result<ExitCode> {
    let api = Api::find(&arguments.place, state)?;
    if arguments.waiting {
        let (all, more) = pages::<WaitingInvoice>(&api, "invoices/waiting", "waiting", arguments.limit).await?;
        if all.is_empty() {
            say!("No order waits for an invoice or a credit note.");
        }
        for line in all.iter().flat_map(waiting_in_words) {
            say!("{line}");
        }
        tell_of_more(more);
        return Ok(ExitCode::SUCCESS);
    }
    let path = if arguments.credit_notes { "invoices?type=credit_note" } else { "invoices" };
    let (all, more) = pages::<InvoiceSummary>(&api, path, "invoices", arguments.limit).await?;
    if all.is_empty() {
        say!("{}", if arguments.credit_notes { "No credit note was issued yet." } else { "Nothing was issued yet." });
    }
    for one in &all {
        say!("{}", in_short(one));
    }
    tell_of_more(more);
    let (waiting, _) = pages::<WaitingInvoice>(&api, "invoices/waiting", "waiting", PAGE).await?;
    match waiting.iter().filter(|one| one.problem.is_some()).count() {
        0 => {}
        stuck => say!("{} cannot be invoiced as they are; why: sluis invoices --waiting", so_many(stuck, "order")),
    }
    Ok(ExitCode::SUCCESS)
}

fn tell_of_more(more: bool) {
    if more {
        say!("and more; with --limit NUMBER more are printed");
    }
}

/// So many entries of a list, page by page; and whether there are more.
async fn pages<T: DeserializeOwned>(api: &Api, path: &str, name: &str, most: usize) -> Result<(Vec<T>, bool)> {
    let mut found: Vec<T> = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let sign = if path.contains('?') { '&' } else { '?' };
        let limit = most.saturating_sub(found.len()).clamp(1, PAGE);
        let from = cursor.as_deref().map(|cursor| format!("&cursor={}", escaped(cursor))).unwrap_or_default();
        let mut page = api.get(&format!("{path}{sign}limit={limit}{from}")).await?;
        let more: Vec<T> = understood(page.get_mut(name).map(serde_json::Value::take).unwrap_or_default())?;
        found.extend(more);
        cursor = page.get("next").and_then(serde_json::Value::as_str).map(str::to_owned);
        if cursor.is_none() || found.len() >= most {
            return Ok((found, cursor.is_some()));
        }
    }
}

pub(super) async fn invoice(arguments: &InvoiceArguments, state: &Path) -> Result<ExitCode> {
    let api = Api::find(&arguments.place, state)?;
    let Some(number) = &arguments.number else { return retry(&api, &arguments.retry).await };
    let path = format!("invoices/{}", escaped(number));
    if let Some(destination) = &arguments.send_again {
        api.ask_for(&format!("{path}/deliveries/{destination}/retry")).await?;
        say!("{number} is sent again by the next run, within minutes");
        return Ok(ExitCode::SUCCESS);
    }
    for (file, form) in [(&arguments.pdf, "pdf"), (&arguments.xml, "xml")] {
        let Some(file) = file else { continue };
        let bytes = api.get_bytes(&format!("{path}/document.{form}")).await?;
        std::fs::write(file, &bytes)
            .map_err(|error| Error::new(ErrorKind::BadInput, "file", format!("{} cannot be written: {error}", file.display())))?;
        say!("{number} is in {}", file.display());
    }
    if arguments.pdf.is_none() && arguments.xml.is_none() {
        for line in in_words(&understood(api.get(&path).await?)?) {
            say!("{line}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn retry(api: &Api, named: &[String]) -> Result<ExitCode> {
    let [connection, order] = named else { return Ok(ExitCode::FAILURE) };
    let (connection, order) = (ConnectionId::new(connection)?, OrderNumber::new(order)?);
    api.ask_for(&format!("orders/{connection}/{}/invoices/retry", escaped(order.as_str()))).await?;
    say!("{connection} {order} is looked at by the next run, within minutes");
    Ok(ExitCode::SUCCESS)
}

fn amount(money: &Money) -> String {
    format!("{} {}", money.amount, money.currency.as_str())
}

fn order(one: &InvoiceSummary) -> String {
    let shown = one.display_number.as_ref().map(|shown| format!(" ({shown})")).unwrap_or_default();
    format!("{} {}{shown}", one.connection, one.order)
}

fn kind(one: &InvoiceSummary) -> String {
    match (one.r#type, &one.credits) {
        (InvoiceType::Invoice, _) => "invoice".to_owned(),
        (InvoiceType::CreditNote, Some(of)) => format!("credit note of {of}"),
        (InvoiceType::CreditNote, None) => "credit note".to_owned(),
    }
}

fn in_short(one: &InvoiceSummary) -> String {
    let sent: Vec<String> = one.deliveries.iter().map(|delivery| format!("  {}", how_far(delivery))).collect();
    format!("{}  {}  {}  {}  {}{}", one.number, one.issued_on, kind(one), order(one), amount(&one.total), sent.concat())
}

/// How far it came to a place, in a word.
fn how_far(delivery: &InvoiceDeliveryView) -> String {
    let word = match &delivery.state {
        ChannelSync::Pending => "pending",
        ChannelSync::Sending { .. } => "sending",
        ChannelSync::Processing { .. } => "processing",
        ChannelSync::Synced { .. } => "done",
        ChannelSync::Rejected { outcome_unknown: true, .. } => "unknown",
        ChannelSync::Rejected { .. } => "refused",
        ChannelSync::NotNeeded => "nothing to send",
    };
    format!("{}: {word}", delivery.destination.name())
}

fn delivery_in_words(number: &str, delivery: &InvoiceDeliveryView) -> Vec<String> {
    let at = match (&delivery.state, delivery.next_try_at) {
        (ChannelSync::Synced { at }, _) => format!(", {at}"),
        (_, Some(next)) => format!(", looked at again at {next}"),
        _ => String::new(),
    };
    let mut lines = vec![format!("  {}{at}", how_far(delivery))];
    let reason = match &delivery.state {
        ChannelSync::Rejected { reason, .. } => Some(reason),
        _ => delivery.note.as_ref(),
    };
    lines.extend(reason.map(|reason| format!("    {reason}")));
    if matches!(delivery.state, ChannelSync::Rejected { .. }) {
        lines.push(format!("    to try again: sluis invoice {number} --send-again {}", delivery.destination.name()));
    }
    lines
}

fn waiting_in_words(one: &WaitingInvoice) -> Vec<String> {
    let mut lines = vec![format!("{} {}  since {}", one.connection, one.order, one.since)];
    match &one.problem {
        Some(problem) => {
            lines.push(format!("    {}: {}", problem.code, problem.message));
            lines.push(format!(
                "    is tried again at {}, or now: sluis invoice --retry {} {}",
                one.next_try_at, one.connection, one.order
            ));
        }
        None => lines.push("    is issued by the next run".to_owned()),
    }
    lines
}

/// What VIES said.
fn proof(said: &InvoiceVies) -> String {
    let word = if said.is_valid { "valid" } else { "not valid" };
    let number = said.consultation_number.as_ref().map(|number| format!(", consultation {number}")).unwrap_or_default();
    let own = said.asked_by.as_ref().map(|own| format!(" by {own}")).unwrap_or_default();
    let asked = said.number.as_ref().map(|asked| format!(" {asked}")).unwrap_or_default();
    format!("VIES: the buyer's VAT number{asked} is {word}, asked at {}{own}{number}", said.asked_at)
}

fn in_words(invoice: &Invoice) -> Vec<String> {
    let one = &invoice.summary;
    let shipment = invoice.shipment.as_ref().map(|shipment| format!(", shipment {shipment}")).unwrap_or_default();
    let mut lines = vec![
        format!("{}: {}, issued on {} by {}", one.number, kind(one), one.issued_on, one.entity),
        format!("  order {}{shipment}, supplied on {}", order(one), invoice.supplied_on),
        String::new(),
    ];
    for line in &invoice.lines {
        let sku = line.sku.as_ref().map(|sku| format!(" ({sku})")).unwrap_or_default();
        // Money that was paid back for no units in particular.
        let units = if line.units.is_zero() { String::new() } else { format!("{} x ", line.units) };
        lines.push(format!("  {units}{}{sku}: {}", line.title, amount(&line.total)));
    }
    lines.extend(invoice.charges.iter().map(|charge| format!("  {}: {}", charge.title, amount(&charge.total))));
    lines.push(String::new());
    for vat in &invoice.vat {
        lines.push(format!("  VAT {} {}% over {}: {}", vat.country, vat.rate, amount(&vat.net), amount(&vat.vat)));
        lines.push(format!("    {}", vat.reason));
    }
    lines.extend(invoice.vies.as_ref().map(|said| format!("    {}", proof(said))));
    lines.push(format!(
        "  without VAT {}, VAT {}, together {}; still to pay {}",
        amount(&invoice.net),
        amount(&invoice.vat_total),
        amount(&one.total),
        amount(&invoice.payable)
    ));
    if let Some(told) = &invoice.channel_vat {
        lines.push(format!(
            "  the channel reckoned {} of VAT: it spreads a voucher or costs over the rates in another way; what was paid is the same",
            amount(told)
        ));
    }
    if !one.deliveries.is_empty() {
        lines.push(String::new());
        lines.extend(one.deliveries.iter().flat_map(|delivery| delivery_in_words(&one.number, delivery)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::{Arguments, Command};
    use super::*;
    use clap::Parser as _;
    use serde_json::json;

    fn told() -> Invoice {
        let euro = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
        serde_json::from_value(json!({
            "number": "C2026-00001", "type": "credit_note", "issued_on": "2026-11-24", "entity": "kade-bv", "connection": "web",
            "order": "7", "display_number": "#1007", "total": euro("24.20"), "credits": "F2026-00003",
            "supplied_on": "2026-11-20", "shipment": "p-1", "is_business": false,
            "lines": [{ "sku": "LAMP", "title": "Lamp", "units": 2, "total": euro("24.20") }], "charges": [],
            "vat": [{ "country": "NL", "rate": "21", "net": euro("20.00"), "vat": euro("4.20"), "reason": "21%: because" }],
            "net": euro("20.00"), "vat_total": euro("4.20"), "payable": euro("0.00"),
        }))
        .unwrap()
    }

    #[test]
    fn a_document_is_printed_with_its_order_its_sums_and_why() {
        let invoice = told();
        assert_eq!(in_short(&invoice.summary), "C2026-00001  2026-11-24  credit note of F2026-00003  web 7 (#1007)  24.20 EUR");
        let wanted = [
            "C2026-00001: credit note of F2026-00003, issued on 2026-11-24 by kade-bv",
            "  order web 7 (#1007), shipment p-1, supplied on 2026-11-20",
            "",
            "  2 x Lamp (LAMP): 24.20 EUR",
            "",
            "  VAT NL 21% over 20.00 EUR: 4.20 EUR",
            "    21%: because",
            "  without VAT 20.00 EUR, VAT 4.20 EUR, together 24.20 EUR; still to pay 0.00 EUR",
        ];
        assert_eq!(in_words(&invoice), wanted);
    }

    #[test]
    fn what_vies_said_stands_below_the_reason() {
        let mut invoice = told();
        let said = |is_valid: bool| json!({ "number": "BE0123456749", "is_valid": is_valid, "asked_at": "2026-11-24T10:00:00Z", "asked_by": "NL812345678B01", "consultation_number": "WAPIAAAAZ0000001" });
        invoice.vies = serde_json::from_value(said(true)).unwrap();
        let wanted = "    VIES: the buyer's VAT number BE0123456749 is valid, asked at 2026-11-24T10:00:00Z by NL812345678B01, consultation WAPIAAAAZ0000001";
        let (lines, at) = (in_words(&invoice), 7);
        assert_eq!((lines[at - 1].as_str(), lines[at].as_str()), ("    21%: because", wanted));
        invoice.vies = serde_json::from_value(said(false)).unwrap();
        assert!(in_words(&invoice)[at].contains("is not valid"));
    }

    #[test]
    fn where_it_was_sent_is_printed_and_how_to_send_it_again() {
        let at = "2026-11-24T10:00:00Z";
        let delivery = |destination: &str, state: serde_json::Value| json!({ "destination": destination, "state": state, "since": at, "next_try_at": null, "note": null, "can_send_again": true });
        let mut invoice = told();
        invoice.summary.deliveries = serde_json::from_value(json!([
            delivery("mail", json!({ "type": "rejected", "reason": "no answer came", "outcome_unknown": true })),
            delivery("upload", json!({ "type": "synced", "at": at })),
        ]))
        .unwrap();
        assert!(in_short(&invoice.summary).ends_with("24.20 EUR  mail: unknown  upload: done"));
        let printed = in_words(&invoice);
        let wanted = [
            "  mail: unknown",
            "    no answer came",
            "    to try again: sluis invoice C2026-00001 --send-again mail",
            "  upload: done, 2026-11-24T10:00:00Z",
        ];
        assert_eq!(printed[printed.len() - 4..], wanted);
    }

    #[test]
    fn what_waits_says_why_and_how_to_try_again() {
        let waiting = |problem: &serde_json::Value| -> WaitingInvoice {
            let (since, next) = ("2026-11-24T10:00:00Z", "2026-11-24T10:15:00Z");
            serde_json::from_value(
                json!({ "connection": "web", "order": "7", "since": since, "next_try_at": next, "problem": problem }),
            )
            .unwrap()
        };
        let said = waiting_in_words(&waiting(&json!({ "code": "no_price", "message": "the channel tells no price" }))).join("\n");
        assert!(said.contains("no_price: the channel tells no price") && said.contains("sluis invoice --retry web 7"), "{said}");
        assert!(waiting_in_words(&waiting(&json!(null)))[1].contains("next run"));
    }

    #[test]
    fn a_document_is_named_or_an_order_to_try_again() {
        let parsed = |line: &str| Arguments::try_parse_from(format!("sluis {line}").split(' '));
        let Ok(Arguments { command: Some(Command::Invoice(one)), .. }) = parsed("invoice F2026-1 --pdf f.pdf") else { panic!() };
        assert_eq!((one.number.as_deref(), one.pdf.as_deref()), (Some("F2026-1"), Some(Path::new("f.pdf"))));
        let Ok(Arguments { command: Some(Command::Invoice(one)), .. }) = parsed("invoice --retry web 7") else { panic!() };
        assert_eq!(one.retry, ["web", "7"]);
        let Ok(Arguments { command: Some(Command::Invoice(one)), .. }) = parsed("invoice F1 --send-again mail") else { panic!() };
        assert_eq!(one.send_again.as_deref(), Some("mail"));
        for wrong in [
            "invoice",
            "invoice --pdf f.pdf",
            "invoice F1 --retry web 7",
            "invoice --send-again mail",
            "invoice F1 --send-again fax",
            "invoices --waiting --credit-notes",
        ] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
