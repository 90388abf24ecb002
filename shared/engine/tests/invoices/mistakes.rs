//! Mistakes that others made with numbers, planted in the table: each is found by what is held of all documents.

use super::books::{flaws, flaws_at_rest};
use super::shop::{Shop, sold};
use async_trait::async_trait;
use engine::rows::{InvoiceDueRow, OrderDocumentsRow, SeriesRow};
use engine::{Ports, issue_due};
use futures::future::join_all;
use ports::{Condition, Key, Page, Refused, Result, Row, Table, Write};
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use testkit::run::run;

/// A mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistake {
    /// None.
    None,
    /// A number is given whatever became of the series meanwhile.
    SeriesWithoutCondition,
    /// The number is taken first, and the document written after.
    NumberTakenFirst,
    /// An order is invoiced whatever became of its documents meanwhile.
    LockWithoutCondition,
    /// A shipment leaves no word.
    NoWordLeft,
    /// A document that has a number is thrown away, as if it could be drawn up anew.
    DocumentNotKept,
}

/// The table, with the mistake; whoever calls it lets others go first, by the seed.
struct Planted {
    inner: Arc<dyn Table>,
    mistake: Mistake,
    dice: AtomicU64,
}

impl Planted {
    async fn others_first(&self) {
        let mut left = fastrand::Rng::with_seed(self.dice.fetch_add(1, Ordering::SeqCst)).u8(0..3);
        poll_fn(|context| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

fn anyway(write: Write) -> Write {
    match write {
        Write::Put { row, .. } => Write::Put { row, when: Condition::Always },
        Write::Delete { key, .. } => Write::Delete { key, when: Condition::Always },
        other => other,
    }
}

fn is_lock(key: &Key) -> bool {
    key.sk == "DOCUMENTS" && key.pk.starts_with("ORDER#")
}

#[async_trait]
impl Table for Planted {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        self.others_first().await;
        self.inner.get(key).await
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        self.inner.query(pk, prefix, from, limit, newest_first).await
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        self.inner.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        self.others_first().await;
        let is_series = |write: &Write| write.key().pk == SeriesRow::PARTITION;
        let is_document = |write: &Write| write.key().pk.starts_with("INVOICES#");
        let writes = match self.mistake {
            Mistake::None => writes,
            Mistake::SeriesWithoutCondition => {
                let change = |write| if is_series(&write) || is_document(&write) { anyway(write) } else { write };
                writes.into_iter().map(change).collect()
            }
            Mistake::NumberTakenFirst => {
                let (first, then): (Vec<_>, Vec<_>) = writes.into_iter().partition(is_series);
                if !first.is_empty() {
                    self.inner.transact(first).await?;
                    self.others_first().await;
                }
                then
            }
            Mistake::LockWithoutCondition => {
                let kept = writes.into_iter().filter(|write| !matches!(write, Write::Check { .. }));
                let change = |write: Write| {
                    let free = is_lock(write.key()) || write.key().pk == InvoiceDueRow::PARTITION;
                    if free { anyway(write) } else { write }
                };
                kept.map(change).collect()
            }
            Mistake::NoWordLeft => {
                let is_word = |write: &Write| write.key().pk == InvoiceDueRow::PARTITION && matches!(write, Write::Put { .. });
                writes.into_iter().filter(|write| !is_word(write)).collect()
            }
            Mistake::DocumentNotKept => {
                let mut seen = 0;
                let mut keep = |write: &Write| {
                    seen += usize::from(is_document(write));
                    !is_document(write) || seen != 2
                };
                writes.into_iter().filter(|write| keep(write)).collect()
            }
        };
        self.inner.transact(writes).await
    }
}

/// Two workers at the same orders, by a seed. Answers what is wrong.
fn lived(mistake: Mistake, seed: u64) -> Vec<String> {
    let shop = Shop::open();
    let planted = Arc::new(Planted { inner: shop.world().table, mistake, dice: AtomicU64::new(seed * 10_000) });
    let world = Ports { table: planted, ..shop.world() };
    for name in ["1", "2", "3"] {
        shop.order(name, vec![sold("1", 2, "12.10")]);
        if mistake == Mistake::NoWordLeft {
            ship(&world, &shop, name);
        } else {
            shop.ship(name, "p", &[("1", 2)]);
        }
    }
    let due = super::books::due(&shop);
    let workers = [due[..due.len().min(2)].to_vec(), due[due.len().min(1)..].to_vec()];
    let work = workers.map(|some| issue_due(&world, &shop.lookup, some));
    run(join_all(work));
    let mut found = flaws(&shop);
    shop.pass(16);
    shop.issue();
    found.extend(flaws_at_rest(&shop));
    assert!(shop.row(&OrderDocumentsRow::key(&super::shop::web(), &super::shop::number("9"))).is_none());
    found
}

fn ship(world: &Ports, shop: &Shop, name: &str) {
    let lines = vec![domain::LineUnits { line: super::shop::line("1"), units: super::shop::units(2) }];
    let location = domain::LocationId::new("main").unwrap();
    let command = engine::OrderCommand::Ship { id: Some("p".into()), location, lines, carrier: None, tracking: None };
    let number = super::shop::number(name);
    run(engine::handle_order(world, &shop.lookup, &super::shop::web(), &number, &command, "Ada")).unwrap().unwrap();
}

#[test]
fn without_a_mistake_nothing_is_found() {
    for seed in 0..30 {
        assert_eq!(lived(Mistake::None, seed), Vec::<String>::new(), "seed {seed}");
    }
}

#[test]
fn every_mistake_is_found() {
    let all = [
        Mistake::SeriesWithoutCondition,
        Mistake::NumberTakenFirst,
        Mistake::LockWithoutCondition,
        Mistake::NoWordLeft,
        Mistake::DocumentNotKept,
    ];
    for mistake in all {
        let seed = (0..60).find(|seed| !lived(mistake, *seed).is_empty());
        println!("{mistake:?}: seed {seed:?}");
        assert!(seed.is_some(), "{mistake:?} is not found");
    }
}
