//! SQS: a batch in, the failed messages out.

use crate::handler::{Batch, BatchOutcome, Record};
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use ports::{Error, ErrorKind, Result};

/// The batch of an event.
pub(crate) fn batch(event: SqsEvent, deadline: Timestamp) -> Result<Batch> {
    let records = event.records.into_iter().map(|message| {
        // A failed message is named by its id: one without could not be asked for again.
        let id =
            message.message_id.ok_or_else(|| Error::new(ErrorKind::Protocol, "event.queue", "a message came without an id"))?;
        let receives = message.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok()).unwrap_or(1);
        Ok(Record { id, body: message.body.unwrap_or_default(), receives })
    });
    Ok(Batch { records: records.collect::<Result<_>>()?, deadline })
}

/// The answer that has failed messages, and only these, delivered again.
pub(crate) fn response(outcome: BatchOutcome) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    for id in outcome.failed {
        response.add_failure(id);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_batch_keeps_ids_bodies_and_how_often_they_came() {
        let event = json!({"Records": [
            {"messageId": "a", "body": "{\"n\":1}", "attributes": {"ApproximateReceiveCount": "3"}, "eventSource": "aws:sqs"},
            {"messageId": "b", "body": "x"},
        ]});
        let found = batch(serde_json::from_value(event).unwrap(), Timestamp::UNIX_EPOCH).unwrap();
        let record = |id: &str, body: &str, receives| Record { id: id.to_owned(), body: body.to_owned(), receives };
        assert_eq!(found.records, [record("a", "{\"n\":1}", 3), record("b", "x", 1)]);
    }

    #[test]
    fn a_message_without_an_id_fails_the_batch() {
        let event = json!({"Records": [{"body": "x"}]});
        assert!(batch(serde_json::from_value(event).unwrap(), Timestamp::UNIX_EPOCH).is_err());
    }

    #[test]
    fn failed_messages_are_named_as_lambda_wants_them() {
        let response = |failed: &[&str]| {
            let outcome = BatchOutcome { failed: failed.iter().map(|id| (*id).to_owned()).collect() };
            serde_json::to_value(response(outcome)).unwrap()
        };
        assert_eq!(response(&[]), json!({"batchItemFailures": []}));
        assert_eq!(response(&["b"]), json!({"batchItemFailures": [{"itemIdentifier": "b"}]}));
    }
}
