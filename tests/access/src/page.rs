//! What was seen as a table for people, the same text in the repository and on the screen.

use crate::FUNCTIONS;
use crate::seen::Seen;
use aws::access::{On, Permission};
use ports::QueueName;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const HEAD: &str = "# Access\n\n\
Which permissions each function needs on AWS, and on what: made by `cargo access`, and a test holds this page to what is seen. Seen at\n\
the ports while the functions live through worlds and stories with everything that goes wrong in them; `shared/aws/src/access.rs` says\n\
which permission a call takes, and is held to what the adapters put on the wire. `infra/lint/tests/test_least_privilege.py` compares\n\
this page with the roles that SAM makes of the template: what is granted and not needed fails, and so does what is needed and not\n\
granted. What consumes a queue and writes the log is granted by SAM besides. What a function asks for and does well without is not here:\n\
the credentials with which the API could show what a channel shows now, and the tokens of which it could tell how long they last.\n";

/// The whole page.
pub fn markdown(seen: &Seen) -> String {
    let all = seen.all();
    let mut text = String::from(HEAD);
    for function in FUNCTIONS {
        let _ = writeln!(text, "\n## {function}\n\n| action | on | partitions |\n|---|---|---|");
        let mut rows: BTreeMap<(&str, String), BTreeSet<String>> = BTreeMap::new();
        for Permission { action, on } in all.get(function).into_iter().flatten() {
            let (resource, partition) = named(on);
            rows.entry((action, resource)).or_default().extend(partition);
        }
        for ((action, resource), partitions) in rows {
            let partitions: Vec<String> = partitions.into_iter().map(|one| format!("`{one}`")).collect();
            let _ = writeln!(text, "| {action} | {resource} | {} |", partitions.join(", "));
        }
    }
    text
}

/// The resource as the template calls it, and of rows the beginning of their partition.
fn named(on: &On) -> (String, Option<String>) {
    match on {
        On::Rows(partition) => {
            let beginning = partition.split_once('#').map_or_else(|| partition.clone(), |(kind, _)| format!("{kind}#*"));
            ("Table".to_owned(), Some(beginning))
        }
        On::Queue(QueueName::Inbound) => ("InboundQueue".to_owned(), None),
        On::Queue(QueueName::StockHints) => ("StockHintsQueue".to_owned(), None),
        On::Queue(QueueName::OrderUpdates) => ("OrderUpdatesQueue".to_owned(), None),
        On::NotificationQueue => ("NotificationQueueArns".to_owned(), None),
        On::Bus => ("Bus".to_owned(), None),
        On::Documents => ("DocumentsBucket".to_owned(), None),
        On::MailIdentity => ("MailIdentityArn".to_owned(), None),
        On::Parameters(path) => (format!("{}/*", path.split('/').next().unwrap_or_default()), None),
    }
}
