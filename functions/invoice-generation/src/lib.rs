//! Issues the invoices and credit notes that are due, keeps their bytes, and brings them to where they are wanted; once a day, looks all numbers through.
//!
//! What is due lies in the table, left there by the transactions of orders: there is no queue, and one run at a time takes numbers for many
//! documents in one transaction.

use async_trait::async_trait;
use engine::{
    Cache, DeliveryReport, InvoicesChecked, IssueReport, NoticesReport, Ports, check_accounting, check_invoices,
    deliver_documents, issue_invoices, read_invoice_notices, store_documents,
};
use jiff::Timestamp;
use lambda_kit::{ScheduleHandler, in_time};
use ports::{Documents, Error, ErrorKind, Mailer, Result};
use std::sync::Arc;

/// What a schedule says is due, as `infra/template.yaml` writes it.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Due {
    task: Task,
}

/// The tasks there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Task {
    /// Issue what is due, keep the bytes, and bring them to where they are wanted.
    Issue,
    /// Ask channels which invoices customers want, and which were found wrong.
    Requests,
    /// Look all numbers through, and for orders that were sent and have no document.
    Check,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "task")]
pub enum Summary {
    /// Issued.
    Issue {
        /// What became of what was due.
        #[serde(flatten)]
        report: IssueReport,
        /// Documents whose bytes were kept.
        stored: usize,
        /// What became of those that are on their way.
        deliveries: DeliveryReport,
    },
    /// Channels were asked.
    Requests {
        /// What they said.
        #[serde(flatten)]
        report: NoticesReport,
    },
    /// Looked through.
    Check {
        /// What was found.
        #[serde(flatten)]
        checked: InvoicesChecked,
    },
}

/// The handler.
pub struct InvoiceGeneration {
    world: Ports,
    archive: Arc<dyn Documents>,
    mailer: Arc<dyn Mailer>,
    lookup: Cache,
}

impl InvoiceGeneration {
    /// Works through these ports, keeps bytes there, and has mails carried by this.
    pub fn new(world: Ports, archive: Arc<dyn Documents>, mailer: Arc<dyn Mailer>) -> Self {
        Self { world, archive, mailer, lookup: Cache::default() }
    }

    /// Whether the settings still fit the merchant's books: after all else, which it must not hold up.
    async fn checked_accounting(&self) -> Result<()> {
        if let Some(checked) = check_accounting(&self.world, &self.lookup).await? {
            let problems = checked.problems.len();
            let error = checked.error.unwrap_or_default();
            if problems > 0 || !error.is_empty() {
                tracing::warn!(problems, error, "the accounting system was looked at");
            }
        }
        Ok(())
    }

    /// What earlier runs left is kept and sent even where nothing can be issued.
    async fn issue(&self, until: Timestamp) -> Result<Summary> {
        let issued = issue_invoices(&self.world, &self.lookup, until).await;
        let stored = store_documents(&self.world, &self.lookup, &*self.archive, until).await;
        let sent = deliver_documents(&self.world, &self.lookup, &*self.archive, &*self.mailer, until).await;
        let checked = self.checked_accounting().await;
        let (report, stored, deliveries) = (issued?, stored?, sent?);
        checked?;
        let IssueReport { issued, refused, put_off, .. } = report;
        if issued + refused + put_off + stored + deliveries.delivered + deliveries.refused > 0 {
            let DeliveryReport { delivered, refused: undelivered, .. } = deliveries;
            tracing::info!(issued, refused, put_off, stored, delivered, undelivered, "invoices");
        }
        Ok(Summary::Issue { report, stored, deliveries })
    }

    async fn requests(&self) -> Result<Summary> {
        let report = read_invoice_notices(&self.world, &self.lookup).await?;
        if report != NoticesReport::default() {
            tracing::info!(requested = report.requested, refused = report.refused, "channels about invoices");
        }
        Ok(Summary::Requests { report })
    }

    async fn check(&self) -> Result<Summary> {
        let checked = check_invoices(&self.world, &self.lookup).await?;
        if checked.flaws > 0 || checked.forgotten > 0 || checked.late > 0 {
            let InvoicesChecked { flaws, forgotten, late, .. } = checked;
            tracing::warn!(flaws, forgotten, late, "invoices need somebody");
        }
        Ok(Summary::Check { checked })
    }
}

#[async_trait]
impl ScheduleHandler for InvoiceGeneration {
    async fn handle(&self, payload: &str, deadline: Timestamp) -> Result<String> {
        let due: Due = serde_json::from_str(payload).map_err(|e| {
            let message =
                format!("the schedule's payload is not understood: {e}; expected {{\"task\":\"issue\"|\"requests\"|\"check\"}}");
            Error::new(ErrorKind::BadInput, "schedule", message)
        })?;
        let now = self.world.clock.now();
        // Three fifths of the time; what is under way then may take as long as is left.
        let until = now.saturating_add(deadline.duration_since(now) / 5 * 3).unwrap_or(now);
        let work = async {
            match due.task {
                Task::Issue => self.issue(until).await,
                Task::Requests => self.requests().await,
                Task::Check => self.check().await,
            }
        };
        let ended = in_time(&*self.world.clock, deadline, Box::pin(work)).await;
        let late = || Error::new(ErrorKind::Timeout, "invoices", "it took too long; it goes on at the next run");
        let summary = ended.ok_or_else(late)??;
        serde_json::to_string(&summary).map_err(|error| Error::new(ErrorKind::Bug, "invoices", error.to_string()))
    }
}

#[cfg(test)]
#[path = "invoice_generation_tests.rs"]
mod tests;
