//! Handlers that panic.

use super::*;
use crate::handler::Asker;
use crate::handler::Record;
use async_trait::async_trait;
use std::sync::Mutex;

/// Panics on a body `panic`, fails a body `fail`, and notes what it was handed.
#[derive(Default)]
struct Brittle {
    handed: Mutex<Vec<Vec<String>>>,
}

#[async_trait]
impl BatchHandler for Brittle {
    async fn handle(&self, batch: Batch) -> BatchOutcome {
        self.handed.lock().unwrap().push(batch.records.iter().map(|record| record.id.clone()).collect());
        assert!(!batch.records.iter().any(|record| record.body == "panic"), "as asked");
        let failed = batch.records.iter().filter(|record| record.body == "fail").map(|record| record.id.clone()).collect();
        BatchOutcome { failed }
    }
}

fn batch(bodies: &[&str]) -> Batch {
    let records = bodies.iter().enumerate().map(|(n, body)| Record { id: n.to_string(), body: (*body).to_owned(), receives: 1 });
    Batch { records: records.collect(), deadline: Timestamp::UNIX_EPOCH }
}

#[tokio::test]
async fn a_batch_without_a_panic_is_handled_once() {
    let handler = Brittle::default();
    assert_eq!(handle_guarded(&handler, batch(&["fine", "fail"])).await.failed, ["1"]);
    assert_eq!(*handler.handed.lock().unwrap(), [["0", "1"]]);
}

#[tokio::test]
async fn one_records_panic_fails_one_record() {
    let handler = Brittle::default();
    let outcome = handle_guarded(&handler, batch(&["fine", "panic", "fail", "fine"])).await;
    assert_eq!(outcome.failed, ["1", "2"]);
    assert_eq!(handler.handed.lock().unwrap().len(), 5);
}

#[tokio::test]
async fn a_panic_of_a_record_alone_is_not_tried_again_at_once() {
    let handler = Brittle::default();
    assert_eq!(handle_guarded(&handler, batch(&["panic"])).await.failed, ["0"]);
    assert_eq!(handler.handed.lock().unwrap().len(), 1);
}

struct Panics;

#[async_trait]
impl HttpHandler for Panics {
    async fn handle(&self, call: HttpCall) -> HttpAnswer {
        panic!("{}", call.path)
    }
}

#[async_trait]
impl ScheduleHandler for Panics {
    async fn handle(&self, payload: &str, _: Timestamp) -> ports::Result<String> {
        panic!("{payload}")
    }
}

#[tokio::test]
async fn a_panic_is_not_told_to_strangers() {
    let call = HttpCall {
        method: http::Method::GET,
        path: "/secret".to_owned(),
        query: Vec::new(),
        headers: vec![],
        body: bytes::Bytes::new(),
        asker: Asker::Anybody,
        from: None,
        received_at: Timestamp::UNIX_EPOCH,
    };
    let answer = answer_guarded(&Panics, call).await;
    assert_eq!(answer.status, 500);
    assert!(!String::from_utf8_lossy(&answer.body).contains("secret"));
    let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((&problem["code"], &problem["status"]), (&serde_json::json!("broken"), &serde_json::json!(500)));
}

#[tokio::test]
async fn a_panic_of_a_scheduled_run_is_an_error() {
    let error = run_guarded(&Panics, "secret", Timestamp::UNIX_EPOCH).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Bug);
    assert!(!error.to_string().contains("secret"));
}
