//! Why a figure is what it is: the sum of its movements, and the rule step by step.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{Component, Percentage, Quantity, RuleChange, StockSettings};
use engine::views::{Explanation, PublicationExplained, RuleSource, Step, TermCause, explain};
use engine::{
    Cache, Correction, OrderCommand, StockChange, Transfer, correct_stock, handle_order, put_bundle, put_connection, put_rule,
    put_stock_settings, transfer_stock,
};
use jiff::SignedDuration;
use ports::{Condition, Write};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{location, q, sku};
use testkit::run::finish;

fn explained(market: &Market, product: &str) -> Explanation {
    finish(explain(&market.stage.world(), &sku(product), None)).unwrap()
}

fn rest(market: &mut Market) {
    for _ in 0..3 {
        market.stage.clock.pass(SignedDuration::from_secs(90));
        market.settle();
    }
}

fn correct(market: &Market, change: StockChange) {
    let (reason, by) = ("count".to_owned(), "Ada Example".to_owned());
    let correction = Correction { sku: sku("A"), location: location("main"), change, reason, by };
    finish(correct_stock(&market.stage.world(), &correction)).unwrap();
}

/// Every kind of movement there is.
fn busy() -> Market {
    let mut market = Market::open(&[("A", 9), ("B", 4)], 9);
    for id in market.connections.clone() {
        let mut row = market.row(&id);
        row.locations.push(location("store"));
        finish(put_connection(&market.stage.world(), &row)).unwrap();
        assert!(market.buy(&id, "A", 2));
    }
    market.lookup = Cache::default();
    rest(&mut market);
    correct(&market, StockChange::Add(5));
    correct(&market, StockChange::Add(-1));
    let (from, to) = (location("main"), location("store"));
    let transfer = Transfer { sku: sku("A"), from, to, units: q(2), reason: "window".into(), by: "Ada Example".into() };
    finish(transfer_stock(&market.stage.world(), &transfer)).unwrap();
    let order = invariants::orders(&market.stage.table).into_keys().next().unwrap();
    let command: OrderCommand = serde_json::from_str(r#"{"type":"ship","location":"main","carrier":"postnl"}"#).unwrap();
    finish(handle_order(&market.stage.world(), &market.lookup, &order.0, &order.1, &command, "Ada Example")).unwrap();
    rest(&mut market);
    market
}

#[test]
fn a_figure_is_the_sum_of_what_moved_it_by_name() {
    let market = busy();
    let explanation = explained(&market, "A");
    assert_eq!(explanation.consistent, Some(true), "{explanation}");
    let [main, store] = explanation.locations.as_slice() else { panic!("{explanation}") };
    let of = |kind| {
        main.terms.iter().filter(|term| term.cause == kind).map(|term| (term.available, term.reserved)).collect::<Vec<_>>()
    };
    assert_eq!(of(TermCause::Opening), [(9, 0)]);
    assert_eq!((of(TermCause::Added), of(TermCause::TakenOff)), (vec![(5, 0)], vec![(-1, 0)]));
    assert_eq!(of(TermCause::Sold), [(-2, 2); 3]);
    assert_eq!(of(TermCause::TransferredOut), [(-2, 0)]);
    assert_eq!(of(TermCause::Shipped).iter().map(|(_, reserved)| reserved).sum::<i64>(), -2);
    let (here, there) = (main.stock.unwrap(), store.stock.unwrap());
    assert_eq!((here.available, here.reserved), (q(5), q(4)));
    assert_eq!((store.terms[0].cause, there.available), (TermCause::TransferredIn, q(2)));
    let text = explanation.to_string();
    for part in [
        "opening",
        "added by hand",
        "set aside for orders on",
        "shipped",
        "together",
        "available at main, store",
        "is to be shown",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    assert!(!text.contains("!!"), "{text}");
    let told: Explanation = serde_json::from_str(&serde_json::to_string(&explanation).unwrap()).unwrap();
    assert_eq!(told, explanation, "the command line reads it back");
}

#[test]
fn a_figure_that_its_movements_do_not_lead_to_is_told_loudly() {
    let market = busy();
    let row = market.stage.table.rows().into_iter().find(|row| row.key.pk == "LEDGER#A").unwrap();
    finish(market.stage.world().write_if(Write::Delete { key: row.key, when: Condition::Always })).unwrap();
    let explanation = explained(&market, "A");
    assert_eq!(explanation.consistent, Some(false));
    let text = explanation.to_string();
    assert!(text.contains("!! A FIGURE IS NOT THE SUM OF ITS MOVEMENTS") && text.contains("!! THE ROW SAYS 5 AND 4"), "{text}");
    assert_eq!(explained(&market, "B").consistent, Some(true));
}

#[test]
fn the_figure_to_show_is_the_rule_step_by_step() {
    let mut market = Market::open(&[("A", 20)], 20);
    let world = market.stage.world();
    let id = market.connections[0].clone();
    let product =
        RuleChange { safety_stock: Some(q(3)), percentage: Some(Percentage::new(50).unwrap()), ..RuleChange::default() };
    finish(put_rule(&world, &sku("A"), None, &product, "Ada")).unwrap();
    let here = RuleChange { maximum: Some(q(6)), pre_order: Some(q(1)), ..RuleChange::default() };
    finish(put_rule(&world, &sku("A"), Some(&id), &here, "Ada")).unwrap();
    rest(&mut market);
    let one = finish(explain(&world, &sku("A"), Some(&id))).unwrap().listings.remove(0);
    let steps: Vec<_> =
        one.steps.iter().map(|step| (step.step, step.units)).filter(|(step, _)| *step != Step::ChannelTakes).collect();
    let expected = [
        (Step::Available, 20),
        (Step::Short, 20),
        (Step::SafetyStock, 17),
        (Step::Percentage, 8),
        (Step::PreOrder, 9),
        (Step::Maximum, 6),
        (Step::Minimum, 6),
        (Step::Paused, 6),
    ];
    assert_eq!(steps, expected);
    let from = |step| one.steps.iter().find(|one| one.step == step).and_then(|one| one.set_by);
    assert_eq!((from(Step::Percentage), from(Step::Maximum)), (Some(RuleSource::Product), Some(RuleSource::ProductOnConnection)));
    assert_eq!((from(Step::Paused), from(Step::Available)), (Some(RuleSource::Connection), None));
    assert_eq!((one.target_quantity, one.published_quantity), (Some(q(6)), Some(q(6))));
    let PublicationExplained::UpToDate(push) = one.publication else { panic!("{:?}", one.publication) };
    assert!(push.up_to_date && one.published_at.is_some() && push.error.is_none());
    assert_eq!(market.shown(&id, "A"), 6);
    let right = finish(explain(&world, &sku("A"), Some(&id))).unwrap().to_string();
    assert!(!right.contains("rises again"), "what is right has nowhere to rise to: {right}");
    correct(&market, StockChange::Set(q(4)));
    let after = finish(explain(&world, &sku("A"), Some(&id))).unwrap().listings.remove(0);
    assert_eq!(after.target_quantity, Some(q(1)));
    assert!(matches!(after.publication, PublicationExplained::Pending(push) if !push.up_to_date));
}

#[test]
fn a_share_and_a_bundle_are_explained() {
    let mut market = Market::open(&[("A", 6), ("B", 5)], 0);
    let settings = StockSettings { quota_mode_below: Some(Quantity::clamped(6)), ..StockSettings::default() };
    finish(put_stock_settings(&market.stage.world(), &settings)).unwrap();
    market.lookup = Cache::default();
    rest(&mut market);
    let explanation = explained(&market, "A");
    assert!(explanation.quota_mode == Some(true) && explanation.quota_mode_below == Some(q(6)));
    let last = explanation.listings[0].steps.last().unwrap();
    assert_eq!((last.step, last.units, explanation.listings[0].target_quantity), (Step::Share, 2, Some(q(2))));
    let text = explanation.to_string();
    assert!(text.contains("its share, by its part of 1 (weight)\n"), "nobody said it: {text}");
    assert!(text.contains("as 6 or fewer were left, until more than 9 are"), "{text}");
    // A bundle has no stock of its own, so its product is one that never had any.
    let set = sku("BOX");
    let item = domain::Product { sku: set.clone(), ean: None, title: "Box".into(), variant: String::new() };
    finish(engine::put_product(&market.stage.world(), &item, &[])).unwrap();
    let components = [("A", 2), ("B", 1)].map(|(part, units)| Component { sku: sku(part), units: q(units) });
    finish(put_bundle(&market.stage.world(), &set, &components, "Ada")).unwrap();
    let explanation = explained(&market, "BOX");
    assert!(explanation.consistent == Some(true) && explanation.locations.is_empty());
    assert!(explanation.to_string().contains("It lies at no location"), "{explanation}");
    assert_eq!(explained(&market, "A").bundles, [set]);
}
