//! A channel's answers are somebody else's for a moment, and its own again: a page of a firewall, a login, a cache.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use contracts::{Cause, InboundOrder, StockHint};
use domain::{ConnectionId, Currency, Money, OrderNumber, Prices};
use engine::rows::ParkedRow;
use engine::views::{CircuitHealth, ParkedType, health};
use engine::{
    Arrival, Cache, Correction, Outcome, Ports, ReconcileLimits, StockChange, accept_orders, close_parked, correct_stock,
    dismiss_parked, poll_returns, publish_prices, publish_stock, put_prices, reconcile,
};
use jiff::SignedDuration;
use ports::{Clock as _, ErrorKind, Http, QueueName, Request, Response};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{location, q, sku};
use std::sync::Arc;
use testkit::run::finish;

/// Answers in the channel's place what it is asked about this, with a page of its own. Tokens are given all the same.
struct Page {
    inner: Arc<dyn Http>,
    status: u16,
    body: &'static str,
    about: String,
}

#[async_trait::async_trait]
impl Http for Page {
    async fn send(&self, request: Request) -> ports::Result<Response> {
        let asks = request.uri().path().contains(&self.about) || String::from_utf8_lossy(request.body()).contains(&self.about);
        if !asks || request.uri().path().contains("token") {
            return self.inner.send(request).await;
        }
        let mut response = Response::new(self.body.into());
        *response.status_mut() = http::StatusCode::from_u16(self.status).unwrap();
        Ok(response)
    }
}

const PAGES: [(u16, &str); 4] = [(200, "<!DOCTYPE html><p>Checking your browser"), (200, ""), (200, "[[["), (404, "<html>")];

/// The ports, with somebody in between who answers all that is asked about this.
fn between(market: &Market, (status, page): (u16, &'static str), about: &str) -> Ports {
    let world = market.stage.world();
    let http = Arc::new(Page { inner: world.http.clone(), status, body: page, about: about.to_owned() });
    Ports { http, ..world }
}

fn parked(market: &Market) -> usize {
    market.stage.table.rows().iter().filter(|row| row.key.pk == ParkedRow::PARTITION).count()
}

fn kinds(market: &Market) -> Vec<ParkedType> {
    let list = finish(engine::views::parked(&market.stage.world(), &engine::views::PageRequest::first(200))).unwrap();
    list.parked.into_iter().map(|one| one.r#type).collect()
}

fn work_for(market: &mut Market, seconds: u32) {
    for _ in 0..seconds / 2 {
        market.work();
        market.stage.clock.pass(SignedDuration::from_secs(2));
    }
}

/// Nine of a product, and so many orders of one of it on this channel.
fn sold(at: usize, orders: usize) -> (Market, ConnectionId, Vec<OrderNumber>) {
    let mut market = Market::open(&[("A", 9)], 9);
    let id = market.connections[at].clone();
    for _ in 0..orders {
        assert!(market.buy(&id, "A", 1));
    }
    market.stage.clock.pass(SignedDuration::from_secs(95));
    market.settle();
    let numbers = market.on(&id, |side, _| side.orders());
    assert_eq!(numbers.len(), orders);
    (market, id, numbers)
}

fn named(market: &Market, id: &ConnectionId, number: &OrderNumber, ago: i64) -> Arrival {
    let read_at = market.stage.clock.now() - SignedDuration::from_secs(ago);
    let (connection, number) = (id.clone(), number.clone());
    Arrival { message: InboundOrder { connection, number, snapshot: None, cause: Cause::Webhook, read_at }, receives: 1 }
}

fn circuit(market: &Market, id: &ConnectionId) -> Option<CircuitHealth> {
    let all = finish(health(&market.stage.world())).unwrap();
    all.connections.into_iter().find(|one| one.connection == *id).unwrap().circuit
}

fn count(market: &Market, change: i64) {
    let (reason, by) = ("count".into(), "test".into());
    let counted = Correction { sku: sku("A"), location: location("main"), change: StockChange::Add(change), reason, by };
    finish(correct_stock(&market.stage.world(), &counted)).unwrap();
}

#[test]
fn a_figure_that_met_one_is_told_when_the_channel_answers_again_and_nobody_needs_to_help() {
    for page in PAGES {
        for at in 0..Market::open(&[], 0).connections.len() {
            let mut market = Market::open(&[("A", 9)], 9);
            let id = market.connections[at].clone();
            count(&market, -4);
            market.take_hints();
            let elsewhere = between(&market, page, "");
            let hint = StockHint { sku: sku("A"), connection: Some(id.clone()) };
            drop(finish(publish_stock(&elsewhere, &market.lookup, &[hint])));
            assert_eq!(market.shown(&id, "A"), 9, "{id} {page:?}");
            assert!(parked(&market) <= 1, "{id} {page:?}: it is named once");
            // Nothing moves, and nobody looks at the items: what was put off is all there is.
            work_for(&mut market, 400);
            assert_eq!(market.shown(&id, "A"), 5, "{id} {page:?}");
            finish(close_parked(&market.stage.world())).unwrap();
            assert_eq!(parked(&market), 0, "{id} {page:?}");
        }
    }
}

#[test]
fn an_item_that_can_never_be_read_is_named_and_asked_for_ever_more_seldom() {
    for page in PAGES {
        for at in 0..Market::open(&[], 0).connections.len() {
            let market = Market::open(&[("A", 9)], 9);
            let id = market.connections[at].clone();
            count(&market, -4);
            market.take_hints();
            let elsewhere = between(&market, page, "");
            let mut hints = vec![StockHint { sku: sku("A"), connection: Some(id.clone()) }];
            let mut waits = Vec::new();
            while waits.len() < 14 {
                drop(finish(publish_stock(&elsewhere, &market.lookup, &hints)));
                let sent = market.stage.queue.take(QueueName::StockHints);
                assert_eq!(sent.len(), 1, "{id} {page:?}: one hint goes on");
                hints = vec![serde_json::from_str(&sent[0].body).unwrap()];
                waits.push(sent[0].delay.as_secs());
                market.stage.clock.pass(SignedDuration::try_from(sent[0].delay).unwrap());
            }
            assert_eq!(waits.last(), Some(&900), "{id} {page:?}: {waits:?}");
            assert!(waits.iter().sum::<u64>() > 3_600, "{id} {page:?}: {waits:?}");
            assert_eq!((parked(&market), kinds(&market)), (1, vec![ParkedType::Listing]), "{id} {page:?}");
            assert!(market.listing(&id, "A").problem.is_some());
        }
    }
}

#[test]
fn one_about_one_order_frees_nothing_closes_nothing_and_is_over_by_itself() {
    for page in PAGES {
        for at in 0..Market::open(&[], 0).connections.len() {
            let (mut market, id, numbers) = sold(at, 3);
            let first = named(&market, &id, &numbers[0], 600);
            let elsewhere = between(&market, page, numbers[0].as_str());
            let outcomes = finish(accept_orders(&elsewhere, &market.lookup, vec![first]));
            assert!(matches!(outcomes[..], [Outcome::Done]), "{id} {page:?}: {outcomes:?}");
            let order = || invariants::orders(&market.stage.table)[&(id.clone(), numbers[0].clone())].clone();
            assert!(!order().is_deleted() && order().lines[0].committed() == q(1), "{id} {page:?}");
            assert_eq!(kinds(&market), [ParkedType::Order], "{id} {page:?}");
            assert_eq!(circuit(&market, &id), None, "{id} {page:?}: others are asked for");
            work_for(&mut market, 900);
            finish(close_parked(&market.stage.world())).unwrap();
            assert_eq!(parked(&market), 0, "{id} {page:?}: it was read again, and is as it was");
            assert!(market.stage.queue.take(QueueName::Inbound).is_empty(), "{id} {page:?}: and nobody asks any more");
        }
    }
}

#[test]
fn what_a_person_dismissed_is_asked_for_no_more() {
    let (mut market, id, numbers) = sold(0, 1);
    let elsewhere = between(&market, PAGES[0], "");
    finish(accept_orders(&elsewhere, &market.lookup, vec![named(&market, &id, &numbers[0], 600)]));
    let again: InboundOrder = serde_json::from_str(&market.stage.queue.take(QueueName::Inbound)[0].body).unwrap();
    let list = finish(engine::views::parked(&market.stage.world(), &engine::views::PageRequest::first(9))).unwrap();
    finish(dismiss_parked(&market.stage.world(), &list.parked[0].id, "Ada", "it is a test")).unwrap();
    finish(accept_orders(&elsewhere, &Cache::default(), vec![Arrival { message: again, receives: 1 }]));
    assert!(market.stage.queue.take(QueueName::Inbound).is_empty());
    market.settle();
}

#[test]
fn several_404s_in_a_row_have_the_connection_left_alone_and_health_says_until_when() {
    for at in 0..Market::open(&[], 0).connections.len() {
        let (market, id, numbers) = sold(at, 3);
        let elsewhere = between(&market, (404, "<html>"), "");
        for (asked, number) in numbers.iter().enumerate() {
            assert_eq!(circuit(&market, &id), None, "{id}: after {asked}");
            finish(accept_orders(&elsewhere, &market.lookup, vec![named(&market, &id, number, 600)]));
        }
        let open = circuit(&market, &id).unwrap();
        let wait = open.open_until.duration_since(market.stage.clock.now());
        assert!(wait > SignedDuration::ZERO && wait <= SignedDuration::from_mins(1), "{id}: {open:?}");
        assert!(open.reason.contains("not the channel's own"), "{id}: {open:?}");
        // Tried again when it said so, and once more while nobody else is there.
        market.stage.clock.pass(wait);
        finish(accept_orders(&elsewhere, &Cache::default(), vec![named(&market, &id, &numbers[0], 600)]));
        assert!(circuit(&market, &id).is_some(), "{id}: one question is enough then");
        market.stage.clock.pass(SignedDuration::from_secs(61));
        finish(accept_orders(&market.stage.world(), &Cache::default(), vec![named(&market, &id, &numbers[0], 600)]));
        assert_eq!(circuit(&market, &id), None, "{id}");
        finish(accept_orders(&elsewhere, &Cache::default(), vec![named(&market, &id, &numbers[0], 600)]));
        assert_eq!(circuit(&market, &id), None, "{id}: it answered in between, so they are counted anew");
    }
}

#[test]
fn word_of_a_deletion_that_met_one_is_heard_all_the_same() {
    for at in 0..Market::open(&[], 0).connections.len() {
        let (mut market, id, numbers) = sold(at, 2);
        if !market.on(&id, |side, now| side.delete_order(now, &numbers[0])) {
            continue;
        }
        let elsewhere = between(&market, PAGES[0], "");
        finish(accept_orders(&elsewhere, &market.lookup, vec![named(&market, &id, &numbers[0], 0)]));
        assert_eq!(kinds(&market), [ParkedType::Order], "{id}");
        work_for(&mut market, 1_800);
        let order = invariants::orders(&market.stage.table)[&(id.clone(), numbers[0].clone())].clone();
        assert!(order.is_deleted(), "{id}");
        finish(close_parked(&market.stage.world())).unwrap();
        assert_eq!(kinds(&market), [ParkedType::Deleted], "{id}: only what had left is asked");
        market.settle();
        market.assert_shown("A", 8);
    }
}

#[test]
fn a_price_that_met_one_is_told_when_the_channel_answers_again() {
    for page in PAGES {
        for at in 0..Market::open(&[], 0).connections.len() {
            let mut market = Market::open(&[("A", 9)], 9);
            let id = market.connections[at].clone();
            let regular = Money { amount: rust_decimal::Decimal::new(1950, 2), currency: Currency::new("EUR").unwrap() };
            let prices = Prices { regular, promotions: Vec::new() };
            if finish(put_prices(&market.stage.world(), &id, &sku("A"), &prices)).is_err() {
                continue;
            }
            let elsewhere = between(&market, page, "");
            let report = finish(publish_prices(&elsewhere, &market.lookup, &id)).unwrap();
            assert_eq!((report.told, report.put_off, report.refused), (0, 1, 0), "{id} {page:?}");
            for _ in 0..10 {
                market.stage.clock.pass(SignedDuration::from_mins(1));
                finish(publish_prices(&market.stage.world(), &market.lookup, &id)).unwrap();
            }
            assert_eq!(market.on(&id, |side, _| side.price_cents(&sku("A"))), Some(1950), "{id} {page:?}");
            finish(close_parked(&market.stage.world())).unwrap();
            assert_eq!(parked(&market), 0, "{id} {page:?}");
            market.settle();
        }
    }
}

#[test]
fn returns_that_cannot_be_read_are_read_the_next_time_and_nothing_is_parked_for_it() {
    for page in PAGES {
        for at in 0..Market::open(&[], 0).connections.len() {
            let market = Market::open(&[("A", 9)], 9);
            let id = market.connections[at].clone();
            let elsewhere = between(&market, page, "");
            if let Err(error) = finish(poll_returns(&elsewhere, &market.lookup, &id)) {
                assert_eq!(error.kind, ErrorKind::Protocol, "{id} {page:?}");
            }
            assert_eq!(parked(&market), 0, "{id} {page:?}");
            finish(poll_returns(&market.stage.world(), &market.lookup, &id)).unwrap();
        }
    }
}

#[test]
fn one_order_or_item_that_cannot_be_read_ends_no_comparison() {
    for page in PAGES {
        for at in 0..Market::open(&[], 0).connections.len() {
            let (mut market, id, numbers) = sold(at, 3);
            let elsewhere = between(&market, page, numbers[1].as_str());
            let part = || {
                let until = market.stage.clock.now() + SignedDuration::from_mins(5);
                finish(reconcile(&elsewhere, &market.lookup, &id, ReconcileLimits::default(), until))
            };
            let mut ended = part();
            // A channel that asks for a pause is gone on with later.
            while ended.as_ref().is_err_and(|error| error.kind == ErrorKind::RateLimited) {
                market.stage.clock.pass(SignedDuration::from_secs(5));
                ended = part();
            }
            assert!(ended.as_ref().is_ok_and(|ended| ended.complete), "{id} {page:?}: {ended:?}");
            work_for(&mut market, 60);
            assert!(kinds(&market).is_empty(), "{id} {page:?}: it was read again");
            market.settle();
            market.assert_shown("A", 6);
        }
    }
}
