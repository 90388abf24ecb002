//! The document beside an entry. It is made first, so that the entry carries it from its first moment.

use super::{requests, wire};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ports::{AccountingEntry, Call, Error, ErrorKind, Result};
use requests::{Query, date, quoted};

const OPERATION: &str = "exact.documents";
/// A sales invoice.
const SALES_INVOICE: u8 = 10;

/// The GUID of the document with its file. What an earlier try made is used.
pub(super) async fn kept(call: &Call<'_>, entry: &AccountingEntry, account: &str) -> Result<String> {
    if let Some(id) = find(call, entry).await? {
        let filter = format!("Document eq guid{}", quoted(&id));
        let query = Query { select: "ID", filter: Some(&filter) };
        let files: Vec<wire::Coded> = requests::all(call, OPERATION, "documents/DocumentAttachments", query).await?;
        if files.is_empty() {
            attach(call, entry, &id).await?;
        }
        return Ok(id);
    }
    let new = wire::NewDocument {
        r#type: SALES_INVOICE,
        subject: &entry.reference,
        account,
        document_date: format!("{}T00:00:00", entry.issued_on),
    };
    let made: wire::Coded = requests::create(call, OPERATION, "documents/Documents", &new).await?;
    let id = made.id.text().to_owned();
    if id.is_empty() {
        return Err(Error::new(ErrorKind::Protocol, OPERATION, "Exact Online names no id of the document that it made"));
    }
    attach(call, entry, &id).await?;
    Ok(id)
}

async fn find(call: &Call<'_>, entry: &AccountingEntry) -> Result<Option<String>> {
    if !entry.begun_before {
        return Ok(None);
    }
    let filter = format!("DocumentDate eq {} and Subject eq {}", date(entry.issued_on), quoted(&entry.reference));
    let query = Query { select: "ID", filter: Some(&filter) };
    let found: Vec<wire::Coded> = requests::all(call, OPERATION, "documents/Documents", query).await?;
    Ok(found.first().map(|one| one.id.text().to_owned()).filter(|id| !id.is_empty()))
}

async fn attach(call: &Call<'_>, entry: &AccountingEntry, document: &str) -> Result<()> {
    let new = wire::NewAttachment { document, file_name: &entry.file_name, attachment: STANDARD.encode(&entry.pdf) };
    let _: wire::Coded = requests::create(call, OPERATION, "documents/DocumentAttachments", &new).await?;
    Ok(())
}
