//! Queues of the merchant's own account on SQS, in which channels leave their notifications.
//!
//! Whose they are, the role says: `NotificationQueueArns` of the template. Their address comes with the connection's settings.

use crate::failure::{Again, failure};
use async_trait::async_trait;
use aws_config::{Region, SdkConfig};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Builder;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message};
use bytes::Bytes;
use ports::{Error, ErrorKind, NotificationQueue, QueuedNotification, Result};
use url::Url;

/// SQS' limit of messages per call.
const MOST_MESSAGES: usize = 10;
/// What was taken and not deleted comes again after this: longer than any function works on it, whatever the merchant's queue says.
const HIDDEN_S: i32 = 120;

/// Any such queue, by its address.
#[derive(Debug, Clone)]
pub struct SqsNotifications {
    cloud: SdkConfig,
    here: Client,
}

impl SqsNotifications {
    /// With the account and the region of the surroundings; a queue of another region is asked there.
    pub fn new(cloud: &SdkConfig) -> Self {
        Self { cloud: cloud.clone(), here: Client::new(cloud) }
    }

    fn client(&self, address: &str) -> Result<Client> {
        match region(address)? {
            Some(region) if self.cloud.region().is_none_or(|here| here.as_ref() != region) => {
                Ok(Client::from_conf(Builder::from(&self.cloud).region(Region::new(region)).build()))
            }
            _ => Ok(self.here.clone()),
        }
    }
}

#[async_trait]
impl NotificationQueue for SqsNotifications {
    async fn take(&self, address: &str, most: usize) -> Result<Vec<QueuedNotification>> {
        let most = i32::try_from(most.clamp(1, MOST_MESSAGES)).unwrap_or(1);
        let call = self.client(address)?.receive_message().queue_url(address).max_number_of_messages(most);
        let answer = call.wait_time_seconds(0).visibility_timeout(HIDDEN_S).send().await;
        let answer = answer.map_err(|error| about_the_queue(failure("notifications.take", Again::Harmless, &error)))?;
        answer.messages.unwrap_or_default().into_iter().map(taken).collect()
    }

    async fn delete(&self, address: &str, receipts: Vec<String>) -> Result<()> {
        let client = self.client(address)?;
        for some in receipts.chunks(MOST_MESSAGES) {
            let entries = some.iter().enumerate().map(|(position, receipt)| entry(position, receipt)).collect::<Result<_>>()?;
            let call = client.delete_message_batch().queue_url(address).set_entries(Some(entries));
            let answer = call.send().await;
            let answer = answer.map_err(|error| about_the_queue(failure("notifications.delete", Again::Harmless, &error)))?;
            if let Some(first) = answer.failed().first() {
                let message = format!("the queue did not delete {} of the notifications; they come again", answer.failed().len());
                let detail = format!("{}: {}", first.code(), first.message().unwrap_or_default());
                return Err(Error::new(ErrorKind::Unavailable, "notifications.delete", message).with_detail(detail));
            }
        }
        Ok(())
    }
}

fn taken(message: Message) -> Result<QueuedNotification> {
    let receipt = message.receipt_handle.ok_or_else(|| {
        Error::new(ErrorKind::Protocol, "notifications.take", "the queue gave a message by which nothing can be deleted")
    })?;
    Ok(QueuedNotification { receipt, body: Bytes::from(message.body.unwrap_or_default()) })
}

fn entry(position: usize, receipt: &str) -> Result<DeleteMessageBatchRequestEntry> {
    let entry = DeleteMessageBatchRequestEntry::builder().id(position.to_string()).receipt_handle(receipt).build();
    entry.map_err(|error| Error::new(ErrorKind::Bug, "notifications.delete", "a receipt could not be sent").caused_by(error))
}

/// What the merchant can do about it: the queue is theirs.
fn about_the_queue(error: Error) -> Error {
    let message = match error.kind {
        ErrorKind::Forbidden => {
            "AWS does not let Sluis read the queue that the channel leaves its notifications in; name its ARN in the parameter \
             NotificationQueueArns and deploy again (in another account, its own policy must allow it too)"
        }
        ErrorKind::Configuration => {
            "the queue that the channel leaves its notifications in does not exist; check the address in the connection's settings"
        }
        _ => return error,
    };
    Error { message: message.to_owned(), ..error }
}

/// The region that an address names, `https://sqs.eu-west-1.amazonaws.com/123456789012/orders`; `None`: it names none, as an emulator's.
fn region(address: &str) -> Result<Option<String>> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    let host = url.as_ref().and_then(Url::host_str).ok_or_else(|| {
        let message = "the queue that the channel leaves its notifications in: expected its address, such as \
                       https://sqs.eu-west-1.amazonaws.com/123456789012/orders; correct the connection's settings";
        Error::new(ErrorKind::Configuration, "notifications", message)
    })?;
    let mut parts = host.split('.');
    let named = (parts.next(), parts.next(), parts.next());
    Ok(match named {
        (Some("sqs"), Some(region), Some("amazonaws")) => Some(region.to_owned()),
        _ => None,
    })
}

#[cfg(test)]
#[path = "notifications_tests.rs"]
mod tests;
