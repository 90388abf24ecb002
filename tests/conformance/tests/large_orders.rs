//! Orders of very many products on the engine that stands in for the table on one machine: on a file, within its limits, which are the
//! real ones, and with a process that dies in the middle and starts again.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use async_trait::async_trait;
use aws::embedded::EmbeddedTable;
use dynoxide::{Database, DynoxideError};
use engine::{Arrival, Cache, Outcome, Ports, accept_orders};
use ports::{Condition, Key, MOST_WRITES, Page, QueueName, Refused, Result, Row, Table, Write};
use serde_json::{Value, json};
use simulation::invariants;
use simulation::large::{Kind, merchant};
use simulation::shop::arrival;
use std::collections::BTreeSet;
use std::future::pending;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use testkit::Stage;
use testkit::memory::MemoryTable;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

const KINDS: [Kind; 4] = [Kind::Plain, Kind::Short, Kind::Bundles, Kind::TwoLocations];

/// When the process dies.
#[derive(Debug, Clone, Copy)]
enum Death {
    /// Before the transaction of this number, counted from 0, is done.
    Before(usize),
    /// When it is done, and nobody has heard of it.
    After(usize),
}

/// The embedded table of a process that may die. It knows which partitions were written.
struct Mortal {
    inner: EmbeddedTable,
    death: Option<Death>,
    died: Notify,
    transactions: AtomicUsize,
    partitions: Mutex<BTreeSet<String>>,
}

impl Mortal {
    async fn open(file: &Path, death: Option<Death>) -> Arc<Self> {
        let inner = aws::embedded::on_file(file).unwrap().table("books").await.unwrap();
        Arc::new(Self { inner, death, died: Notify::new(), transactions: AtomicUsize::new(0), partitions: Mutex::default() })
    }

    async fn die(&self) {
        self.died.notify_one();
        pending::<()>().await;
    }
}

#[async_trait]
impl Table for Mortal {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        self.inner.get(key).await
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        self.inner.query(pk, prefix, from, limit, newest_first).await
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        self.partitions.lock().unwrap().insert(write.key().pk.clone());
        self.inner.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        let number = self.transactions.fetch_add(1, Ordering::SeqCst);
        self.partitions.lock().unwrap().extend(writes.iter().map(|write| write.key().pk.clone()));
        if matches!(self.death, Some(Death::Before(at)) if at == number) {
            self.die().await;
        }
        let done = self.inner.transact(writes).await;
        if matches!(self.death, Some(Death::After(at)) if at == number) {
            self.die().await;
        }
        done
    }
}

/// A merchant's books on a file, and what else a process needs.
struct Books {
    stage: Stage,
    folder: tempfile::TempDir,
    partitions: BTreeSet<String>,
    runtime: Runtime,
}

impl Books {
    fn of(stage: Stage) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let mut books = Self { stage, folder: tempfile::tempdir().unwrap(), partitions: BTreeSet::new(), runtime };
        let rows = books.stage.table.rows();
        books.partitions.extend(rows.iter().map(|row| row.key.pk.clone()));
        let put = |row: &Row| Write::Put { row: row.clone(), when: Condition::Absent };
        books.runtime.block_on(async {
            let table = Mortal::open(&books.file(), None).await;
            for rows in rows.chunks(MOST_WRITES) {
                table.inner.transact(rows.iter().map(put).collect()).await.unwrap();
            }
        });
        books
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("table.db")
    }

    /// A process takes the messages in, and dies if it must. Answers what comes again; `None`: it died.
    fn process(&mut self, death: Option<Death>, arrivals: Vec<Arrival>) -> Option<Vec<Arrival>> {
        let (outcomes, table) = self.runtime.block_on(async {
            let table = Mortal::open(&self.file(), death).await;
            let world = Ports { table: table.clone(), ..self.stage.world() };
            let lookup = Cache::default();
            let outcomes = tokio::select! {
                outcomes = accept_orders(&world, &lookup, arrivals.clone()) => Some(outcomes),
                () = table.died.notified() => None,
            };
            (outcomes, table)
        });
        self.partitions.append(&mut table.partitions.lock().unwrap());
        let again = arrivals.into_iter().zip(outcomes?).filter(|(_, outcome)| matches!(outcome, Outcome::Again(_)));
        Some(again.map(|(arrival, _)| Arrival { receives: arrival.receives + 1, ..arrival }).collect())
    }

    /// Processes take turns until nothing comes again.
    fn come_to_rest(&mut self, mut open: Vec<Arrival>) {
        for _ in 0..10 {
            open = self.process(None, open).unwrap();
            let sent = self.stage.queue.take(QueueName::Inbound);
            open.extend(sent.iter().map(|m| Arrival { message: serde_json::from_str(&m.body).unwrap(), receives: 1 }));
            if open.is_empty() {
                return;
            }
        }
        panic!("deliveries do not end: {open:?}");
    }

    /// All that lies in the file, where the checks can read it.
    fn read_back(&self) -> MemoryTable {
        let memory = MemoryTable::new();
        self.runtime.block_on(async {
            let table = Mortal::open(&self.file(), None).await;
            for partition in &self.partitions {
                let mut from = None;
                loop {
                    let page = table.query(partition, "", from.as_ref(), 500, false).await.unwrap();
                    for row in page.rows {
                        memory.write(Write::Put { row, when: Condition::Absent }).await.unwrap();
                    }
                    from = page.next;
                    if from.is_none() {
                        break;
                    }
                }
            }
        });
        memory
    }
}

/// The order is taken in whole, whenever a process died over it, and nothing is done twice or forgotten.
fn takes_in(kind: Kind, products: usize, death: Option<Death>) {
    let about = format!("{kind:?} {products} {death:?}");
    let (stage, snapshot) = merchant(kind, products);
    let mut books = Books::of(stage);
    let first = arrival("shop", snapshot, 1);
    let mut open = vec![first.clone()];
    if death.is_some() {
        assert!(books.process(death, open).is_none(), "{about}: it lived on");
        let table = books.read_back();
        invariants::check(&table);
        let complete = invariants::orders(&table).values().any(domain::Order::is_complete);
        assert!(!complete, "{about}: it died when all was done");
        open = vec![Arrival { receives: 2, ..first }];
    }
    books.come_to_rest(open);
    let table = books.read_back();
    invariants::check(&table);
    let orders = invariants::orders(&table);
    let order = orders.values().next().unwrap();
    assert!(orders.len() == 1 && order.is_complete(), "{about}");
    let committed: i64 = order.lines.iter().map(|line| line.committed().units()).sum();
    let count = i64::try_from(products).unwrap();
    let (held, short) = match kind {
        Kind::Plain => (count, 0),
        Kind::Short => (count, count),
        Kind::Bundles => (4 * count, 0),
        Kind::TwoLocations => (2 * count, 0),
    };
    assert_eq!((committed, order.short().units()), (held, short), "{about}");
    let aside = table.rows().iter().filter(|row| row.key.pk == "PARKED").count();
    assert_eq!(aside, usize::from(kind == Kind::Short), "{about}: only that it is short waits for a person");
}

#[test]
fn orders_of_forty_nine_fifty_and_two_hundred_products_are_taken_in() {
    for kind in KINDS {
        for products in [49, 50, 200] {
            takes_in(kind, products, None);
        }
    }
}

#[test]
fn an_order_of_two_thousand_products_is_taken_in() {
    takes_in(Kind::Short, 2_000, None);
}

#[test]
fn one_that_a_process_died_over_is_gone_on_with_by_the_next() {
    for kind in KINDS {
        for death in [Death::Before(0), Death::After(0), Death::Before(2), Death::After(2)] {
            takes_in(kind, 200, Some(death));
        }
    }
}

#[test]
fn a_process_dies_in_the_middle_of_two_thousand_products() {
    takes_in(Kind::Plain, 2_000, Some(Death::After(20)));
}

/// What the engine itself says of a transaction that puts rows of so many bytes.
fn put_at_once(rows: &[usize]) -> std::result::Result<(), DynoxideError> {
    let database = Database::memory().unwrap();
    let asked = |value: Value| serde_json::from_value(value).unwrap();
    let table = json!({
        "TableName": "books", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
    });
    database.create_table(serde_json::from_value(table).unwrap()).unwrap();
    let put = |(number, bytes): (usize, &usize)| {
        // Names and the key take the rest.
        let pk = format!("{number:04}");
        let text = "x".repeat(bytes - "pk".len() - pk.len() - "t".len());
        json!({ "Put": { "TableName": "books", "Item": { "pk": { "S": pk }, "t": { "S": text } } } })
    };
    let items: Vec<Value> = rows.iter().enumerate().map(put).collect();
    database.transact_write_items(asked(json!({ "TransactItems": items }))).map(drop)
}

#[test]
fn the_engines_limits_are_the_real_ones() {
    assert!(put_at_once(&[100; 100]).is_ok(), "a hundred rows");
    assert!(put_at_once(&[100; 101]).is_err(), "one more");
    assert!(put_at_once(&[ports::MOST_ROW_BYTES]).is_ok(), "400 KB");
    assert!(put_at_once(&[ports::MOST_ROW_BYTES + 1]).is_err(), "one byte more");
    let whole = ports::MOST_TRANSACTION_BYTES / 16;
    assert!(put_at_once(&[whole; 16]).is_ok(), "4 MB");
    assert!(put_at_once(&[[whole; 16].as_slice(), &[20]].concat()).is_err(), "a row more");
}
