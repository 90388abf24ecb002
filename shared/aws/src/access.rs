//! Which permission each call of a port needs on AWS, and on what: for the proof that a function has those it needs and no others
//! (`docs/access.md`). A test holds it to what the adapters put on the wire.

use crate::Reads;
use domain::ConnectionId;
use ports::{Key, QueueName, Write};

/// What a permission is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    /// Rows of the table that lie in this partition.
    Rows(String),
    /// A queue.
    Queue(QueueName),
    /// A queue of the merchant's account, in which a channel leaves its notifications.
    NotificationQueue,
    /// The bus.
    Bus,
    /// The bucket of issued documents.
    Documents,
    /// The identity that mails to buyers are sent from.
    MailIdentity,
    /// Parameters under this path, the stack's prefix left out: `credentials/webshop/`.
    Parameters(String),
}

/// A permission that a call needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// The action as IAM names it, such as `dynamodb:GetItem`.
    pub action: &'static str,
    /// On what.
    pub on: On,
}

fn on_rows(action: &'static str, partition: &str) -> Permission {
    Permission { action, on: On::Rows(partition.to_owned()) }
}

/// To read one row.
pub fn get(key: &Key) -> Permission {
    on_rows("dynamodb:GetItem", &key.pk)
}

/// To read rows of a partition.
pub fn query(partition: &str) -> Permission {
    on_rows("dynamodb:Query", partition)
}

/// To write a row, by itself or in a transaction: there is no permission for a transaction itself.
pub fn write(write: &Write) -> Permission {
    let action = match write {
        Write::Put { .. } => "dynamodb:PutItem",
        Write::Update { .. } => "dynamodb:UpdateItem",
        Write::Delete { .. } => "dynamodb:DeleteItem",
        Write::Check { .. } => "dynamodb:ConditionCheckItem",
    };
    on_rows(action, &write.key().pk)
}

/// To put messages on a queue: there is no permission for a batch itself.
pub fn send(queue: QueueName) -> Permission {
    Permission { action: "sqs:SendMessage", on: On::Queue(queue) }
}

/// To take notifications out of a queue of the merchant's account.
pub fn take_notifications() -> Permission {
    Permission { action: "sqs:ReceiveMessage", on: On::NotificationQueue }
}

/// To delete them there: there is no permission for a batch itself.
pub fn delete_notifications() -> Permission {
    Permission { action: "sqs:DeleteMessage", on: On::NotificationQueue }
}

/// To publish events.
pub fn publish() -> Permission {
    Permission { action: "events:PutEvents", on: On::Bus }
}

/// To keep a document: that it is kept only where nothing is needs no further permission.
pub fn put_document() -> Permission {
    Permission { action: "s3:PutObject", on: On::Documents }
}

/// To read a document that is kept.
pub fn get_document() -> Permission {
    Permission { action: "s3:GetObject", on: On::Documents }
}

/// To send a mail to a buyer: a whole message has a permission of its own, by whichever version of the API it is sent.
pub fn send_mail() -> Permission {
    Permission { action: "ses:SendRawEmail", on: On::MailIdentity }
}

/// To read a connection's credentials: one in each folder that is read.
pub fn credentials(connection: &ConnectionId, reads: Reads) -> Vec<Permission> {
    let under = |folder| Permission { action: "ssm:GetParametersByPath", on: On::Parameters(format!("{folder}/{connection}/")) };
    reads.folders().iter().map(under).collect()
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
