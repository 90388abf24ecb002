//! `sluis accounting` and `sluis authorize`: where documents are booked, whether that fits, and a person's consent to it.

use super::ConfigArguments;
use super::api::{Api, Where};
use super::apply::quiet;
use super::mistakes;
use crate::say::say;
use crate::state::{Owner, StateFolder};
use crate::table;
use aws::DynamoTable;
use config::Config;
use engine::views::{AccountingCheck, AccountingView};
use engine::{Cache, Ports, authorize as keep, consent_address, put_invoice_settings};
use ports::{Error, ErrorKind, Result, Table};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// What `accounting` takes.
#[derive(Debug, clap::Args)]
pub(super) struct AccountingArguments {
    /// Have it looked at by the next run, within minutes.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    place: Where,
}

/// What `authorize` takes.
#[derive(Debug, clap::Args)]
pub(super) struct AuthorizeArguments {
    /// The address of the page that you were sent to after you said yes, or the code in it.
    #[arg(long, value_name = "ADDRESS")]
    answer: Option<String>,
    #[command(flatten)]
    config: ConfigArguments,
}

pub(super) async fn accounting(arguments: &AccountingArguments, state: &Path) -> Result<ExitCode> {
    let api = Api::find(&arguments.place, state)?;
    let path = "/api/v1/accounting";
    let answer = if arguments.check { api.ask_for(&format!("{path}/check")).await? } else { api.get(path).await? };
    let view: AccountingView = super::api::understood(answer)?;
    let (lines, well) = in_words(&view);
    for line in lines {
        say!("{line}");
    }
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is printed, and whether all that is known is well.
fn in_words(view: &AccountingView) -> (Vec<String>, bool) {
    let Some(system) = &view.accounting else {
        return (vec!["documents are booked nowhere: [invoices.accounting] of sluis.toml says where".to_owned()], true);
    };
    let mut lines = vec![format!(
        "{}: {}, invoices in journal {}, credit notes in {}, consumers on debtor {}",
        system.id, system.system, system.sales_journal, system.credit_journal, system.debtor
    )];
    for code in &system.vat_codes {
        lines.push(format!("  {} {} %, {}: VAT code {}", code.country, code.rate, code.declared.name(), code.code));
    }
    let Some(AccountingCheck { checked_at, asked_at, company, problems, error }) = &view.check else {
        lines.push("  not looked at yet; the next run does".to_owned());
        return (lines, true);
    };
    if let Some(at) = checked_at {
        let company = company.as_ref().map(|company| format!(", company {company}")).unwrap_or_default();
        lines.push(format!("  looked at {at}{company}"));
    }
    if asked_at.is_some() {
        lines.push("  looked at again by the next run, within minutes".to_owned());
    }
    lines.extend(problems.iter().map(|problem| format!("  does not fit: {problem}")));
    lines.extend(error.iter().map(|error| format!("  could not be looked at: {error}")));
    (lines, problems.is_empty() && error.is_none())
}

pub(super) async fn authorize(arguments: &AuthorizeArguments, state: &Path) -> Result<ExitCode> {
    let file = &arguments.config.config;
    let config = Config::read(file).map_err(|found| mistakes(&found))?;
    let Some(books) = &config.books else {
        let message = format!("{} has no [invoices.accounting]: nothing else asks for a person's consent", file.display());
        return Err(Error::new(ErrorKind::BadInput, "authorize", message));
    };
    let id = &books.settings.connection;
    let (world, _held) = world(&config, state).await?;
    // What is authorised is what stands in the file, whether it was applied before or not.
    if let Some(invoices) = &config.invoices {
        put_invoice_settings(&world, invoices).await?;
    }
    let lookup = Cache::default();
    let Some(answer) = &arguments.answer else {
        say!("Open this page, log in as somebody who may book, and say yes:");
        say!("\n  {}\n", consent_address(&world, &lookup, id).await?);
        say!("You are then sent to another page. Copy its whole address at once, for it holds for minutes only:");
        say!("\n  sluis authorize --config {} --answer 'THE ADDRESS'", file.display());
        return Ok(ExitCode::SUCCESS);
    };
    keep(&world, &lookup, id, answer).await?;
    say!("{id} is authorised; what waits is booked by the next run");
    Ok(ExitCode::SUCCESS)
}

/// The table to work in, and the folder it is in, held.
#[expect(clippy::disallowed_methods, reason = "this is where the local stack reads its surroundings")]
async fn world(config: &Config, state: &Path) -> Result<(Ports, Option<StateFolder>)> {
    let (table, held): (Arc<dyn Table>, _) = match std::env::var("SLUIS_TABLE") {
        Ok(name) if !name.is_empty() => (Arc::new(DynamoTable::new(&aws::connect::surroundings().await, name)), None),
        _ => {
            let mut folder = StateFolder::take(state, &Owner::of(config))?;
            let local = table::open(&folder.file(table::FILE)).await?;
            folder.began()?;
            (Arc::new(local), Some(folder))
        }
    };
    Ok((quiet(config, table)?, held))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn view(check: &serde_json::Value) -> AccountingView {
        let code = json!({ "country": "NL", "rate": "21", "declared": "local", "code": "2", "ledger": null });
        let system = json!({ "id": "books", "system": "ledgers", "sales_journal": "70", "credit_journal": "71", "ledger": "8000",
            "charges_ledger": null, "debtor": "1", "collective_debtors": [], "vat_codes": [code] });
        serde_json::from_value(json!({ "accounting": system, "check": check })).unwrap()
    }

    #[test]
    fn what_does_not_fit_is_printed_and_is_not_well() {
        let at = "2026-12-01T10:00:00Z";
        let check = |problems: &[&str]| json!({ "checked_at": at, "asked_at": null, "company": "Kade", "problems": problems, "error": null });
        let (lines, well) = in_words(&view(&check(&[])));
        assert!(well && lines[1] == "  NL 21 %, local: VAT code 2" && lines[2].contains("company Kade"), "{lines:?}");
        let (lines, well) = in_words(&view(&check(&["there is no sales journal `70`"])));
        assert!(!well && lines.last().is_some_and(|line| line.contains("no sales journal")), "{lines:?}");
        let (lines, well) = in_words(&view(&json!(null)));
        assert!(well && lines.last().is_some_and(|line| line.contains("not looked at yet")), "{lines:?}");
    }
}
