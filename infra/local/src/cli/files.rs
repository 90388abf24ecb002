//! `sluis ship`, `sluis stock`, `sluis prices` and `sluis match`: files that warehouses and people write, sent to a running stack; and the
//! file of listings that the last begins from.

use super::api::{Api, Where, Who, escaped};
use crate::say::say;
use domain::so_many;
use ports::{Error, ErrorKind, Result};
use serde::Deserialize;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What those take that move stock: the movement keeps who did it.
#[derive(Debug, clap::Args)]
pub(super) struct FileArguments {
    /// The file, with commas or semicolons, its first line the names of the columns.
    file: PathBuf,
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    place: Where,
}

/// What those take that keep nobody's name: what a file of them says is simply how it is from then on.
#[derive(Debug, clap::Args)]
pub(super) struct PlainFileArguments {
    /// The file, with commas or semicolons, its first line the names of the columns.
    file: PathBuf,
    #[command(flatten)]
    place: Where,
}

/// What `sluis listings` takes.
#[derive(Debug, clap::Args)]
pub(super) struct ListingsArguments {
    /// The connection.
    connection: String,
    /// Only those that are no product for sure.
    #[arg(long)]
    unmatched: bool,
    #[command(flatten)]
    place: Where,
}

/// The part of the answer that is printed.
#[derive(Debug, Deserialize)]
struct Ended {
    rows: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct Row {
    #[serde(rename = "row")]
    line: u64,
    outcome: String,
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn ship(arguments: &FileArguments, state: &Path) -> Result<ExitCode> {
    send(&arguments.file, Some(arguments.who.name()?), &arguments.place, state, "shipments/imports").await
}

pub(super) async fn stock(arguments: &FileArguments, state: &Path) -> Result<ExitCode> {
    send(&arguments.file, Some(arguments.who.name()?), &arguments.place, state, "stock/imports").await
}

pub(super) async fn prices(arguments: &PlainFileArguments, state: &Path) -> Result<ExitCode> {
    send(&arguments.file, None, &arguments.place, state, "prices/imports").await
}

pub(super) async fn match_listings(arguments: &PlainFileArguments, state: &Path) -> Result<ExitCode> {
    send(&arguments.file, None, &arguments.place, state, "listings/imports").await
}

/// Prints the file, part after part as one.
pub(super) async fn listings(arguments: &ListingsArguments, state: &Path) -> Result<ExitCode> {
    let api = Api::find(&arguments.place, state)?;
    let path = format!("connections/{}/listings.csv?unmatched={}", escaped(&arguments.connection), arguments.unmatched);
    let mut next: Option<String> = None;
    loop {
        let from = next.as_ref().map(|cursor| format!("&cursor={}", escaped(cursor))).unwrap_or_default();
        let (text, more) = api.get_file(&format!("{path}{from}")).await?;
        // Every part has the line of names; one file has it once.
        let rows = if next.is_some() { text.split_once('\n').map_or("", |(_, rows)| rows) } else { &text };
        // A file goes on as it is; on a screen it is only looked at.
        if std::io::stdout().is_terminal() {
            crate::say::lines(rows);
        } else {
            crate::say::text(rows);
        }
        next = match more {
            Some(cursor) => Some(cursor),
            None => return Ok(ExitCode::SUCCESS),
        };
    }
}

async fn send(file: &Path, by: Option<String>, place: &Where, state: &Path, path: &str) -> Result<ExitCode> {
    let name = file.display().to_string();
    let unreadable = |error: std::io::Error| Error::new(ErrorKind::BadInput, "file", format!("{name} cannot be read: {error}"));
    let text = std::fs::read(file).map_err(unreadable)?;
    let answer = Api::find(place, state)?.send_file(path, by.as_deref(), text).await;
    let answer = answer.map_err(|error| Error { message: format!("{name}: {}", error.message), ..error })?;
    let ended: Ended = serde_json::from_value(answer).map_err(|_| {
        let message = "the stack answers in words that this version does not know; use the `sluis` that runs there";
        Error::new(ErrorKind::Protocol, "api", message)
    })?;
    let (lines, all_done) = told(&name, &ended);
    for line in lines {
        say!("{line}");
    }
    Ok(if all_done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A line for every row that was not done, and one that sums up; and whether all is done.
fn told(name: &str, ended: &Ended) -> (Vec<String>, bool) {
    let mut lines = Vec::new();
    let (mut done, mut already, mut not) = (0, 0, 0);
    for row in &ended.rows {
        let word = match row.outcome.as_str() {
            "done" => {
                done += 1;
                continue;
            }
            "already_done" => {
                already += 1;
                continue;
            }
            "retry" => "not done, send it again",
            "unknown" => "may be done, look before you send it again",
            _ => "not done",
        };
        not += 1;
        lines.push(format!("{name}:{}: {word}: {}", row.line, row.reason.as_deref().unwrap_or("no reason is given")));
    }
    let before = if already > 0 { format!(", {already} done before") } else { String::new() };
    let wrong = if not > 0 { format!(", {not} not done") } else { String::new() };
    lines.push(format!("{name}: {} done{before}{wrong}", so_many(done, "row")));
    (lines, not == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: u64, outcome: &str, reason: Option<&str>) -> Row {
        Row { line, outcome: outcome.to_owned(), reason: reason.map(str::to_owned) }
    }

    #[test]
    fn every_row_that_was_not_done_is_named_with_its_line_and_what_to_do() {
        let ended = Ended {
            rows: vec![
                row(2, "done", None),
                row(3, "already_done", None),
                row(4, "rejected", Some("sku: is empty")),
                row(5, "unknown", Some("no answer")),
            ],
        };
        let (lines, all) = told("p.csv", &ended);
        assert!(!all);
        assert_eq!(
            lines,
            [
                "p.csv:4: not done: sku: is empty",
                "p.csv:5: may be done, look before you send it again: no answer",
                "p.csv: 1 row done, 1 done before, 2 not done",
            ]
        );
        assert_eq!(told("p.csv", &Ended { rows: vec![row(2, "done", None)] }), (vec!["p.csv: 1 row done".to_owned()], true));
    }
}
