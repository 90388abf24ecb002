//! Many callers of the API at once.

use super::*;
use crate::topology::Topology;
use aws::SystemClock;
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
        handlers: [("dashboard", slow.clone() as Arc<dyn HttpHandler>)].into(),
        otherwise: "dashboard",
        queues: Arc::new(Queues::open(&folder.join("queues.db"), &topology, Arc::clone(&clock)).unwrap()),
        bus: Arc::new(LocalBus::new(topology.rules.clone(), Arc::clone(&clock))),
        chaos: None,
        clock,
    }
}

#[tokio::test]
async fn a_crowd_of_readers_is_answered_in_turns() {
    let folder = tempfile::tempdir().unwrap();
    let (slow, opening) = (Arc::new(Slow::default()), Arc::new(Opening::default()));
    let pages = Pages::new(Arc::clone(&opening), Guard::default());
    opening.open(web(folder.path(), &slow));
    let answers = futures::future::join_all((0..50).map(|_| pages.answer(head("/api/v1/stock"), Bytes::new()))).await;
    assert!(answers.iter().all(|answer| answer.status() == StatusCode::OK), "all of them");
    assert_eq!(slow.most.load(Ordering::SeqCst), AT_ONCE, "and so many at a time");
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
