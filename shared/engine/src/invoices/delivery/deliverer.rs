//! Takes one delivery a step further, without ever sending what may have arrived.

use super::step::{Noted, begin, note};
use super::{book, mail, upload};
use crate::invoices::find::find;
use crate::invoices::store::read_document;
use crate::rows::{InvoiceDeliveryRow, InvoiceDestination, Subject};
use crate::{Cache, ConnectorClient, DocumentForm, Ports};
use bytes::Bytes;
use domain::invoice::Document;
use domain::{ChannelSync, SyncStep, age};
use jiff::SignedDuration;
use ports::{AccountingEntry, Acknowledged, Disposition, Documents, Error, ErrorKind, InvoiceUpload, Mail, Mailer, Result};
use std::time::Duration;

/// No call takes longer, whatever became of whoever made it. An entry is several calls: longer than the function lives that makes them.
fn longest_call(destination: InvoiceDestination) -> SignedDuration {
    match destination {
        InvoiceDestination::Upload | InvoiceDestination::Mail => SignedDuration::from_secs(60),
        InvoiceDestination::Accounting => SignedDuration::from_mins(3),
    }
}

/// While somebody else may be calling.
pub(super) const STILL_AT_WORK: Duration = Duration::from_secs(61);
/// Before a channel is asked how far it is, and after a failure for a passing reason; ever more.
const FIRST_WAIT: Duration = Duration::from_secs(15);
const LONGEST_WAIT: Duration = Duration::from_mins(15);
/// What has not arrived for so long needs a person.
const MOST_PATIENCE: SignedDuration = SignedDuration::from_hours(12);

/// All that it takes.
pub(super) struct Deliverer<'a> {
    pub(super) world: &'a Ports,
    pub(super) lookup: &'a Cache,
    pub(super) archive: &'a dyn Documents,
    pub(super) mailer: &'a dyn Mailer,
}

/// What is sent, ready to go.
pub(super) enum Ready {
    Upload(InvoiceUpload),
    Mail(Box<Mail>),
    Entry(Box<AccountingEntry>),
    /// There is nobody to send it to, and that is nobody's fault.
    Nothing(&'static str),
    /// It is too early, for as long as it takes.
    NotYet(&'static str),
}

/// Whether something arrived.
enum Known {
    No,
    /// It did, and this is said of where it stands there.
    There(Option<String>),
    /// Nobody can tell.
    Untold,
}

impl Known {
    fn of(is_there: Option<bool>) -> Self {
        match is_there {
            Some(true) => Self::There(None),
            Some(false) => Self::No,
            None => Self::Untold,
        }
    }
}

/// How an attempt ended.
enum Ended {
    Noted(InvoiceDeliveryRow),
    Failed(InvoiceDeliveryRow, Error),
}

impl Deliverer<'_> {
    /// One look. Answers how it stands then, and whether whoever it goes to takes nothing just now; an error is the table's.
    pub(super) async fn look(&self, row: InvoiceDeliveryRow) -> Result<(ChannelSync, bool)> {
        let ended = match Box::pin(self.attempt(row.clone())).await {
            Ok(ended) => ended,
            Err(error) => Ended::Failed(row, error),
        };
        match ended {
            Ended::Noted(row) => Ok((row.state, false)),
            Ended::Failed(row, error) => self.failed(row, &error).await.map(|row| (row.state, takes_nothing(&error))),
        }
    }

    async fn attempt(&self, row: InvoiceDeliveryRow) -> Result<Ended> {
        let now = self.world.clock.now();
        match &row.state {
            ChannelSync::Pending => self.hand_over(row, SyncStep::Begin { at: now }).await,
            ChannelSync::Sending { at } if age(*at, now).is_some_and(|age| age < longest_call(row.destination)) => {
                let noted = Noted::later(STILL_AT_WORK, "it was begun just now, and may still be under way");
                note(self.world, row, &noted).await.map(Ended::Noted)
            }
            ChannelSync::Sending { .. } => match self.knows(&row).await? {
                Known::There(note) => self.arrived(row, note).await.map(Ended::Noted),
                Known::No => self.hand_over(row, SyncStep::BeginAnew { at: now }).await,
                Known::Untold => {
                    let reason = match row.destination {
                        InvoiceDestination::Accounting => "nobody can tell whether it is booked: look in the accounting system",
                        InvoiceDestination::Upload => {
                            "the channel was given the invoice, no answer came, and it cannot say whether it has it: look there, and upload it by \
                             hand if it is missing"
                        }
                        InvoiceDestination::Mail => {
                            "the mail was handed over, no answer came, and nobody can tell whether it is under way: send it again if the buyer asks \
                             for it"
                        }
                    };
                    self.refuse(row, reason, true).await.map(Ended::Noted)
                }
            },
            ChannelSync::Processing { status } => self.ask(row.clone(), status).await,
            ChannelSync::Synced { .. } | ChannelSync::Rejected { .. } | ChannelSync::NotNeeded => Ok(Ended::Noted(row)),
        }
    }

    /// Asks the channel how far it is.
    async fn ask(&self, row: InvoiceDeliveryRow, status: &str) -> Result<Ended> {
        let driver = ConnectorClient::open(self.world, self.lookup, &row.connection).await?;
        match driver.jobs()?.call(|jobs, call| jobs.status(call, status)).await {
            // That it took the file is not yet that it likes it.
            Ok(Acknowledged::Applied) => match self.knows(&row).await {
                Err(error) if is_final(&error) => Err(error),
                Ok(_) | Err(_) => self.arrived(row, None).await.map(Ended::Noted),
            },
            Ok(Acknowledged::Pending(status)) => self.taken(row, status).await.map(Ended::Noted),
            // Neither done nor refused: what became of it is asked.
            Err(error) if error.disposition() == Disposition::ReadBack || error.kind == ErrorKind::Conflict => {
                let unclear = SyncStep::Unclear { at: self.world.clock.now() };
                let noted = Noted { in_vain: true, note: Some(&error.message), ..Noted::step(&unclear, STILL_AT_WORK) };
                note(self.world, row, &noted).await.map(Ended::Noted)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether it arrived.
    async fn knows(&self, row: &InvoiceDeliveryRow) -> Result<Known> {
        match row.destination {
            InvoiceDestination::Mail => self.mailer.knows(&mail::name(row)).await.map(Known::of),
            InvoiceDestination::Upload => upload::knows(self.world, self.lookup, row).await.map(Known::of),
            InvoiceDestination::Accounting => {
                let found = book::find_booked(self, row).await?;
                Ok(found.map_or(Known::No, |entry| Known::There(Some(book::noted(&entry)))))
            }
        }
    }

    /// Sends it, if nobody else has begun to. Whatever can fail before the call, fails before it is noted that one goes out.
    async fn hand_over(&self, row: InvoiceDeliveryRow, step: SyncStep) -> Result<Ended> {
        let ready = self.ready(&row).await?;
        match &ready {
            Ready::Nothing(why) => {
                let noted = Noted { note: Some(why), ..Noted::step(&SyncStep::NotNeeded, Duration::ZERO) };
                return note(self.world, row, &noted).await.map(Ended::Noted);
            }
            Ready::NotYet(why) => {
                let noted = Noted { begins: true, in_vain: false, ..Noted::later(LONGEST_WAIT, why) };
                return note(self.world, row, &noted).await.map(Ended::Noted);
            }
            Ready::Upload(_) | Ready::Mail(_) | Ready::Entry(_) => {}
        }
        let (SyncStep::Begin { at } | SyncStep::BeginAnew { at }) = step else { return Ok(Ended::Noted(row)) };
        let Some(row) = begin(self.world, &row, &step).await? else {
            // Somebody else took it further meanwhile.
            return Ok(Ended::Noted(row));
        };
        let mut said = None;
        let sent = match &ready {
            Ready::Upload(invoice) => self.upload(&row, invoice).await,
            Ready::Mail(mail) => self.mailer.send(&mail::name(&row), mail).await.map(|()| Acknowledged::Applied),
            Ready::Entry(entry) => book::book(self, &mail::name(&row), entry).await.map(|booked| {
                said = Some(book::noted(&booked));
                Acknowledged::Applied
            }),
            Ready::Nothing(_) | Ready::NotYet(_) => return Ok(Ended::Noted(row)),
        };
        match sent {
            Ok(Acknowledged::Applied) => self.arrived(row, said).await.map(Ended::Noted),
            Ok(Acknowledged::Pending(status)) => self.taken(row, status).await.map(Ended::Noted),
            Err(error) if error.disposition() == Disposition::ReadBack || is_final(&error) => Ok(Ended::Failed(row, error)),
            Err(error) => {
                // Nothing was done, so nothing is unsure.
                let nothing = SyncStep::NothingDone { begun: at };
                let noted = Noted { in_vain: true, note: Some(&error.message), ..Noted::step(&nothing, STILL_AT_WORK) };
                let row = note(self.world, row, &noted).await?;
                Ok(Ended::Failed(row, error))
            }
        }
    }

    async fn upload(&self, row: &InvoiceDeliveryRow, invoice: &InvoiceUpload) -> Result<Acknowledged> {
        let driver = ConnectorClient::open(self.world, self.lookup, &row.connection).await?;
        let operation = mail::name(row);
        driver.invoices()?.call_as(&operation, |invoices, call| invoices.upload(call, invoice)).await
    }

    /// Makes what is sent.
    async fn ready(&self, row: &InvoiceDeliveryRow) -> Result<Ready> {
        let document = find(self.world, &row.series, row.sequence).await?;
        match row.destination {
            InvoiceDestination::Upload => {
                let driver = ConnectorClient::open(self.world, self.lookup, &row.connection).await?;
                let most = driver.invoices()?.descriptor().most_bytes;
                let pdf = self.bytes(&document, DocumentForm::Pdf).await?;
                if pdf.len() > most {
                    let message = format!("the channel takes files of {most} bytes at most, and this has {}", pdf.len());
                    return Err(Error::new(ErrorKind::BadInput, "invoice delivery", message));
                }
                upload::ready(self.world, &document, pdf).await
            }
            InvoiceDestination::Mail => mail::of(self, row, &document).await,
            InvoiceDestination::Accounting => book::ready(self, row, &document).await,
        }
    }

    /// The bytes as they were kept; what was lost on one machine is made again, and what is not what was kept goes to nobody.
    pub(super) async fn bytes(&self, document: &Document, form: DocumentForm) -> Result<Bytes> {
        read_document(self.world, self.archive, document, form).await
    }

    async fn arrived(&self, row: InvoiceDeliveryRow, said: Option<String>) -> Result<InvoiceDeliveryRow> {
        let applied = SyncStep::Applied { at: self.world.clock.now() };
        note(self.world, row, &Noted { note: said.as_deref(), ..Noted::step(&applied, Duration::ZERO) }).await
    }

    async fn taken(&self, row: InvoiceDeliveryRow, status: String) -> Result<InvoiceDeliveryRow> {
        let wait = after(row.in_vain);
        // It is worked on as before: nothing to note but when to ask again.
        let is_same = matches!(&row.state, ChannelSync::Processing { status: known } if *known == status);
        let taken = SyncStep::Taken { status };
        let noted = Noted { step: (!is_same).then_some(&taken), wait, in_vain: is_same, note: None, begins: false };
        note(self.world, row, &noted).await
    }

    async fn failed(&self, row: InvoiceDeliveryRow, error: &Error) -> Result<InvoiceDeliveryRow> {
        if is_final(error) {
            return self.refuse(row, &error.message, false).await;
        }
        let waited = self.world.clock.now().duration_since(row.since);
        // A book that is closed to all is opened by a person, and then takes them all.
        let is_patient = row.destination == InvoiceDestination::Accounting && takes_nothing(error);
        if waited > MOST_PATIENCE && !is_patient {
            let reason = format!("it did not arrive for twelve hours: {}", error.message);
            let unsure = !matches!(row.state, ChannelSync::Pending);
            return self.refuse(row, &reason, unsure).await;
        }
        let wait = match error.disposition() {
            Disposition::RetryAt(wait) => wait.max(Duration::from_secs(1)),
            Disposition::ReadBack => STILL_AT_WORK,
            Disposition::Retry | Disposition::Park | Disposition::DeadLetter => after(row.in_vain),
        };
        if row.destination != InvoiceDestination::Upload
            && matches!(error.kind, ErrorKind::Configuration | ErrorKind::Unauthorized | ErrorKind::Forbidden)
        {
            // A person must mend it, and once that is done all of them go by themselves.
            self.world.park(Some(&row.connection), subject(&row), &error.message, "").await?;
        }
        note(self.world, row, &Noted::later(wait, &error.message)).await
    }

    /// It is not taken, or (`unsure`) nobody can tell: a person must look.
    async fn refuse(&self, row: InvoiceDeliveryRow, reason: &str, unsure: bool) -> Result<InvoiceDeliveryRow> {
        self.world.park(Some(&row.connection), subject(&row), reason, "").await?;
        let rejected = SyncStep::Rejected { reason: reason.to_owned(), outcome_unknown: unsure };
        note(self.world, row, &Noted::step(&rejected, Duration::ZERO)).await
    }
}

/// As what it is put aside.
pub(super) fn subject(row: &InvoiceDeliveryRow) -> Subject {
    Subject::InvoiceDelivery { number: row.order.clone(), document: row.document.clone(), destination: row.destination }
}

/// Whether it will be no different next time. A page of somebody in between says nothing of what the channel wants.
pub(super) fn is_final(error: &Error) -> bool {
    matches!(error.disposition(), Disposition::Park | Disposition::DeadLetter) && error.kind != ErrorKind::Protocol
}

/// Whether it would be the same with the next: too many calls, a far side that is down, a setting that somebody must mend.
fn takes_nothing(error: &Error) -> bool {
    let is_about_all = matches!(
        error.kind,
        ErrorKind::RateLimited
            | ErrorKind::Unavailable
            | ErrorKind::Timeout
            | ErrorKind::Configuration
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
    );
    is_about_all && !is_final(error)
}

fn after(in_vain: u32) -> Duration {
    FIRST_WAIT.saturating_mul(1 << in_vain.min(10)).min(LONGEST_WAIT)
}
