//! Holds the merchant's settings of the accounting system against what is there: once a day, when they changed, and when somebody asks.

use crate::park::forget;
use crate::rows::{AccountingCheckRow, AccountingSettings, InvoiceSettingsRow, ParkedRow, Subject, TypedRow as _, to_json};
use crate::{Cache, ConnectorClient, Ports};
use domain::{age, fingerprint};
use jiff::SignedDuration;
use ports::{Chart, ChartQuestion, Condition, Error, ErrorKind, Result, Write};
use std::collections::BTreeSet;

/// Between two looks that nobody asked for.
const EVERY: SignedDuration = SignedDuration::from_hours(24);
/// Until the next, where there was no answer.
const AFTER_A_FAILURE: SignedDuration = SignedDuration::from_mins(15);
/// What a person is shown it as.
const SUBJECT: &str = "the settings of the accounting system";

/// Looks, if it is due. `None`: it is not, or there is no accounting system.
pub async fn check_accounting(world: &Ports, lookup: &Cache) -> Result<Option<AccountingCheckRow>> {
    let settings: Option<InvoiceSettingsRow> = world.get(&InvoiceSettingsRow::key()).await?;
    let Some(settings) = settings.and_then(|settings| settings.accounting) else { return Ok(None) };
    let before: AccountingCheckRow = world.get(&AccountingCheckRow::key()).await?.unwrap_or_default();
    let as_set = format!("{:016x}", fingerprint(&[&to_json(&settings)]));
    if !is_due(world, &before, &as_set) {
        return Ok(None);
    }
    let now = world.clock.now();
    let looked = look(world, lookup, &settings).await;
    let checked = match looked {
        Ok(chart) => AccountingCheckRow {
            checked_at: Some(now),
            settings: as_set,
            company: Some(chart.company.clone()),
            problems: problems(&settings, &chart),
            error: None,
            ..before
        },
        Err(error) => AccountingCheckRow { checked_at: Some(now), settings: as_set, error: Some(error.message), ..before },
    };
    world.write_if(Write::Put { row: checked.to_row(), when: Condition::Always }).await?;
    tell(world, &checked).await?;
    Ok(Some(checked))
}

/// Somebody wants it looked at: the next run does, within minutes.
pub async fn ask_for_accounting_check(world: &Ports) -> Result<()> {
    let settings: Option<InvoiceSettingsRow> = world.get(&InvoiceSettingsRow::key()).await?;
    if settings.is_none_or(|settings| settings.accounting.is_none()) {
        let message = "there is no accounting system: say so in [invoices.accounting] of sluis.toml";
        return Err(Error::new(ErrorKind::NotFound, "accounting", message));
    }
    let before: AccountingCheckRow = world.get(&AccountingCheckRow::key()).await?.unwrap_or_default();
    let row = AccountingCheckRow { asked_at: Some(world.clock.now()), ..before };
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await.map(drop)
}

fn is_due(world: &Ports, before: &AccountingCheckRow, as_set: &str) -> bool {
    let Some(checked_at) = before.checked_at else { return true };
    let wait = if before.error.is_some() { AFTER_A_FAILURE } else { EVERY };
    let is_old = age(checked_at, world.clock.now()).is_none_or(|age| age >= wait);
    is_old || before.settings != as_set || before.asked_at.is_some_and(|asked| asked > checked_at)
}

async fn look(world: &Ports, lookup: &Cache, settings: &AccountingSettings) -> Result<Chart> {
    let of_codes = settings.vat_codes.iter().filter_map(|one| one.ledger.clone());
    let ledgers: BTreeSet<String> =
        [settings.ledger.clone()].into_iter().chain(settings.charges_ledger.clone()).chain(of_codes).collect();
    let debtors: BTreeSet<String> =
        [settings.debtor.clone()].into_iter().chain(settings.debtors.iter().map(|one| one.code.clone())).collect();
    let question = ChartQuestion { ledgers: ledgers.into_iter().collect(), debtors: debtors.into_iter().collect() };
    let driver = ConnectorClient::open_books(world, lookup, &settings.connection).await?;
    driver.accounting()?.call(|accounting, call| accounting.chart(call, &question)).await
}

/// What of the settings does not fit, each as a sentence with what to do.
fn problems(settings: &AccountingSettings, chart: &Chart) -> Vec<String> {
    let mut found = Vec::new();
    let journals: BTreeSet<&str> = [settings.sales_journal.as_str(), settings.credit_journal.as_str()].into();
    for journal in journals.into_iter().filter(|code| !chart.journals.iter().any(|known| known == code)) {
        found.push(format!("there is no sales journal `{journal}`; there are {}", listed(&chart.journals)));
    }
    for mapped in &settings.vat_codes {
        let (code, rate) = (&mapped.code, mapped.rate.normalize());
        let of = format!("{rate} % of {}, declared as `{}`", mapped.country.code(), mapped.declared.name());
        match chart.vat_codes.iter().find(|known| known.code == *code) {
            None => found.push(format!("there is no VAT code `{code}` in use, which is set for {of}")),
            Some(known) if known.rate.normalize() != rate => {
                found.push(format!("the VAT code `{code}` is {} %, and is set for {of}", known.rate.normalize()));
            }
            Some(_) => {}
        }
    }
    let question = [&settings.ledger].into_iter().chain(&settings.charges_ledger);
    let ledgers: BTreeSet<&String> = question.chain(settings.vat_codes.iter().filter_map(|one| one.ledger.as_ref())).collect();
    for ledger in ledgers.into_iter().filter(|code| !chart.ledgers.contains(code)) {
        found.push(format!("there is no ledger account `{ledger}`"));
    }
    let debtors: BTreeSet<&String> = [&settings.debtor].into_iter().chain(settings.debtors.iter().map(|one| &one.code)).collect();
    for debtor in debtors.into_iter().filter(|code| !chart.debtors.contains(code)) {
        found.push(format!("there is no customer `{debtor}`, the collective debtor; make one there"));
    }
    found
}

fn listed(codes: &[String]) -> String {
    if codes.is_empty() { "none".to_owned() } else { codes.join(", ") }
}

/// A person is told once of the same problems, and no more once there are none.
async fn tell(world: &Ports, checked: &AccountingCheckRow) -> Result<()> {
    let subject = Subject::Other { what: SUBJECT.to_owned() };
    if checked.error.is_some() {
        // What is to be booked meanwhile tells of it.
        return Ok(());
    }
    if checked.problems.is_empty() {
        return forget(world, &ParkedRow::id(None, &subject, "")).await;
    }
    let reason =
        format!("documents of such sales are not booked: {}. Correct it there or in sluis.toml", checked.problems.join("; "));
    world.park(None, subject, &reason, "").await
}
