//! Thousands of invoices by many workers at once, on threads of their own, some of which die midway: numbers 1 to n, and few transactions.

use super::books::{documents, due, flaws_at_rest};
use super::shop::{Shop, sold};
use async_trait::async_trait;
use engine::rows::InvoiceDueRow;
use engine::{Ports, issue_due};
use ports::{Error, ErrorKind, Key, Page, Refused, Result, Row, Status, Table, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::run::run;

/// A table that counts transactions, and loses the answer of every so-manieth: done, or never arrived, or whoever asked dies.
struct Counted {
    inner: Arc<dyn Table>,
    transactions: AtomicUsize,
    troubles: usize,
}

fn lost() -> Refused {
    Error::new(ErrorKind::Timeout, "planned", "no answer").with_status(Status::Unknown).into()
}

#[async_trait]
impl Table for Counted {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        self.inner.get(key).await
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        self.inner.query(pk, prefix, from, limit, newest_first).await
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        self.inner.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        let number = self.transactions.fetch_add(1, Ordering::SeqCst);
        match number % self.troubles {
            1 => self.inner.transact(writes).await.and(Err(lost())),
            2 => Err(lost()),
            3 => {
                let _ = self.inner.transact(writes).await;
                std::future::pending().await
            }
            4 => std::future::pending().await,
            _ => self.inner.transact(writes).await,
        }
    }
}

/// How many orders; more with `SLUIS_INVOICES=10000`, which takes minutes where nothing is optimised.
#[expect(clippy::disallowed_methods, reason = "the size of a proof is asked for from outside")]
fn orders() -> usize {
    std::env::var("SLUIS_INVOICES").ok().and_then(|text| text.parse().ok()).unwrap_or(600)
}

fn sent(orders: usize) -> Shop {
    let shop = Shop::open();
    for number in 0..orders {
        let name = format!("{number:05}");
        shop.order(&name, vec![sold("1", 1, "12.10")]);
        shop.ship(&name, "p", &[("1", 1)]);
    }
    shop
}

#[test]
fn many_workers_at_once_leave_no_gap_and_take_few_transactions() {
    let (orders, workers) = (orders(), 32);
    let shop = sent(orders);
    let table = Arc::new(Counted { inner: shop.world().table, transactions: AtomicUsize::new(0), troubles: 23 });
    let world = Ports { table: table.clone(), ..shop.world() };
    let mut rounds = 0;
    while !due(&shop).is_empty() && rounds < 50 {
        rounds += 1;
        let waiting = due(&shop);
        // As a queue hands them out: some to each, and now and then the same to two.
        let share = waiting.len().div_ceil(workers).max(1);
        std::thread::scope(|scope| {
            for worker in 0..workers {
                let from = (worker * share).saturating_sub(share / 4).min(waiting.len());
                let to = ((worker + 1) * share).min(waiting.len());
                let some: Vec<InvoiceDueRow> = waiting[from..to].to_vec();
                let (world, shop) = (&world, &shop);
                scope.spawn(move || run(issue_due(world, &shop.lookup, some)));
            }
        });
        shop.pass(2);
    }
    let transactions = table.transactions.load(Ordering::SeqCst);
    println!("{orders} orders, {workers} workers, {rounds} rounds, {transactions} transactions");
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
    let all = documents(&shop);
    assert_eq!(all.iter().map(|one| one.sequence).collect::<Vec<_>>(), (1..=orders as u64).collect::<Vec<_>>());
    assert!(transactions <= 3 * orders, "{transactions}");
}

#[test]
fn one_worker_takes_numbers_for_nineteen_at_once() {
    let shop = sent(190);
    shop.inner.stage.faults.plan([]);
    assert_eq!(shop.issue().issued, 190);
    let transactions = shop.inner.stage.faults.calls().into_iter().filter(|call| *call == "table.transact").count();
    assert!(transactions <= 13, "{transactions} for 190 invoices");
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}
