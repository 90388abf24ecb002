//! How far an import has come, and what became of one of its lines.
//!
//! Hundreds of items wait for one import. It is asked once for all of them, as seldom as it may be, and so is its report.

use super::imports::{Imports, PRICES, STOCK, refusal};
use super::{requests, wire};
use crate::wire_text;
use async_trait::async_trait;
use bytes::Bytes;
use ports::{Acknowledged, Call, Error, ErrorKind, Result};
use std::time::Duration;

const OPERATION: &str = "mirakl.import";
/// What is over stays as it is.
const FOR_GOOD: Duration = Duration::from_hours(1);

/// How far an import is.
enum Far {
    /// Not carried out as far as is known.
    Waits,
    /// None of it was done.
    Failed,
    /// It was carried out, but for what its report names.
    Done { with_report: bool },
}

fn far(import: &wire::Import) -> Far {
    match import.status.text() {
        "COMPLETE" => {
            let in_error = import.lines_in_error.get().is_some_and(|lines| *lines > 0) || import.lines_in_error.is_odd();
            Far::Done {
                with_report: in_error || import.has_error_report.get() == Some(&true) || import.has_error_report.is_odd(),
            }
        }
        "FAILED" => Far::Failed,
        _ => Far::Waits,
    }
}

/// Reads an answer about it.
fn read(imports: &Imports, number: &str, body: &Bytes) -> Result<wire::Import> {
    if imports.kind == STOCK.kind {
        return wire_text::json(OPERATION, body);
    }
    let listed: wire::PriceImports = wire_text::json(OPERATION, body)?;
    let found = listed.data.readable::<wire::Import>().find(|one| one.import_id.text() == number);
    found.ok_or_else(|| Error::new(ErrorKind::NotFound, OPERATION, "the marketplace does not have this import (any more)"))
}

async fn ask(call: &Call<'_>, imports: &Imports, number: &str) -> Result<Far> {
    let segment = requests::segment(OPERATION, number)?;
    let (path, query) = if imports.kind == STOCK.kind {
        (format!("{}/{segment}/status", imports.path), Vec::new())
    } else {
        (imports.path.to_owned(), vec![("import_id", number)])
    };
    let lately = Duration::from_secs(u64::from(imports.ask_every_s) - 1);
    let name = requests::name(&path, &query);
    // Only what is over is believed for longer.
    if let Some(kept) = call.answers.kept(&name, call.now, FOR_GOOD) {
        let far = far(&read(imports, number, &kept)?);
        if !matches!(far, Far::Waits) || call.answers.kept(&name, call.now, lately).is_some() {
            return Ok(far);
        }
    }
    let body = requests::get_kept(call, OPERATION, (&path, &query), lately).await?;
    Ok(far(&read(imports, number, &body)?))
}

async fn status(call: &Call<'_>, status: &str) -> Result<Acknowledged> {
    let mut parts = status.splitn(3, '|');
    let kind = parts.next().and_then(|kind| [&STOCK, &PRICES].into_iter().find(|one| one.kind == kind));
    let (Some(imports), Some(number), Some(sku)) = (kind, parts.next(), parts.next()) else {
        return Err(Error::new(ErrorKind::BadInput, OPERATION, "this is the status of no import"));
    };
    match ask(call, imports, number).await? {
        Far::Waits => Ok(Acknowledged::Pending(status.to_owned())),
        Far::Failed => {
            Err(Error::new(ErrorKind::Declined, OPERATION, format!("the marketplace carried out nothing of import {number}")))
        }
        Far::Done { with_report: false } => Ok(Acknowledged::Applied),
        Far::Done { with_report: true } => {
            let path = format!("{}/{}/error_report", imports.path, requests::segment(OPERATION, number)?);
            let report = requests::report(call, OPERATION, &path).await?;
            match refusal(OPERATION, &report, sku)? {
                None => Ok(Acknowledged::Applied),
                Some(why) => {
                    let message = format!("the marketplace refuses the {} of `{sku}`: {why}", imports.kind);
                    Err(Error::new(ErrorKind::Declined, OPERATION, message))
                }
            }
        }
    }
}

/// Mirakl works on files after it took them.
pub(super) struct Capability;

#[async_trait]
impl ports::Jobs for Capability {
    async fn status(&self, call: &Call<'_>, status: &str) -> Result<Acknowledged> {
        self::status(call, status).await
    }
}

#[cfg(test)]
#[path = "jobs_tests.rs"]
mod tests;
