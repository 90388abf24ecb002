//! One issued document: what it comes to, its files, and how far it came to where it is wanted. Who bought stands on the document alone.

use crate::chip::{Tone, chip};
use crate::form::{Form, Sent, with_problem};
use crate::orders::order_link;
use crate::paging::escaped;
use crate::reader::{Reader, say};
use crate::unreadable::{technical, unreadable};
use crate::{Page, Place};
use domain::{ChannelSync, Right};
use engine::rows::InvoiceDestination;
use engine::views::{InvoiceDeliveryView, InvoiceSummary, InvoiceType, InvoiceVies, InvoiceView};
use maud::{Markup, html};

/// The address of its page.
pub(crate) fn invoice_address(number: &str) -> String {
    format!("{}/{}", Place::Invoices.address(), escaped(number))
}

/// The page. `sent`: what was to be done and could not be.
pub fn invoice(reader: &Reader, view: &InvoiceView, sent: Option<&Sent>) -> Page {
    let one = &view.summary;
    let title = match one.r#type {
        InvoiceType::Invoice => say!(reader, "invoice-title", number = &one.number),
        InvoiceType::CreditNote => say!(reader, "credit-note-title", number = &one.number),
    };
    let file = |form: &str| format!("/api/v1/invoices/{}/document.{form}", escaped(&one.number));
    let body = html! {
        (unreadable(reader, &view.unreadable))
        p {
            (reader.day(one.issued_on)) " · " (reader.money(&one.total)) " · "
            (order_link(&one.connection, &one.order, one.display_number.as_deref()))
            @if let Some(of) = &one.credits {
                " · " a href=(invoice_address(of)) { (say!(reader, "credits", number = of)) }
            }
        }
        @if let Some(said) = &view.vies { (proof(reader, said)) }
        @if reader.may(Right::ReadDocuments) { p {
            a href=(file("pdf")) { (say!(reader, "invoice-pdf")) }
            @if view.has_xml { " · " a href=(file("xml")) { (say!(reader, "invoice-xml")) } }
        } }
        @if let Some(told) = &view.channel_vat { p .soft { (say!(reader, "invoice-channel-vat", amount = reader.money(told))) } }
        section aria-labelledby="deliveries" {
            h2 #deliveries { (say!(reader, "invoice-deliveries")) }
            @if one.deliveries.is_empty() && view.unreadable.is_empty() { p .empty { (say!(reader, "no-invoice-deliveries")) } }
            ul .rows { @for delivery in &one.deliveries { (entry(reader, one, delivery, sent)) } }
        }
    };
    Page { title, place: Place::Invoices, every_s: 30, body: with_problem(reader, sent, body) }
}

/// What VIES said of the buyer's VAT number, which the VAT rests on.
fn proof(reader: &Reader, said: &InvoiceVies) -> Markup {
    let at = reader.clock(said.asked_at);
    let word = if said.is_valid { say!(reader, "vies-valid", at = at) } else { say!(reader, "vies-invalid", at = at) };
    html! {
        p {
            (word)
            @if let Some(number) = &said.consultation_number { " " (say!(reader, "vies-consultation", number = number)) }
        }
    }
}

fn entry(reader: &Reader, one: &InvoiceSummary, delivery: &InvoiceDeliveryView, sent: Option<&Sent>) -> Markup {
    let name = match delivery.destination {
        InvoiceDestination::Upload => "upload",
        InvoiceDestination::Mail => "mail",
    };
    html! {
        li id={ "delivery-" (name) } {
            h3 { (reader.choice("destination", &delivery.destination)) }
            p {
                (how_far(reader, delivery))
                @if let ChannelSync::Synced { at } = &delivery.state { " " (reader.clock(*at)) }
                @if let Some(next) = delivery.next_try_at { " " span .soft { (say!(reader, "delivery-next", at = reader.clock(next))) } }
            }
            @match &delivery.state {
                ChannelSync::Rejected { reason, .. } => (technical(reader, [reason])),
                _ => (technical(reader, &delivery.note)),
            }
            @if delivery.can_send_again { (again(reader, one, delivery, name, sent)) }
        }
    }
}

/// A word for how far it is.
pub(crate) fn how_far(reader: &Reader, delivery: &InvoiceDeliveryView) -> Markup {
    let tone = match &delivery.state {
        ChannelSync::Pending | ChannelSync::Sending { .. } | ChannelSync::Processing { .. } => Tone::Wait,
        ChannelSync::Synced { .. } => Tone::Good,
        ChannelSync::Rejected { .. } => Tone::Bad,
        ChannelSync::NotNeeded => Tone::Plain,
    };
    let word = match delivery.destination {
        InvoiceDestination::Upload => reader.choice("uploaded", &delivery.state),
        InvoiceDestination::Mail => reader.choice("mailed", &delivery.state),
    };
    chip(tone, &word)
}

fn again(reader: &Reader, one: &InvoiceSummary, delivery: &InvoiceDeliveryView, name: &str, sent: Option<&Sent>) -> Markup {
    let address = invoice_address(&one.number);
    let words = match (delivery.destination, &delivery.state) {
        (_, state) if state.is_open() => say!(reader, "send-now"),
        (InvoiceDestination::Mail, _) => say!(reader, "send-again-mail"),
        (InvoiceDestination::Upload, _) => say!(reader, "send-again-upload"),
    };
    let form = Form::new(reader, &address, ("send-again", Right::HandleInvoices), name, sent);
    form.folded(&say!(reader, "send-again"), &html! { p { (words) } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::reader;
    use crate::texts::Language;
    use serde_json::json;

    fn delivery(destination: &str, state: &serde_json::Value, can_send_again: bool) -> InvoiceDeliveryView {
        let at = "2026-11-24T10:00:00Z";
        serde_json::from_value(
            json!({ "destination": destination, "state": state, "since": at, "next_try_at": null, "note": null,
            "can_send_again": can_send_again }),
        )
        .unwrap()
    }

    fn summary(deliveries: Vec<InvoiceDeliveryView>) -> InvoiceSummary {
        let one = json!({ "number": "26/1", "type": "invoice", "issued_on": "2026-11-24", "entity": "kade-bv", "connection": "web",
            "order": "7", "display_number": null, "total": { "amount": "24.20", "currency": "EUR" }, "credits": null });
        InvoiceSummary { deliveries, ..serde_json::from_value(one).unwrap() }
    }

    #[test]
    fn what_vies_said_is_told_with_its_consultation_number() {
        let said = |is_valid: bool| -> InvoiceVies {
            let said = json!({ "is_valid": is_valid, "asked_at": "2026-11-24T10:00:00Z", "asked_by": null, "consultation_number": "WAPIAAAAZ0000001" });
            serde_json::from_value(said).unwrap()
        };
        for (language, valid, not) in
            [(Language::Dutch, "is geldig", "is niet geldig"), (Language::English, "is valid", "is not valid")]
        {
            let reader = reader(language);
            let [good, bad] = [true, false].map(|is_valid| proof(&reader, &said(is_valid)).into_string());
            assert!(good.contains(valid) && good.contains("WAPIAAAAZ0000001") && bad.contains(not), "{good} {bad}");
        }
    }

    #[test]
    fn what_arrived_what_was_refused_and_what_can_be_done_is_told() {
        let there = delivery("upload", &json!({ "type": "synced", "at": "2026-11-24T10:00:00Z" }), false);
        let refused =
            delivery("mail", &json!({ "type": "rejected", "reason": "nobody can tell", "outcome_unknown": true }), true);
        let one = summary(vec![there, refused]);
        for (language, word) in [(Language::Dutch, "opnieuw"), (Language::English, "again")] {
            let reader = reader(language);
            let shown: String =
                one.deliveries.iter().map(|delivery| entry(&reader, &one, delivery, None).into_string()).collect();
            assert!(shown.contains("<p lang=\"en\">nobody can tell</p>") && shown.to_lowercase().contains(word), "{shown}");
            assert!(shown.contains("action=\"/invoices/26%2F1\""), "{shown}");
            assert_eq!(shown.matches("<form").count(), 1, "what the channel has, it has: {shown}");
        }
    }
}
