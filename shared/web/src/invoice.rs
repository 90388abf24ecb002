//! One issued document: what it is for, what it comes to and why it is taxed like that, its files, and how far it came to where it is wanted. Who bought
//! stands on the document alone, but for the VAT number that VIES was asked about.

use crate::chip::{Tone, chip};
use crate::form::{Form, Sent, with_problem};
use crate::orders::order_link;
use crate::paging::escaped;
use crate::reader::{Reader, say};
use crate::texts::Language;
use crate::unreadable::{technical, unreadable};
use crate::{Page, Place};
use domain::{ChannelSync, Money, Right};
use engine::rows::InvoiceDestination;
use engine::views::{
    InvoiceDeliveryView, InvoiceLine, InvoiceSummary, InvoiceType, InvoiceVat, InvoiceVies, InvoiceView, VatRate,
};
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
        (sums(reader, view))
        (reasons(reader, view))
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

/// What it is for, and what that comes to.
fn sums(reader: &Reader, view: &InvoiceView) -> Markup {
    let rate = |taxed: &VatRate| format!("{} % {}", taxed.rate, taxed.country);
    let row = |words: &str, rate: &str, amount: &Money| {
        html! { tr { th scope="row" { (words) @if !rate.is_empty() { span .soft { " " (rate) } } } td { (reader.money(amount)) } } }
    };
    // Money that was paid back for no units in particular has none.
    let goods = |line: &InvoiceLine| {
        if line.units.is_zero() { line.title.clone() } else { format!("{} × {}", reader.units(line.units), line.title) }
    };
    html! {
        section aria-labelledby="sums" {
            h2 #sums { (say!(reader, "invoice-sums")) }
            table .sums {
                caption .unseen { (say!(reader, "invoice-sums")) }
                tbody {
                    @for line in &view.lines { (row(&goods(line), &rate(&line.taxed), &line.total)) }
                    @for charge in &view.charges { (row(&charge.title, &rate(&charge.taxed), &charge.total)) }
                    (row(&say!(reader, "invoice-net"), "", &view.net))
                    @for vat in &view.vat { (row(&say!(reader, "invoice-vat"), &rate(&vat.taxed), &vat.vat)) }
                    (row(&say!(reader, "amount-total"), "", &view.summary.total))
                    (row(&say!(reader, "invoice-payable"), "", &view.payable))
                }
            }
        }
    }
}

/// Why it is taxed like that, and what VIES said, where that decided.
fn reasons(reader: &Reader, view: &InvoiceView) -> Markup {
    let reason = |vat: &InvoiceVat| match reader.language {
        Language::Dutch => vat.reason_in_dutch.clone(),
        Language::English => vat.reason.clone(),
    };
    html! {
        section aria-labelledby="why" {
            h2 #why { (say!(reader, "invoice-why")) }
            @for vat in &view.vat { p { (reason(vat)) } }
            @if let Some(said) = &view.vies { (proof(reader, said)) }
        }
    }
}

/// What VIES said of the buyer's VAT number, which the VAT rests on: evidence, so with its instant in UTC and not in words of today.
fn proof(reader: &Reader, said: &InvoiceVies) -> Markup {
    let at = said.asked_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    let number = said.number.as_deref().unwrap_or_default();
    let word = if said.is_valid {
        say!(reader, "vies-valid", number = number, at = at)
    } else {
        say!(reader, "vies-invalid", number = number, at = at)
    };
    html! {
        p {
            (word)
            @if let Some(own) = &said.asked_by { " " (say!(reader, "vies-asked-by", number = own)) }
            @if let Some(number) = &said.consultation_number { " " (say!(reader, "vies-consultation", number = number)) }
        }
    }
}

fn entry(reader: &Reader, one: &InvoiceSummary, delivery: &InvoiceDeliveryView, sent: Option<&Sent>) -> Markup {
    let name = match delivery.destination {
        InvoiceDestination::Upload => "upload",
        InvoiceDestination::Mail => "mail",
        InvoiceDestination::Accounting => "accounting",
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
        InvoiceDestination::Accounting => reader.choice("booked", &delivery.state),
    };
    chip(tone, &word)
}

fn again(reader: &Reader, one: &InvoiceSummary, delivery: &InvoiceDeliveryView, name: &str, sent: Option<&Sent>) -> Markup {
    let address = invoice_address(&one.number);
    let words = match (delivery.destination, &delivery.state) {
        (_, state) if state.is_open() => say!(reader, "send-now"),
        (InvoiceDestination::Mail, _) => say!(reader, "send-again-mail"),
        (InvoiceDestination::Upload, _) => say!(reader, "send-again-upload"),
        (InvoiceDestination::Accounting, _) => say!(reader, "send-again-accounting"),
    };
    let form = Form::new(reader, &address, ("send-again", Right::HandleInvoices), name, sent);
    form.folded(&say!(reader, "send-again"), &html! { p { (words) } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::reader;
    use engine::views::{InvoiceCharge, InvoiceChargeType, VatRule};
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

    fn view(is_valid: bool) -> InvoiceView {
        let euro = |amount: &str| Money { amount: amount.parse().unwrap(), currency: domain::Currency::new("EUR").unwrap() };
        let taxed = || VatRate { country: "NL".to_owned(), category: "K".to_owned(), rate: 0.into() };
        let line = InvoiceLine {
            line: domain::OrderLineId::new("1").unwrap(),
            sku: None,
            ean: None,
            title: "Oak lamp".to_owned(),
            units: domain::Quantity::new(2).unwrap(),
            net: euro("24.20"),
            total: euro("24.20"),
            taxed: taxed(),
        };
        let charge = InvoiceCharge {
            r#type: InvoiceChargeType::Shipping,
            title: "Sending".to_owned(),
            net: euro("5.95"),
            total: euro("5.95"),
            taxed: taxed(),
        };
        let vat = InvoiceVat {
            taxed: taxed(),
            net: euro("30.15"),
            vat: euro("0.00"),
            rule: VatRule::IntraCommunity,
            reason: "Sent to a business elsewhere".to_owned(),
            reason_in_dutch: "Naar een bedrijf elders".to_owned(),
        };
        let said = json!({ "number": "BE0123456749", "is_valid": is_valid, "asked_at": "2026-11-24T10:00:07Z", "asked_by": "NL812345678B01",
            "consultation_number": "WAPIAAAAZ0000001" });
        InvoiceView {
            summary: summary(Vec::new()),
            supplied_on: jiff::civil::date(2026, 11, 24),
            placed_at: jiff::Timestamp::UNIX_EPOCH,
            shipment: None,
            language: "nl".to_owned(),
            seller_vat_number: None,
            ship_from: domain::Country::new("NL").unwrap(),
            ship_to: domain::Country::new("BE").unwrap(),
            is_business: true,
            lines: vec![line],
            charges: vec![charge],
            vat: vec![vat],
            vies: serde_json::from_value(said).unwrap(),
            net: euro("30.15"),
            vat_total: euro("0.00"),
            channel_vat: None,
            paid: euro("0.00"),
            payable: euro("30.15"),
            has_xml: true,
            unreadable: Vec::new(),
        }
    }

    #[test]
    fn a_page_has_its_lines_its_sums_why_and_all_that_vies_said() {
        for (language, valid, not, why) in [
            (Language::Dutch, "is geldig", "is niet geldig", "Naar een bedrijf elders"),
            (Language::English, "is valid", "is not valid", "Sent to a business elsewhere"),
        ] {
            let reader = reader(language);
            let [good, bad] = [true, false].map(|is_valid| invoice(&reader, &view(is_valid), None).body.0);
            for said in
                ["2 × Oak lamp", "Sending", why, "BE0123456749", "NL812345678B01", "2026-11-24 10:00:07 UTC", "WAPIAAAAZ0000001"]
            {
                assert!(good.contains(said) && bad.contains(said), "{said}: {good}");
            }
            assert!(good.contains(valid) && bad.contains(not), "{good} {bad}");
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
