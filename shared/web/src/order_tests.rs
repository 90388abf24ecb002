//! What the page of an order says, and what it offers.

use crate::sample::{reader, told};
use crate::texts::Language;
use crate::{Problem, Sent, order};
use engine::views::{Locations, OrderInvoices, OrderView};
use serde_json::{Value, json};

fn view(changes: &Value) -> OrderView {
    let mut order = json!({
        "connection": "shop", "version": 1, "read_at": "2026-11-30T10:00:00Z", "accepted_at": "2026-11-30T10:00:00Z",
        "snapshot": { "number": "7", "display_number": "#1007", "placed_at": "2026-11-30T09:59:00Z", "stamp": null, "channel_status": "processing",
            "lines": [told("1", 2, 0)] },
        "lines": [{ "id": "1", "sku": "LAMP", "parts": [{ "sku": "LAMP", "allocations": [{ "location": "main", "allocated": 2, "shipped": 0 }] }] }],
    });
    for (path, value) in changes.as_object().unwrap() {
        *order.pointer_mut(path).unwrap() = value.clone();
    }
    serde_json::from_value::<domain::Order>(order).unwrap().into()
}

fn no_invoices() -> OrderInvoices {
    OrderInvoices { invoices: Vec::new(), invoiced_by_marketplace: Vec::new(), waiting: None, unreadable: Vec::new() }
}

fn page(view: &OrderView, sent: Option<&Sent>) -> String {
    let locations = Locations { locations: Vec::new(), unreadable: Vec::new() };
    order(&reader(Language::Dutch), view, &locations, &no_invoices(), sent).body.0
}

#[test]
fn an_order_is_called_by_the_number_that_people_know() {
    let locations = Locations { locations: Vec::new(), unreadable: Vec::new() };
    assert_eq!(order(&reader(Language::Dutch), &view(&json!({})), &locations, &no_invoices(), None).title, "shop #1007");
}

#[test]
fn what_the_channel_shipped_itself_is_not_to_be_sent() {
    let open = page(&view(&json!({})), None);
    assert!(open.contains("id=\"ship\"") && open.contains("Nog te verzenden: 2"), "{open}");
    let shipped = page(&view(&json!({ "/snapshot/lines": [told("1", 2, 2)] })), None);
    assert!(!shipped.contains("id=\"ship\"") && !shipped.contains("Nog te verzenden"), "{shipped}");
    assert!(shipped.contains("2 verzonden"), "{shipped}");
}

#[test]
fn what_the_channel_does_not_let_go_is_not_to_be_sent_and_that_it_is_not_paid_is_said() {
    let changes = json!({ "/snapshot": { "number": "7", "placed_at": "2026-11-30T09:59:00Z", "stamp": null, "channel_status": "PENDING",
        "lines": [told("1", 2, 0)], "paid": false, "unreleased": true } });
    let page = page(&view(&changes), None);
    assert!(page.contains("Nieuw") && page.contains("nog niet betaald") && !page.contains("id=\"ship\""), "{page}");
}

#[test]
fn what_the_marketplace_sent_is_named_and_comes_back_to_no_shelf_here() {
    let mut line = told("1", 2, 2);
    line["fulfilment"] = json!("marketplace");
    let known = json!([{ "id": "1", "sku": null, "parts": [] }]);
    let coming = json!([{ "id": "r", "lines": [{ "line": "1", "units": 1 }] }]);
    let mut order = view(&json!({ "/snapshot/lines": [line], "/lines": known }));
    order.returns = serde_json::from_value(coming).unwrap();
    let page = page(&order, None);
    assert!(!page.contains("geen bekend artikel") && page.contains("verzonden door de marktplaats"), "{page}");
    assert!(page.contains("name=\"condition\"") && !page.contains("name=\"restock_at\""), "{page}");
}

#[test]
fn a_request_to_cancel_is_said() {
    let mut line = told("1", 2, 0);
    line["cancellation_requested"] = json!(true);
    let page = page(&view(&json!({ "/snapshot/lines": [line] })), None);
    assert!(page.contains("klant vraagt om annulering"), "{page}");
}

#[test]
fn a_form_that_could_not_be_done_is_shown_again_as_it_was_filled_in() {
    let fields = [("do", "ship"), ("key", "k-1"), ("lines.1", "9"), ("by", "Mo")];
    let problem = Problem { code: "bad_input".into(), field: Some("lines.0.units".into()), ..Problem::default() };
    let sent = Sent { fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(), problem };
    let page = page(&view(&json!({})), Some(&sent));
    let form = page.split_once("id=\"ship\" open").unwrap().1.split_once("</form>").unwrap().0;
    assert!(form.contains("value=\"k-1\"") && form.contains("value=\"9\""), "{form}");
    assert!(form.contains("Vul minstens één stuk in"), "{form}");
}

#[test]
fn every_form_of_a_page_has_a_key_of_its_own() {
    let page = page(&view(&json!({})), None);
    let keys: Vec<&str> = page.split("name=\"key\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let unlike: std::collections::BTreeSet<_> = keys.iter().collect();
    assert!(keys.len() > 1 && unlike.len() == keys.len(), "{keys:?}");
}

#[test]
fn what_somebody_wrote_is_text_whatever_it_is() {
    let mut line = told("1", 2, 0);
    line["title"] = json!("<img src=x onerror=alert(1)>");
    let page = page(&view(&json!({ "/snapshot/lines": [line] })), None);
    assert!(!page.contains("<img") && page.contains("&lt;img"), "{page}");
}

#[test]
fn its_invoices_are_shown_with_who_else_issues_and_what_it_waits_for() {
    let locations = Locations { locations: Vec::new(), unreadable: Vec::new() };
    let shown = |invoices: &OrderInvoices| order(&reader(Language::Dutch), &view(&json!({})), &locations, invoices, None).body.0;
    assert!(!shown(&no_invoices()).contains("id=\"invoices\""));
    let (at, euro) = ("2026-11-24T10:00:00Z", json!({ "amount": "24.20", "currency": "EUR" }));
    let invoices: OrderInvoices = serde_json::from_value(json!({
        "invoices": [{ "number": "F2026-00001", "type": "invoice", "issued_on": "2026-11-24", "entity": "kade-bv", "connection": "shop",
            "order": "7", "display_number": null, "total": euro, "credits": null }],
        "invoiced_by_marketplace": [{ "line": "1", "units": 1 }],
        "waiting": { "connection": "shop", "order": "7", "since": at, "next_try_at": at, "problem": null },
    }))
    .unwrap();
    let said = shown(&invoices);
    assert!(said.contains("/api/v1/invoices/F2026-00001/document.pdf") && said.contains("komt binnen enkele minuten"), "{said}");
    assert!(said.contains("1 × LAMP"), "{said}");
}
