//! The table in the repository is what is counted, and the budgets hold.

use counts::scenarios::{Scenario, all};
use simulation::large::Kind;

fn calls(scenario: &Scenario, service: &str, operation: &str) -> u64 {
    scenario.counts.iter().filter(|((s, o), _)| *s == service && o.starts_with(operation)).map(|(_, c)| c.calls).sum()
}

#[test]
fn the_page_tells_what_is_counted() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/counts.md");
    let counted = counts::page();
    assert_eq!(std::fs::read_to_string(path).unwrap(), counted, "run `cargo counts > docs/counts.md` and look at what changed");
}

#[test]
fn a_batch_is_one_transaction_and_a_sell_out_with_duplicates_three() {
    for scenario in all().iter().filter(|s| s.name.starts_with("intake")) {
        let transactions = calls(scenario, "DynamoDB", "TransactWriteItems");
        let most = match scenario.name {
            name if name.contains("sell-out with") => 3,
            name if name.contains("sell-out") => 2,
            _ => 1,
        };
        assert!(transactions <= most, "{}: {transactions}", scenario.name);
    }
}

#[test]
fn a_large_order_takes_as_few_transactions_as_its_rows_need() {
    for order in counts::large::of(Kind::Plain) {
        let transactions = order.of("DynamoDB", "TransactWriteItems").calls;
        // Two rows a product, and the rest for the order's own rows and the journal's.
        let at_least = order.products.div_ceil(49) as u64;
        assert!((at_least..=at_least + 2).contains(&transactions), "{}: {transactions}", order.products);
        assert_eq!(order.of("DynamoDB", "TransactWriteItems (refused)").calls, 0, "{}", order.products);
    }
}

#[test]
fn a_hot_sku_costs_two_units_an_order_and_a_share() {
    let scenarios = all();
    let hot = scenarios.iter().find(|s| s.name.contains("hot SKU")).unwrap();
    let units: u64 = hot.counts.values().map(|c| c.write_units).sum();
    // 2 per order, and 2 each for the stock row, its ledger row and the journal row of the batch; the journal names ten orders.
    assert!(units <= 10 * 2 + 3 * 2 + 2, "{units}");
}

/// Three connections, once a minute, for ever: what costs nothing much a call is most of what an idle stack costs.
#[test]
fn an_idle_poll_asks_for_no_more_than_it_needs() {
    let scenarios = all();
    let named = |name: &str| scenarios.iter().find(|s| s.name.contains(name)).unwrap();
    let aws =
        |scenario: &Scenario| scenario.counts.iter().filter(|((s, _), _)| *s != "channel").map(|(_, c)| c.calls).sum::<u64>();
    let idle = named("three connections, nothing new");
    // Three rows of each are read and its cursor is written; every other minute the connection itself is read again.
    assert!(aws(idle) <= 15, "{}", aws(idle));
    assert_eq!(calls(idle, "DynamoDB", "Query"), 0, "no journal is looked through where nothing is open");
    // A day of the journal and an order each.
    let open = named("still to be sent");
    assert!(calls(open, "DynamoDB", "Query") > 0, "it is looked for");
    assert!(aws(open) <= aws(idle) + 2, "{}", aws(open));
    let minute = named("a minute of the schedule");
    assert!(aws(minute) <= 40, "{}", aws(minute));
}
