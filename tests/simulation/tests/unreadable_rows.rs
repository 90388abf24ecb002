//! A row that somebody spoilt is named, and the rest is shown: every row that a view reads is spoilt in turn.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use async_trait::async_trait;
use domain::{ConnectionId, DriftCase, DriftCause, DriftStatus, Prices, RuleChange, StockSettings};
use engine::rows::{BooksRow, BooksState, DriftRow, DriftSubject, TypedRow};
use engine::views::{self, PageRequest, WhatIfRequest};
use engine::{
    Correction, Ports, StockChange, check_books, correct_stock, preview_publication, put_prices, put_rule, put_stock_settings,
};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use ports::{Clock, Condition, Key, Page, Refused, Result, Row, Table, Value, Write};
use serde_json::{Value as Json, json};
use simulation::market::{Goods, Market};
use simulation::shop::{location, q, sku};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use testkit::run::finish;

/// A table that notes which rows are read, and hands over one of them spoilt.
struct Spoiling {
    inner: Arc<dyn Table>,
    read: Mutex<BTreeSet<Key>>,
    spoilt: Option<(Key, Way)>,
}

/// How a row is spoilt.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// Nothing is left of it but its key.
    Empty,
    /// Every text and every number is another kind of value.
    Swapped,
    /// Every text is cut off.
    Cut,
}

const WAYS: [Way; 3] = [Way::Empty, Way::Swapped, Way::Cut];

impl Spoiling {
    fn seen(&self, row: Row) -> Row {
        self.read.lock().unwrap().insert(row.key.clone());
        match &self.spoilt {
            Some((key, way)) if *key == row.key => spoil(row, *way),
            _ => row,
        }
    }
}

fn spoil(mut row: Row, way: Way) -> Row {
    match way {
        Way::Empty => row.attributes.clear(),
        Way::Swapped => row.attributes.values_mut().for_each(|value| {
            *value = match value {
                Value::Number(_) => Value::Text("{".into()),
                Value::Text(_) => Value::Number(-7),
            }
        }),
        Way::Cut => row.attributes.values_mut().for_each(|value| {
            if let Value::Text(text) = value {
                *text = text.chars().take(text.chars().count() / 2).collect();
            }
        }),
    }
    row
}

#[async_trait]
impl Table for Spoiling {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        Ok(self.inner.get(key).await?.map(|row| self.seen(row)))
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        let page = self.inner.query(pk, prefix, from, limit, newest_first).await?;
        Ok(Page { rows: page.rows.into_iter().map(|row| self.seen(row)).collect(), ..page })
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        self.inner.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        self.inner.transact(writes).await
    }
}

/// A merchant with some of everything.
fn open() -> Market {
    let goods =
        Goods { products: &[("A", 9), ("B", 4)], bundle: Some(("BOX", &[("A", 1), ("B", 1)])), shown: 1, ..Goods::default() };
    let mut market = Market::open_with(&goods);
    let world = market.stage.world();
    let settings = StockSettings { quota_mode_below: Some(q(2)), ..StockSettings::default() };
    finish(put_stock_settings(&world, &settings)).unwrap();
    let (first, second) = (market.connections[0].clone(), market.connections[1].clone());
    let change = RuleChange { safety_stock: Some(q(1)), ..RuleChange::default() };
    finish(put_rule(&world, &sku("A"), Some(&first), &change, "Ada")).unwrap();
    finish(put_rule(&world, &sku("A"), None, &change, "Ada")).unwrap();
    let prices: Prices = serde_json::from_value(json!({ "regular": { "amount": "19.50", "currency": "EUR" } })).unwrap();
    for id in [&first, &second] {
        finish(put_prices(&world, id, &sku("A"), &prices)).unwrap();
    }
    for _ in 0..3 {
        assert!(market.buy(&first, "A", 1));
        market.stage.clock.pass(SignedDuration::from_secs(95));
        market.poll();
        market.settle();
    }
    let (reason, by) = ("count".to_owned(), "Ada".to_owned());
    let correction = Correction { sku: sku("A"), location: location("main"), change: StockChange::Add(2), reason, by };
    finish(correct_stock(&world, &correction)).unwrap();
    market.settle();
    let now = market.stage.clock.now();
    for product in ["A", "B"] {
        let case = DriftCase {
            cause: DriftCause::Books,
            status: DriftStatus::NeedsAttention,
            target_quantity: None,
            observed_quantity: None,
            message: "the books do not add up".into(),
            repairs: 0,
            run: 1,
            first_at: now,
            last_at: now,
        };
        let row = DriftRow { subject: DriftSubject::Books { sku: sku(product) }, sku: Some(sku(product)), case };
        finish(world.write_if(Write::Put { row: row.to_row(), when: Condition::Always })).unwrap();
        finish(world.park(Some(&first), &format!("thing {product}"), "it cannot be understood", "")).unwrap();
    }
    let until = now + SignedDuration::from_mins(9);
    finish(check_books(&world, until)).unwrap();
    assert!(finish(world.get::<BooksRow>(&BooksRow::key())).unwrap().is_some_and(|BooksRow(BooksState { run, .. })| run > 0));
    market
}

type View = fn(Ports, ConnectionId) -> BoxFuture<'static, Result<Json>>;

macro_rules! view {
    ($world:ident, $connection:ident, $read:expr) => {
        |$world, $connection| {
            async move {
                let _ = &$connection;
                Ok(serde_json::to_value($read.await?).unwrap())
            }
            .boxed()
        }
    };
}

fn first_page() -> PageRequest {
    PageRequest::first(200)
}

const VIEWS: [(&str, View); 17] = [
    ("stock", view!(world, c, views::stock(&world, &sku("A")))),
    ("stock of a bundle", view!(world, c, views::stock(&world, &sku("BOX")))),
    ("stock page", view!(world, c, views::stock_page(&world, "", &first_page()))),
    ("explain", view!(world, c, views::explain(&world, &sku("A"), None))),
    ("explain on one connection", view!(world, c, views::explain(&world, &sku("A"), Some(&c)))),
    ("explain a bundle", view!(world, c, views::explain(&world, &sku("BOX"), None))),
    ("movements", view!(world, c, views::movements(&world, &sku("A"), &first_page()))),
    ("rules", view!(world, c, views::rules(&world, &sku("A"), Some(&c)))),
    ("locations", view!(world, c, views::locations(&world))),
    ("prices", view!(world, c, views::prices(&world, &c, &first_page()))),
    ("listings", view!(world, c, views::listings(&world, &c, false, &first_page()))),
    ("drift", view!(world, c, views::drift(&world, false, &first_page()))),
    ("health", view!(world, c, views::health(&world))),
    ("parked", view!(world, c, views::parked(&world, &first_page()))),
    ("attention", view!(world, c, views::attention(&world))),
    ("recent orders", view!(world, c, views::recent_orders(&world, 50))),
    ("plan", view!(world, c, async { views::what_if_report(&world, &plan()).await })),
];

fn plan() -> WhatIfRequest {
    serde_json::from_value(json!({ "days": 2, "limit": 50 })).unwrap()
}

/// Without what the clock says, and without what is named.
fn still(mut said: Json) -> Json {
    fn strip(value: &mut Json) {
        match value {
            Json::Object(fields) => {
                fields.retain(|name, _| {
                    !["at", "from", "until", "cursor_age_s", "succeeded_age_s", "unreadable", "complete"].contains(&name.as_str())
                });
                fields.values_mut().for_each(strip);
            }
            Json::Array(values) => values.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut said);
    said
}

/// Whether it says of a row that it cannot be read, wherever it says so.
fn names(said: &Json, key: &str) -> bool {
    match said {
        Json::Object(fields) => {
            fields.iter().any(|(name, value)| (name == "unreadable" && value.to_string().contains(key)) || names(value, key))
        }
        Json::Array(values) => values.iter().any(|value| names(value, key)),
        _ => false,
    }
}

/// How many things of each kind it says.
fn sizes(said: &Json) -> BTreeMap<String, usize> {
    let fields = said.as_object().unwrap().iter();
    fields
        .filter(|(name, _)| *name != "unreadable")
        .filter_map(|(name, value)| Some((name.clone(), value.as_array()?.len())))
        .collect()
}

fn read(market: &Market, view: View, spoilt: Option<(Key, Way)>) -> (Result<Json>, BTreeSet<Key>) {
    let world = market.stage.world();
    let table = Arc::new(Spoiling { inner: world.table.clone(), read: Mutex::default(), spoilt });
    let world = Ports { table: table.clone(), ..world };
    let said = finish(view(world, market.connections[0].clone()));
    let read = table.read.lock().unwrap().clone();
    (said, read)
}

#[test]
fn a_row_that_cannot_be_read_is_named_and_costs_nothing_else() {
    let market = open();
    for (name, view) in VIEWS {
        let (whole, rows) = read(&market, view, None);
        let whole = whole.unwrap();
        assert!(!rows.is_empty() && whole.get("unreadable").is_none(), "{name}: {whole}");
        let mut named = 0;
        for key in rows {
            for way in WAYS {
                let (said, _) = read(&market, view, Some((key.clone(), way)));
                let said = said.unwrap_or_else(|error| panic!("{name}, {key:?} {way:?}: {error}"));
                let is_named = names(&said, &key.sk);
                named += usize::from(is_named);
                assert!(!is_named || said.get("complete").is_none_or(|complete| *complete == false), "{name}: {said}");
                // What is not named had no part in it.
                assert!(is_named || still(said.clone()) == still(whole.clone()), "{name}, {key:?} {way:?}: {said:#}");
                for (list, before) in sizes(&whole) {
                    let left = sizes(&said)[&list];
                    // All that a bundle consists of stands in one row.
                    let is_gone = key.sk == "BUNDLE" && list == "components";
                    assert!(is_gone || left + 1 >= before, "{name}, {key:?} {way:?}: {left} of {before} {list}");
                }
            }
        }
        println!("{name}: {named} times named");
        assert!(named > 0, "{name}");
    }
}

#[test]
fn what_a_spoilt_row_says_is_not_known_and_nothing_is_made_up() {
    let market = open();
    let world = market.stage.world();
    let stock = |key: &str| {
        let row = market.stage.table.rows().into_iter().find(|row| row.key.pk == "SKU#A" && row.key.sk.starts_with(key)).unwrap();
        read(&market, VIEWS[0].1, Some((row.key, Way::Swapped))).0.unwrap()
    };
    for figure in ["STOCK#", "SHORT", "RULE#"]
        .iter()
        .filter(|key| market.stage.table.rows().iter().any(|row| row.key.pk == "SKU#A" && row.key.sk.starts_with(**key)))
    {
        let said = stock(figure);
        assert_eq!(
            (&said["available"], &said["short"], &said["quota_mode"]),
            (&Json::Null, &Json::Null, &Json::Null),
            "{figure}: {said:#}"
        );
        for listing in said["listings"].as_array().unwrap() {
            assert_eq!(
                (&listing["publication"]["type"], listing["publication"].get("target_quantity")),
                (&"unknown".into(), None),
                "{figure}: {listing}"
            );
        }
    }
    let said = stock("LISTING#");
    assert_eq!((said["available"].is_null(), said["listings"].as_array().unwrap().len()), (false, 2), "{said:#}");
    // A connection that cannot be read is not one that is no longer there.
    let key = engine::rows::ConnectionRow::key(&market.connections[0]);
    let said = read(&market, VIEWS[0].1, Some((key, Way::Cut))).0.unwrap();
    let stands: Vec<_> =
        said["listings"].as_array().unwrap().iter().filter(|one| one["publication"]["type"] == "unknown").collect();
    assert_eq!(stands.len(), 1, "{said:#}");
    // A movement that cannot be read leaves nobody sure of the sum.
    let row = market.stage.table.rows().into_iter().find(|row| row.key.pk == "LEDGER#A").unwrap();
    let said = read(&market, VIEWS[3].1, Some((row.key, Way::Empty))).0.unwrap();
    assert_eq!(said["consistent"], Json::Null, "{said:#}");
    let explanation = finish(views::explain(&world, &sku("A"), None)).unwrap();
    assert_eq!(explanation.consistent, Some(true));
}

#[test]
fn a_preview_names_what_it_cannot_read_and_tells_the_rest() {
    let market = open();
    let preview: View = |world, c| {
        async move {
            let page = preview_publication(&world, &engine::Cache::default(), &c, &PageRequest::first(200)).await?;
            Ok(serde_json::to_value(page).unwrap())
        }
        .boxed()
    };
    let (whole, rows) = read(&market, preview, None);
    let (whole, mut named) = (whole.unwrap(), 0);
    for key in rows {
        for way in WAYS {
            // Or else the channel's limits hold back one look for another.
            market.stage.clock.pass(SignedDuration::from_mins(2));
            let (said, _) = read(&market, preview, Some((key.clone(), way)));
            let said = match said {
                Ok(said) => said,
                // Of a connection that nobody can read there is nothing to tell.
                Err(error) => {
                    assert!(key.pk == "CONNECTIONS" && error.message.contains(&key.sk), "{key:?} {way:?}: {error}");
                    continue;
                }
            };
            let is_named = said.to_string().contains(&key.sk);
            named += usize::from(is_named);
            assert!(is_named || still(said.clone()) == still(whole.clone()), "{key:?} {way:?}: {said:#}");
            assert!(sizes(&said)["listings"] + 1 >= sizes(&whole)["listings"], "{key:?} {way:?}: {said:#}");
        }
    }
    assert!(named > 0);
}
