//! Keeps the bytes of issued documents: each once, under a name that says its place in its series. Until they are kept, and whenever they are lost, they are made
//! again of the frozen document.

use super::delivery::wanted_rows;
use super::find::find;
use crate::rows::{InvoiceLook, InvoiceSettingsRow, KeptDocumentRow, Subject, ToStoreRow, TypedRow as _, lost, series_name};
use crate::{Cache, Ports};
use bytes::Bytes;
use documents::{Colour, DocumentError, Look, Ubl};
use domain::invoice::{Document, Series};
use jiff::Timestamp;
use ports::{Condition, Documents, Error, ErrorKind, Refused, Result, Write};
use std::collections::BTreeMap;

/// Rows of a page.
const PAGE: usize = 50;

/// A form that a document is kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentForm {
    /// For people, with EN 16931 inside (Factur-X).
    Pdf,
    /// For machines: UBL, in the form of Peppol. Of documents to businesses.
    Ubl,
}

impl DocumentForm {
    /// The kind of file: of a name, and as a media type.
    pub fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Pdf => ("pdf", "application/pdf"),
            Self::Ubl => ("xml", "application/xml"),
        }
    }
}

/// The name of a document's bytes: `invoices/kade-bv/invoice/2026/000000000418.pdf`.
pub fn archive_name(series: &Series, sequence: u64, form: DocumentForm) -> String {
    let (ending, _) = form.file();
    format!("invoices/{}/{sequence:012}.{ending}", series_name(series).replace('#', "/"))
}

/// Which forms a document has.
pub(crate) fn forms(document: &Document) -> &'static [DocumentForm] {
    if document.content.buyer.is_business { &[DocumentForm::Pdf, DocumentForm::Ubl] } else { &[DocumentForm::Pdf] }
}

fn look(set: &InvoiceLook) -> Look {
    let accent = set.accent.as_deref().and_then(|accent| Colour::new(accent).ok()).unwrap_or_default();
    Look { accent, texts: set.texts.clone(), shows: set.shows.clone(), ..Look::default() }
}

fn made(document: &Document, form: DocumentForm, look: &Look) -> std::result::Result<Bytes, DocumentError> {
    match form {
        DocumentForm::Pdf => documents::invoice(document, look).map(Bytes::from),
        DocumentForm::Ubl => {
            let as_peppol = documents::ubl(document, &Ubl::PeppolBis3, None, None);
            // A buyer that nobody finds on the network is sent the same without its rules.
            as_peppol.or_else(|_| documents::ubl(document, &Ubl::En16931, None, None)).map(Bytes::from)
        }
    }
}

/// Keeps the bytes of what was issued and is not kept yet, until `until`, and notes in the same moment who wants them. Answers how many documents.
pub async fn store_documents(world: &Ports, lookup: &Cache, archive: &dyn Documents, until: Timestamp) -> Result<usize> {
    let (mut stored, mut from) = (0, None);
    let mut set = None;
    while world.clock.now() < until {
        let page = world.table.query(ToStoreRow::PARTITION, "", from.as_ref(), PAGE, false).await?;
        if !page.rows.is_empty() && set.is_none() {
            let settings: Option<InvoiceSettingsRow> = world.get(&InvoiceSettingsRow::key()).await?;
            set = Some(settings.unwrap_or_default());
        }
        for row in &page.rows {
            let Ok(to_store) = ToStoreRow::from_row(row) else { continue };
            let settings = set.clone().unwrap_or_default();
            if store(world, lookup, archive, &to_store, &settings).await? {
                stored += 1;
            }
            if world.clock.now() >= until {
                break;
            }
        }
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    Ok(stored)
}

async fn store(
    world: &Ports,
    lookup: &Cache,
    archive: &dyn Documents,
    to_store: &ToStoreRow,
    settings: &InvoiceSettingsRow,
) -> Result<bool> {
    let document = find(world, &to_store.series, to_store.sequence).await?;
    let look = look(&settings.look);
    let (series, sequence) = (to_store.series.clone(), to_store.sequence);
    let mut kept = KeptDocumentRow { series, sequence, sha256: BTreeMap::new() };
    for form in forms(&document) {
        let bytes = match made(&document, *form, &look) {
            Ok(bytes) => bytes,
            Err(error) => {
                // It was held against all rules before it had a number: a fault of ours, and no other document waits for it.
                let reason = format!("{}: {error}", error.code());
                world.park(Some(&document.content.order.connection), subject_of(&document), &reason, "").await?;
                return Ok(false);
            }
        };
        let name = archive_name(&to_store.series, to_store.sequence, *form);
        if !archive.put_once(&name, form.file().1, bytes.clone()).await?
            && archive.get(&name).await?.is_some_and(|kept| kept != bytes)
        {
            // What is there already is this one, kept by a run that died; or the table was put back to before another was issued under the number.
            world.park(Some(&document.content.order.connection), subject_of(&document), &taken(&document, &name), "").await?;
            return Ok(false);
        }
        kept.note(form.file().0, &bytes);
    }
    let mut writes = wanted_rows(world, lookup, settings, &document).await?;
    writes.push(Write::Put { row: kept.to_row(), when: Condition::Always });
    writes.push(Write::Delete { key: to_store.key(), when: Condition::Present });
    match world.table.transact(writes).await {
        Ok(()) => Ok(true),
        // Somebody else kept it at the same time, and noted what is wanted.
        Err(Refused::Reasons(reasons)) => lost(&reasons).map(|()| false),
        Err(Refused::Error(error)) => Err(error),
    }
}

fn subject_of(document: &Document) -> Subject {
    Subject::Other { what: format!("the document {}", document.number) }
}

/// Why a document's bytes are not kept, and so go to nobody.
fn taken(document: &Document, name: &str) -> String {
    format!(
        "document_differs: under {name} another document is kept, issued as {} before; it stays as it is, and this one is sent to nobody. Was the \
         table put back to an earlier state, the number was given twice: let the series go on after the last number that was given \
         ([[invoices.entity.start]] in sluis.toml, docs/guides/restore.md) and ask your accountant. Was only the look of documents changed meanwhile, \
         change it back until this is kept",
        document.number
    )
}

/// The bytes of a document: as they are kept, or made now where they are not, or were lost.
///
/// # Errors
/// `document_differs` where something else lies in their place than was kept.
pub async fn read_document(world: &Ports, archive: &dyn Documents, document: &Document, form: DocumentForm) -> Result<Bytes> {
    has(document, form)?;
    let name = archive_name(&document.series, document.sequence, form);
    let Some(bytes) = archive.get(&name).await? else { return make_document(world, document, form).await };
    let kept: Option<KeptDocumentRow> = world.get(&KeptDocumentRow::key(&document.series, document.sequence)).await?;
    if kept.is_some_and(|kept| kept.are(form.file().0, &bytes)) {
        return Ok(bytes);
    }
    let message = format!(
        "document_differs: what lies under {name} is not what was kept of {}, and is sent to nobody. Find out who changed it; put the file back from \
         a backup, or take it away (it is then made anew from what was issued), and have this sent again",
        document.number
    );
    Err(Error::new(ErrorKind::BadInput, "invoice", message))
}

/// The bytes of a document, made now of what was frozen: those that are kept, as long as nobody changed how documents look.
pub async fn make_document(world: &Ports, document: &Document, form: DocumentForm) -> Result<Bytes> {
    has(document, form)?;
    let settings: Option<InvoiceSettingsRow> = world.get(&InvoiceSettingsRow::key()).await?;
    let look = look(&settings.unwrap_or_default().look);
    made(document, form, &look).map_err(|error| Error::new(ErrorKind::Bug, "invoice", error.to_string()))
}

fn has(document: &Document, form: DocumentForm) -> Result<()> {
    if forms(document).contains(&form) {
        return Ok(());
    }
    let message = format!("document {} is to a consumer, and has no UBL; its PDF has the same as XML inside", document.number);
    Err(Error::new(ErrorKind::NotFound, "invoice", message))
}
