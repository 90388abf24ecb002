//! That no listing is said to be on its way, or in step, where that is not so.

use crate::publication::{is_reachable, standing};
use crate::sample::reader;
use crate::texts::Language;
use domain::Quantity;
use engine::views::{Health, ListingStock, NotPublished, Publication};
use serde_json::json;

fn health(status: &str, circuit: bool) -> Health {
    let task = json!({ "task": "stock", "status": status, "succeeded_at": null, "succeeded_age_s": null, "failing_since": null, "error": null,
        "message": null, "paused_since": null, "paused_reason": null });
    let circuit = circuit.then(|| json!({ "open_until": "2026-11-30T12:05:00Z", "failures": 3, "reason": "no answer" }));
    let one = json!({ "connection": "shop", "channel": "plain", "channel_title": null, "publishing": { "type": "all" }, "status": status,
        "failing_since": null, "alerted_at": null, "tasks": [task], "orders_read_until": null, "cursor_age_s": null,
        "order_list_running": false, "orders_settled_through": null, "listings": null, "rollout": null, "circuit": circuit,
        "subscription": null, "token": null });
    serde_json::from_value(json!({ "connections": [one] })).unwrap()
}

fn listing(publication: Publication) -> ListingStock {
    ListingStock {
        connection: domain::ConnectionId::new("shop").unwrap(),
        channel: None,
        offer: "o-1".parse().unwrap(),
        published_quantity: Some(Quantity::ONE),
        published_at: None,
        backorders: false,
        publication,
    }
}

fn said(publication: Publication, health: &Health) -> String {
    standing(&reader(Language::Dutch), &listing(publication), health).0
}

#[test]
fn a_figure_on_its_way_to_a_channel_that_cannot_be_reached_is_a_problem() {
    let pending = || Publication::Pending { target_quantity: Quantity::ONE, postponed_until: None };
    assert!(said(pending(), &health("ok", false)).contains("wordt bijgewerkt"));
    for away in [health("failing", false), health("ok", true)] {
        assert!(!is_reachable(&away, &domain::ConnectionId::new("shop").unwrap()));
        let said = said(pending(), &away);
        assert!(said.contains("niet bereikbaar") && !said.contains("wordt bijgewerkt"), "{said}");
    }
}

#[test]
fn what_is_not_told_on_purpose_is_neither_on_its_way_nor_wrong() {
    let said = said(Publication::NotPublished { reason: NotPublished::ImportOnly }, &health("ok", false));
    assert!(said.contains("bewust niet bijgewerkt") && said.contains("alleen bestellingen importeren"), "{said}");
    assert!(!said.contains("class=\"chip bad\"") && !said.contains("class=\"chip wait\""), "{said}");
}

#[test]
fn what_is_not_known_is_not_in_step() {
    let said = said(Publication::Unknown, &health("ok", false));
    assert!(said.contains("niet bekend") && !said.contains("class=\"chip good\""), "{said}");
}
