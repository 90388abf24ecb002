//! Queues on SQS.

use crate::failure::{Again, failure};
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{BatchResultErrorEntry, SendMessageBatchRequestEntry};
use ports::{Error, ErrorKind, MOST_MESSAGE_BYTES, OutgoingMessage, Queue, QueueName, Result};
use std::collections::BTreeMap;

/// SQS' limit of messages per call.
const MOST_MESSAGES: usize = 10;
/// SQS' limit of bytes per call, bodies together, and therefore per message.
const MOST_BYTES: usize = MOST_MESSAGE_BYTES;
/// SQS' longest delay in seconds.
const LONGEST_DELAY_S: u64 = 900;

/// The address of each queue that the holder may write to.
pub type QueueUrls = BTreeMap<QueueName, String>;

/// The queues of the template.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    urls: QueueUrls,
}

impl SqsQueue {
    /// Queues at these addresses.
    pub fn new(cloud: &SdkConfig, urls: QueueUrls) -> Self {
        Self { client: Client::new(cloud), urls }
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, queue: QueueName, messages: Vec<OutgoingMessage>) -> Result<()> {
        let Some(url) = self.urls.get(&queue) else {
            return Err(Error::new(
                ErrorKind::Configuration,
                "queue.send",
                format!("the address of the queue {queue:?} is not set; add its variable to the function in infra/template.yaml"),
            ));
        };
        for calls in chunks(messages)? {
            let entries =
                calls.into_iter().enumerate().map(|(position, message)| entry(position, message)).collect::<Result<_>>()?;
            let call = self.client.send_message_batch().queue_url(url).set_entries(Some(entries));
            let answer = call.send().await.map_err(|error| failure("queue.send", Again::Harmless, &error))?;
            if let Some(first) = answer.failed().first() {
                return Err(declined(answer.failed().len(), first));
            }
        }
        Ok(())
    }
}

fn entry(position: usize, message: OutgoingMessage) -> Result<SendMessageBatchRequestEntry> {
    // Whole seconds, and rather later than asked than earlier.
    let seconds = message.delay.as_secs() + u64::from(message.delay.subsec_nanos() > 0);
    SendMessageBatchRequestEntry::builder()
        .id(position.to_string())
        .message_body(message.body)
        .delay_seconds(i32::try_from(seconds.min(LONGEST_DELAY_S)).unwrap_or(0))
        .build()
        .map_err(|error| Error::new(ErrorKind::Bug, "queue.send", "a message could not be built").caused_by(error))
}

/// Some of a batch were not taken. Those that were will come twice, which is harmless.
fn declined(how_many: usize, first: &BatchResultErrorEntry) -> Error {
    let kind = if first.sender_fault() { ErrorKind::Bug } else { ErrorKind::Unavailable };
    Error::new(kind, "queue.send", format!("the queue did not take {how_many} of the messages")).with_detail(format!(
        "{}: {}",
        first.code(),
        first.message().unwrap_or_default()
    ))
}

/// Calls within both limits, in order.
fn chunks(messages: Vec<OutgoingMessage>) -> Result<Vec<Vec<OutgoingMessage>>> {
    let mut calls: Vec<Vec<OutgoingMessage>> = vec![];
    let mut bytes = 0;
    for message in messages {
        let size = message.body.len();
        if size > MOST_BYTES {
            return Err(Error::new(ErrorKind::Bug, "queue.send", "a message is larger than 1 MiB, which no queue takes"));
        }
        match calls.last_mut() {
            Some(call) if call.len() < MOST_MESSAGES && bytes + size <= MOST_BYTES => {
                bytes += size;
                call.push(message);
            }
            _ => {
                bytes = size;
                calls.push(vec![message]);
            }
        }
    }
    Ok(calls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn message(bytes: usize) -> OutgoingMessage {
        OutgoingMessage { body: "x".repeat(bytes), delay: Duration::ZERO }
    }

    fn sizes(messages: Vec<OutgoingMessage>) -> Vec<usize> {
        chunks(messages).unwrap().iter().map(Vec::len).collect()
    }

    #[test]
    fn a_call_carries_ten_messages_at_most() {
        assert_eq!(sizes(vec![]), Vec::<usize>::new());
        assert_eq!(sizes(vec![message(1); 10]), [10]);
        assert_eq!(sizes(vec![message(1); 21]), [10, 10, 1]);
    }

    #[test]
    fn a_call_carries_one_mebibyte_at_most() {
        assert_eq!(sizes(vec![message(MOST_BYTES / 2); 5]), [2, 2, 1]);
        assert_eq!(sizes(vec![message(MOST_BYTES), message(1)]), [1, 1]);
        assert_eq!(chunks(vec![message(MOST_BYTES + 1)]).unwrap_err().kind, ErrorKind::Bug);
    }

    #[test]
    fn a_delay_is_rounded_up_and_bounded() {
        let delay = |delay| entry(0, OutgoingMessage { body: "x".into(), delay }).unwrap().delay_seconds();
        assert_eq!(delay(Duration::from_millis(1_001)), Some(2));
        assert_eq!(delay(Duration::ZERO), Some(0));
        assert_eq!(delay(Duration::from_secs(4_000)), Some(900));
    }
}
