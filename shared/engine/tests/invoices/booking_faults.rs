//! A fault at every call of every port on the way into the books, in turn; and many workers who want a token at once.

use super::bookings::Bookkeeper;
use async_trait::async_trait;
use domain::ChannelSync;
use engine::{Cache, ConnectorClient, Ports};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ports::{ChartQuestion, Clock, Http, Key, Page, Refused, Request, Response, Result, Row, Table, Write};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use testkit::faults::Fault;
use testkit::run::run;
use testkit::simulated_books::name;

#[test]
fn a_fault_at_any_call_books_nothing_twice_and_forgets_nothing() {
    let counted = Bookkeeper::open();
    counted.sell("1");
    counted.shop.inner.stage.faults.plan([]);
    counted.run();
    let calls = counted.shop.inner.stage.faults.calls().len();
    assert!(calls > 20, "{calls}");
    for call in 0..calls {
        for fault in Fault::ALL {
            let books = Bookkeeper::open();
            books.sell("1");
            books.shop.inner.stage.faults.plan([(call, fault)]);
            books.run();
            books.shop.inner.stage.faults.plan([]);
            books.run_for(12);
            let what = format!("call {call}, {fault:?}");
            assert_eq!(books.entries().len(), 1, "{what}: booked once");
            assert!(matches!(books.rows()[0].state, ChannelSync::Synced { .. }), "{what}: {:?}", books.rows()[0]);
            let there = books.shop.inner.books.with(|books| books.entries().remove(0));
            assert!(there.has_pdf, "{what}: with its document");
            assert_eq!((books.open_rows(), books.shop.inner.parked().len()), (0, 0), "{what}");
        }
    }
}

/// Lets others go on, once.
#[derive(Default)]
struct Yield(bool);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Ports at each of whose calls others go on.
struct Busy(Ports);

#[async_trait]
impl Table for Busy {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        Yield::default().await;
        self.0.table.get(key).await
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        self.0.table.query(pk, prefix, from, limit, newest_first).await
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        Yield::default().await;
        self.0.table.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        self.0.table.transact(writes).await
    }
}

#[async_trait]
impl Http for Busy {
    async fn send(&self, request: Request) -> Result<Response> {
        Yield::default().await;
        let answer = self.0.http.send(request).await;
        Yield::default().await;
        answer
    }
}

#[async_trait]
impl Clock for Busy {
    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    async fn sleep(&self, _: Duration) {
        Yield::default().await;
    }
}

#[test]
fn twenty_workers_fetch_one_token_a_window_and_burn_none() {
    let books = Bookkeeper::open();
    let world = books.shop.world();
    let busy = || Arc::new(Busy(world.clone()));
    let world = Ports { table: busy(), http: busy(), clock: busy(), ..world.clone() };
    for window in 1..=4 {
        let workers = (0..20).map(|_| async {
            // A process of its own: it knows nothing but the table.
            let lookup = Cache::default();
            let driver = ConnectorClient::open_books(&world, &lookup, &name()).await?;
            driver
                .accounting()?
                .call(|accounting, call| {
                    Box::pin(async move { accounting.chart(call, &ChartQuestion::default()).await.map(drop) })
                })
                .await
        });
        for outcome in run(join_all(workers)).unwrap() {
            if let Err(error) = outcome {
                assert_eq!(error.kind, ports::ErrorKind::RateLimited, "{error:?}: sixty calls a minute");
            }
        }
        let (given, mistakes) = books.shop.inner.books.with(|books| (books.tokens_given(), books.mistakes()));
        assert_eq!((given, mistakes), (window, 0), "window {window}");
        books.shop.inner.stage.clock.pass(SignedDuration::from_secs(575));
    }
}

#[test]
fn a_worker_that_dies_between_a_new_token_and_its_row_is_told_to_a_person() {
    let books = Bookkeeper::open();
    books.sell("1");
    books.shop.pass(11);
    // The first call to the far side is for a token.
    books.shop.inner.stage.faults.plan_first("http.send", Fault::CrashAfter);
    assert!(books.run().is_none(), "it died");
    books.run_for(6);
    let reasons: Vec<String> = books.shop.inner.parked().into_iter().map(|row| row.reason).collect();
    assert!(reasons.iter().any(|reason| reason.contains("sluis authorize")), "{reasons:?}");
    assert_eq!(books.shop.inner.books.with(|books| books.mistakes()), 1, "the used token is sent once more, and never again");
    books.let_in();
    books.run_for(3);
    assert_eq!((books.entries().len(), books.open_rows()), (1, 0));
    assert_eq!(engine_close(&books), 1);
}

fn engine_close(books: &Bookkeeper) -> usize {
    run(engine::close_parked(&books.shop.world())).unwrap().unwrap()
}
