//! Many callers of the API at once.

use super::*;
use crate::table;
use crate::topology::Topology;
use aws::SystemClock;
use engine::{Opening as OpeningStock, Ports, put_product};
use ports::{Bus, Condition, Key, OutgoingEvent, OutgoingMessage, Queue, QueueName, Row, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers when it has let others run, and counts how many it is busy with.
#[derive(Default)]
struct Slow {
    now: AtomicUsize,
    most: AtomicUsize,
}

#[async_trait]
impl HttpHandler for Slow {
    async fn handle(&self, _: HttpCall) -> HttpAnswer {
        self.most.fetch_max(self.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        self.now.fetch_sub(1, Ordering::SeqCst);
        HttpAnswer::empty(200)
    }
}

fn head(path: &str) -> Parts {
    http::Request::builder().uri(path).header("host", "localhost").body(()).unwrap().into_parts().0
}

fn web(folder: &std::path::Path, slow: &Arc<Slow>) -> Web {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let topology = Topology::of_this_build().unwrap();
    Web {
        routes: topology.routes.clone(),
        handlers: [("api", slow.clone() as Arc<dyn HttpHandler>)].into(),
        otherwise: "api",
        queues: Arc::new(Queues::open(&folder.join("queues.db"), &topology, Arc::clone(&clock)).unwrap()),
        bus: Arc::new(LocalBus::new(topology.rules.clone(), Arc::clone(&clock))),
        chaos: None,
        clock,
        key: ports::Secret::new("key"),
        exposed: false,
    }
}

#[tokio::test]
async fn a_crowd_of_readers_is_answered_in_turns() {
    let folder = tempfile::tempdir().unwrap();
    let (slow, opening) = (Arc::new(Slow::default()), Arc::new(Opening::default()));
    let pages = Pages::new(Arc::clone(&opening), Guard::default());
    opening.open(web(folder.path(), &slow));
    let answers = futures::future::join_all((0..50).map(|_| pages.answer(head("/api/v1/products"), Bytes::new()))).await;
    assert!(answers.iter().all(|answer| answer.status() == StatusCode::OK), "all of them");
    assert_eq!(slow.most.load(Ordering::SeqCst), AT_ONCE, "and so many at a time");
}

/// Messages and events go nowhere.
struct Nowhere;

#[async_trait]
impl Queue for Nowhere {
    async fn send(&self, _: QueueName, _: Vec<OutgoingMessage>) -> ports::Result<()> {
        Ok(())
    }
}

#[async_trait]
impl Bus for Nowhere {
    async fn publish(&self, _: Vec<OutgoingEvent>) -> ports::Result<()> {
        Ok(())
    }
}

const PRODUCTS: usize = 200;

/// A merchant's books on a file.
async fn books(folder: &std::path::Path) -> Ports {
    let world = Ports {
        table: Arc::new(table::open(&folder.join("table.db")).await.unwrap()),
        queue: Arc::new(Nowhere),
        bus: Arc::new(Nowhere),
        http: Arc::new(aws::Client::new(aws::Reach::AndLoopback).unwrap()),
        secrets: Arc::new(crate::demo::merchant().unwrap().secrets()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(aws::RandomIds::new()),
        connectors: Arc::new(connectors::Registry),
    };
    let opening = [OpeningStock { location: domain::LocationId::new("main").unwrap(), quantity: domain::Quantity::ZERO }];
    for n in 0..PRODUCTS {
        let sku = domain::Sku::new(format!("P-{n:03}")).unwrap();
        let item = domain::Product { sku, ean: None, title: format!("Product {n}"), variant: String::new() };
        put_product(&world, &item, &opening).await.unwrap();
    }
    world
}

#[tokio::test]
async fn fifty_long_lists_of_a_real_table_are_answered_and_what_sells_does_not_wait_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let world = books(folder.path()).await;
    let opening = Arc::new(Opening::default());
    let pages = Pages::new(Arc::clone(&opening), Guard::default());
    let api: Arc<dyn HttpHandler> = Arc::new(api::Api::new(world.clone()));
    opening.open(Web { handlers: [("api", api)].into(), ..web(folder.path(), &Arc::new(Slow::default())) });
    let ended = Mutex::new(Vec::new());
    let crowd = async {
        let answers =
            futures::future::join_all((0..50).map(|_| pages.answer(head("/api/v1/products?limit=200"), Bytes::new()))).await;
        ended.lock().unwrap().push("lists");
        answers
    };
    let sale = async {
        for n in 0..20 {
            let key = Key::new("ORDER#shop#1", format!("{n}"));
            assert!(world.table.get(&key).await.unwrap().is_none());
            world.table.write(Write::Put { row: Row::new(key.clone()), when: Condition::Absent }).await.unwrap();
            assert!(world.table.get(&key).await.unwrap().is_some(), "what was written is read");
        }
        ended.lock().unwrap().push("sale");
    };
    let (answers, ()) = futures::join!(crowd, sale);
    for answer in answers {
        assert_eq!(answer.status(), StatusCode::OK);
        let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
        let page: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(page["products"].as_array().unwrap().len(), PRODUCTS);
    }
    assert_eq!(*ended.lock().unwrap(), ["sale", "lists"]);
}

#[tokio::test]
async fn until_it_has_started_it_says_how_far_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (slow, opening) = (Arc::new(Slow::default()), Arc::new(Opening::default()));
    let pages = Pages::new(Arc::clone(&opening), Guard::default());
    let hooks = Hooks::new(Arc::clone(&opening));
    opening.progress.begin(5000);
    opening.progress.step();
    let delivery = || {
        let mut head = head("/hooks/a/b");
        head.method = http::Method::POST;
        head
    };
    for refused in [pages.admit(&head("/api/v1/health")), hooks.admit(&delivery())] {
        let answer = refused.unwrap_err();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers().contains_key(http::header::RETRY_AFTER));
    }
    assert!(opening.progress.told().contains("1 of 5000"), "{}", opening.progress.told());
    opening.open(web(folder.path(), &slow));
    assert!(pages.admit(&head("/api/v1/health")).is_ok() && hooks.admit(&delivery()).is_ok());
}
