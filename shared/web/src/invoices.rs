//! What was invoiced and credited, with its documents, and what waits for one.

use crate::chip::{Tone, chip};
use crate::invoice::{how_far, invoice_address};
use crate::orders::order_link;
use crate::paging::{address, ends, escaped};
use crate::reader::{Reader, say};
use crate::unreadable::{technical, unreadable};
use crate::{Page, Place};
use engine::views::{InvoiceSummary, InvoiceType, InvoicesPage, WaitingInvoice, WaitingInvoices};
use maud::{Markup, html};

/// The name of a type in the address; empty: both.
fn name(only: Option<InvoiceType>) -> &'static str {
    match only {
        None => "",
        Some(InvoiceType::Invoice) => "invoice",
        Some(InvoiceType::CreditNote) => "credit_note",
    }
}

/// The type of a name; what is unknown is both.
pub fn invoice_type(named: &str) -> Option<InvoiceType> {
    [InvoiceType::Invoice, InvoiceType::CreditNote].into_iter().find(|one| name(Some(*one)) == named)
}

/// The page. `only`: which type is listed; `waiting`: the first of what waits.
pub fn invoices(
    reader: &Reader,
    list: &InvoicesPage,
    waiting: &WaitingInvoices,
    only: Option<InvoiceType>,
    cursor: Option<&str>,
) -> Page {
    let is_known = list.unreadable.is_empty() && waiting.unreadable.is_empty();
    let body = html! {
        (views(reader, only))
        (unreadable(reader, &list.unreadable))
        @if list.invoices.is_empty() && list.unreadable.is_empty() { p .empty { (say!(reader, "no-invoices")) } }
        ul .rows { @for one in &list.invoices { (row(reader, one)) } }
        (ends(reader, Place::Invoices.address(), &[("type", name(only))], list.next.as_deref(), cursor.is_none()))
        p .soft { (say!(reader, "invoices-scope")) }
        section aria-labelledby="waiting" {
            h2 #waiting { (say!(reader, "invoices-waiting")) }
            (unreadable(reader, &waiting.unreadable))
            @if waiting.waiting.is_empty() && is_known { p .empty { (say!(reader, "no-invoices-waiting")) } }
            ul .rows { @for one in &waiting.waiting { (waits(reader, one)) } }
            @if waiting.next.is_some() { p .soft { (say!(reader, "more-invoices-waiting")) } }
        }
    };
    Page { title: say!(reader, "invoices"), place: Place::Invoices, every_s: 60, body }
}

fn views(reader: &Reader, only: Option<InvoiceType>) -> Markup {
    let shown = [
        (None, say!(reader, "show-all")),
        (Some(InvoiceType::Invoice), say!(reader, "invoices-only")),
        (Some(InvoiceType::CreditNote), say!(reader, "credit-notes-only")),
    ];
    html! {
        nav .views aria-label=(say!(reader, "views")) {
            @for (one, words) in shown {
                a href=(address(Place::Invoices.address(), &[("type", name(one))])) aria-current=[(one == only).then_some("true")] { (words) }
            }
        }
    }
}

fn row(reader: &Reader, one: &InvoiceSummary) -> Markup {
    html! {
        li id={ "invoice-" (one.number) } {
            (document(reader, one)) " "
            (order_link(&one.connection, &one.order, one.display_number.as_deref()))
        }
    }
}

/// A document, with a link to its file, and how far it came with one to its page.
pub(crate) fn document(reader: &Reader, one: &InvoiceSummary) -> Markup {
    let file = format!("/api/v1/invoices/{}/document.pdf", escaped(&one.number));
    html! {
        a href=(file) { (one.number) } " "
        span .soft { (reader.day(one.issued_on)) } " "
        (reader.money(&one.total))
        @if let Some(of) = &one.credits { " " (chip(Tone::Plain, &say!(reader, "credits", number = of))) }
        @if !one.deliveries.is_empty() {
            " " a href=(invoice_address(&one.number)) { @for delivery in &one.deliveries { (how_far(reader, delivery)) " " } }
        }
    }
}

fn waits(reader: &Reader, one: &WaitingInvoice) -> Markup {
    html! {
        li id={ "waiting-" (one.connection) "-" (one.order) } {
            (order_link(&one.connection, &one.order, None)) " "
            (why(reader, one))
        }
    }
}

/// Why there is no document yet.
pub(crate) fn why(reader: &Reader, one: &WaitingInvoice) -> Markup {
    html! {
        @match &one.problem {
            Some(problem) => {
                (chip(Tone::Bad, &say!(reader, "invoice-refused"))) " "
                a href=(Place::Attention.address()) { (say!(reader, "see-attention")) }
                (technical(reader, [&problem.code, &problem.message]))
            }
            None => (chip(Tone::Wait, &say!(reader, "invoice-coming"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::reader;
    use crate::texts::Language;
    use serde_json::json;

    fn listed() -> InvoicesPage {
        let one = |number: &str, r#type: &str, credits: Option<&str>| {
            serde_json::from_value(
                json!({ "number": number, "type": r#type, "issued_on": "2026-11-24", "entity": "kade-bv", "connection": "web",
                "order": "7", "display_number": null, "total": { "amount": "24.20", "currency": "EUR" }, "credits": credits }),
            )
            .unwrap()
        };
        let invoices = vec![one("26/1", "invoice", None), one("C26/1", "credit_note", Some("26/1"))];
        InvoicesPage { invoices, next: None, unreadable: Vec::new() }
    }

    fn waiting(problem: &serde_json::Value) -> WaitingInvoices {
        let at = "2026-11-24T10:00:00Z";
        let one = json!({ "connection": "web", "order": "8", "since": at, "next_try_at": at, "problem": problem });
        WaitingInvoices { waiting: vec![serde_json::from_value(one).unwrap()], next: None, unreadable: Vec::new() }
    }

    #[test]
    fn each_document_leads_to_its_file_and_its_order() {
        let problem = json!({ "code": "no_price", "message": "the channel tells no price" });
        let page = invoices(&reader(Language::Dutch), &listed(), &waiting(&problem), None, None).body.into_string();
        assert!(
            page.contains("href=\"/api/v1/invoices/26%2F1/document.pdf\"") && page.contains("href=\"/orders/web/7\""),
            "{page}"
        );
        assert!(page.contains("24-11-2026") && page.contains("€ 24,20") && page.contains("creditnota bij 26/1"), "{page}");
        assert!(page.contains("href=\"/attention\"") && page.contains("<p lang=\"en\">no_price</p>"), "{page}");
    }

    #[test]
    fn that_nothing_waits_is_said_only_where_all_was_read() {
        let none = WaitingInvoices { waiting: Vec::new(), next: None, unreadable: Vec::new() };
        let said =
            |waiting: &WaitingInvoices| invoices(&reader(Language::English), &listed(), waiting, None, None).body.into_string();
        assert!(said(&none).contains("No order waits"));
        let lost = engine::views::Unreadable { key: "INVOICES_DUE / x".to_owned(), error: "broken".to_owned() };
        assert!(!said(&WaitingInvoices { unreadable: vec![lost], ..none }).contains("No order waits"));
        assert!(said(&waiting(&json!(null))).contains("within minutes"));
    }

    #[test]
    fn a_type_in_the_address_is_known_by_its_name() {
        for only in [None, Some(InvoiceType::Invoice), Some(InvoiceType::CreditNote)] {
            assert_eq!(invoice_type(name(only)), only);
        }
        assert_eq!(invoice_type("bill"), None);
    }
}
