//! The two tables, and how a sequence of steps is held against both.

use super::arbitrary::Step;
use aws::DynamoTable;
use dynoxide::Database;
use ports::{Page, Refused, Row, Table};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use testkit::memory::MemoryTable;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// A behaviour under test.
type Behaviour<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

pub(crate) fn in_memory(behaviour: impl for<'a> FnOnce(&'a dyn Table) -> Behaviour<'a>) {
    runtime().block_on(behaviour(&MemoryTable::new()));
}

pub(crate) fn on_dynamodb(behaviour: impl for<'a> FnOnce(&'a dyn Table) -> Behaviour<'a>) {
    let world = Ports::new();
    let table = world.fresh_table();
    world.runtime.block_on(behaviour(&table));
}

/// As on one machine: the engine on a file, called without a server.
pub(crate) fn embedded(behaviour: impl for<'a> FnOnce(&'a dyn Table) -> Behaviour<'a>) {
    let folder = tempfile::tempdir().unwrap();
    let engine = aws::embedded::on_file(&folder.path().join("table.db")).unwrap();
    runtime().block_on(async {
        behaviour(&engine.table("table").await.unwrap()).await;
    });
}

/// The embedded engine, serving on loopback for as long as this lives.
pub(crate) struct Ports {
    runtime: Runtime,
    endpoint: String,
    cloud: aws::connect::SdkConfig,
    tables: AtomicU32,
}

impl Ports {
    pub(crate) fn new() -> Self {
        let runtime = runtime();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(dynoxide::server::serve_on(listener, Database::memory().unwrap()));
        Self { runtime, cloud: aws::connect::emulator(&endpoint), endpoint, tables: AtomicU32::new(0) }
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Where it serves.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The name of a new and empty table.
    pub(crate) fn fresh_name(&self) -> String {
        let name = format!("table-{}", self.tables.fetch_add(1, Ordering::Relaxed));
        self.runtime.block_on(aws::table::create(&self.cloud, &name)).unwrap();
        name
    }

    fn fresh_table(&self) -> DynamoTable {
        DynamoTable::new(&self.cloud, self.fresh_name())
    }

    /// Does the same steps on a fresh table of each kind; every answer, and every row in the end, must be the same.
    pub(crate) fn compare(&self, steps: &[Step]) {
        let (memory, dynamo) = (MemoryTable::new(), self.fresh_table());
        self.runtime.block_on(async {
            for (position, step) in steps.iter().enumerate() {
                let (expected, found) = (answer(&memory, step).await, answer(&dynamo, step).await);
                assert_eq!(expected, found, "step {position}, in memory left, on DynamoDB right: {step:?}");
            }
            for pk in super::arbitrary::PARTITIONS {
                assert_eq!(all(&memory, pk).await, all(&dynamo, pk).await, "the rows of {pk} in the end");
            }
        });
    }
}

/// An answer as a text that can be compared; errors by kind and status, because their words may differ.
async fn answer(table: &dyn Table, step: &Step) -> String {
    match step {
        Step::Get(key) => format!("{:?}", table.get(key).await.unwrap()),
        Step::Write(write) => match table.write(write.clone()).await {
            Ok(row) => format!("{row:?}"),
            Err(refused) => told(&refused),
        },
        Step::Transact(writes) => match table.transact(writes.clone()).await {
            Ok(()) => "done".to_owned(),
            Err(refused) => told(&refused),
        },
        Step::Query { pk, prefix, limit, newest_first } => {
            let mut pages: Vec<Page> = vec![];
            let mut from = None;
            loop {
                let page = table.query(pk, prefix, from.as_ref(), *limit, *newest_first).await.unwrap();
                from.clone_from(&page.next);
                pages.push(page);
                if from.is_none() {
                    return format!("{pages:?}");
                }
            }
        }
    }
}

fn told(refused: &Refused) -> String {
    match refused {
        Refused::Reasons(reasons) => format!("{reasons:?}"),
        Refused::Error(error) => format!("{:?} {:?}", error.kind, error.status),
    }
}

async fn all(table: &dyn Table, pk: &str) -> Vec<Row> {
    table.query(pk, "", None, 1_000, false).await.unwrap().rows
}
