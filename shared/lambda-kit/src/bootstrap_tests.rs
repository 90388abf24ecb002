//! From Lambda's event to Lambda's answer.

use super::*;
use crate::handler::{Batch, BatchOutcome, HttpCall};
use async_trait::async_trait;
use serde_json::json;

/// Fails what came for the second time; answers and reports what it was given.
struct Echo;

#[async_trait]
impl BatchHandler for Echo {
    async fn handle(&self, batch: Batch) -> BatchOutcome {
        assert_eq!(batch.deadline, "2026-01-01T00:00:00Z".parse().unwrap());
        BatchOutcome { failed: batch.records.into_iter().filter(|record| record.receives > 1).map(|record| record.id).collect() }
    }
}

#[async_trait]
impl HttpHandler for Echo {
    async fn handle(&self, call: HttpCall) -> HttpAnswer {
        HttpAnswer::of_type(200, "application/octet-stream", call.body)
    }
}

#[async_trait]
impl ScheduleHandler for Echo {
    async fn handle(&self, payload: &str, deadline: Timestamp) -> Result<String> {
        Ok(format!("{payload} until {deadline}"))
    }
}

fn event<T: serde::de::DeserializeOwned>(payload: Value) -> LambdaEvent<T> {
    let mut context = Context::default();
    context.deadline = 1_767_225_600_000;
    LambdaEvent::new(serde_json::from_value(payload).unwrap(), context)
}

#[tokio::test]
async fn a_queue_gets_back_the_failed_messages_only() {
    let records = json!({"Records": [
        {"messageId": "a", "body": "x", "attributes": {"ApproximateReceiveCount": "1"}},
        {"messageId": "b", "body": "x", "attributes": {"ApproximateReceiveCount": "2"}},
    ]});
    let response = one_batch(&Echo, event(records)).await.unwrap();
    assert_eq!(serde_json::to_value(response).unwrap(), json!({"batchItemFailures": [{"itemIdentifier": "b"}]}));
}

#[tokio::test]
async fn a_caller_gets_back_the_bytes_it_sent() {
    let request = |body: &str| {
        json!({"rawPath": "/x", "headers": {}, "isBase64Encoded": true, "body": body,
            "requestContext": {"http": {"method": "POST"}}})
    };
    let answer = serde_json::to_value(one_call(&Echo, event(request("/wCA"))).await.unwrap()).unwrap();
    assert_eq!((&answer["statusCode"], &answer["body"], &answer["isBase64Encoded"]), (&json!(200), &json!("/wCA"), &json!(true)));
    let refused = one_call(&Echo, event(request("not base64!"))).await.unwrap();
    assert_eq!(refused.status_code, 400);
}

#[tokio::test]
async fn a_schedule_gets_its_payload_as_it_was_written() {
    let told = one_run(&Echo, event(json!({"z": 1, "a": [true]}))).await.unwrap();
    assert_eq!(told, "{\"z\":1,\"a\":[true]} until 2026-01-01T00:00:00Z");
}
