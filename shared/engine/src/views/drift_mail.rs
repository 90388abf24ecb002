//! The report of differences as a mail: plain text, short enough to be read, with what a person must do first.

use super::{DifferenceView, DriftReport, MOST_PER_PAGE, PageRequest, drift};
use crate::Ports;
use crate::rows::{DriftCounts, DriftSubject, EndedRun};
use ports::Result;
use std::fmt::Write as _;

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct DriftMail {
    /// Its subject.
    pub subject: String,
    /// Its text, lines ended by a line feed.
    pub text: String,
    /// Whether a person has anything to do.
    pub needs_person: bool,
}

/// The report of today.
pub async fn drift_mail(world: &Ports) -> Result<DriftMail> {
    let report = drift(world, true, &PageRequest::first(MOST_PER_PAGE)).await?;
    Ok(mail(&report))
}

fn mail(report: &DriftReport) -> DriftMail {
    let people = report.differences.len();
    let some_more = if report.next.is_some() { "more than " } else { "" };
    let compared = report.connections.iter().all(|one| one.last_run.is_some()) && report.books.last_run.is_some();
    // That there is nothing is only said where all of it was read.
    let whole = report.next.is_none() && report.unreadable.is_empty() && compared;
    let subject = match people {
        0 if whole => "Sluis: no difference needs you".to_owned(),
        0 => "Sluis: no difference is known to need you, and not all is compared".to_owned(),
        1 => "Sluis: 1 difference needs you".to_owned(),
        many => format!("Sluis: {some_more}{many} differences need you"),
    };
    let mut text = String::new();
    if people > 0 {
        let _ = writeln!(text, "Needs you:\n");
        for one in &report.differences {
            let _ = writeln!(text, "* {}: {}", named(one), one.message);
        }
        if report.next.is_some() {
            let _ = writeln!(text, "* and more: see the report under /api/v1/drift");
        }
        let _ = writeln!(text);
    }
    for one in &report.unreadable {
        let _ = writeln!(text, "Cannot be read: {}: {}", one.key, one.error);
    }
    for one in &report.connections {
        let title = one.channel_title.as_deref().unwrap_or("channel that this build does not know");
        let _ = writeln!(text, "{} ({title}): {}", one.connection, run(one.last_run.as_ref(), "listings"));
    }
    let _ = writeln!(text, "Our own books: {}", run(report.books.last_run.as_ref(), "products"));
    DriftMail { subject, text, needs_person: people > 0 || !report.unreadable.is_empty() }
}

fn named(one: &DifferenceView) -> String {
    let class = one.cause.name();
    let sku = one.sku.as_ref().map_or_else(String::new, |sku| format!(" of {sku}"));
    match &one.subject {
        DriftSubject::Listing { connection, offer } => format!("{connection}, listing {offer}{sku} ({class})"),
        DriftSubject::Order { connection, number } => format!("{connection}, order {number} ({class})"),
        DriftSubject::Books { sku } => format!("{sku} ({class})"),
    }
}

fn run(last: Option<&EndedRun>, things: &str) -> String {
    let Some(EndedRun { ended_at: ended, counts, .. }) = last else { return "not compared yet".to_owned() };
    let DriftCounts {
        compared: listed,
        matching: right,
        skipped: not_looked_at,
        orders,
        differences: found,
        repaired,
        explained,
        parked,
        resolved: gone,
        too_many,
    } = counts;
    let mut said = format!("{listed} {things}, {right} right");
    let some = |said: &mut String, count: u64, word: &str| {
        if count > 0 {
            let _ = write!(said, ", {count} {word}");
        }
    };
    some(&mut said, *not_looked_at, "not looked at");
    some(&mut said, *orders, "orders compared");
    for (class, count) in found {
        some(&mut said, *count, class.name());
    }
    some(&mut said, *repaired, "being repaired");
    some(&mut said, *explained, "explained");
    some(&mut said, *parked, "new for you");
    some(&mut said, *gone, "gone");
    some(&mut said, *too_many, "left, because there are too many");
    let _ = write!(said, " ({ended:.0})");
    said
}
