//! Books issued documents as entries in a sales journal: the number, the amounts and the VAT are ours, and Exact Online reckons none of them.

use super::{accounts, chart, files, requests, wire};
use async_trait::async_trait;
use ports::{
    Accounting, AccountingDescriptor, AccountingEntry, BookedEntry, Call, Chart, ChartQuestion, Error, ErrorKind, Result,
};
use requests::{Query, date, quoted};
use rust_decimal::Decimal;

const OPERATION: &str = "exact.entries";
/// Characters of a description there.
const LONGEST_DESCRIPTION: usize = 60;

/// What it takes.
static DESCRIPTOR: AccountingDescriptor = AccountingDescriptor { most_bytes: 10 * 1024 * 1024 };

/// Exact Online keeps the books.
pub(super) struct Capability;

#[async_trait]
impl Accounting for Capability {
    fn descriptor(&self) -> &'static AccountingDescriptor {
        &DESCRIPTOR
    }

    async fn chart(&self, call: &Call<'_>, question: &ChartQuestion) -> Result<Chart> {
        chart::chart(call, question).await
    }

    async fn book(&self, call: &Call<'_>, entry: &AccountingEntry) -> Result<BookedEntry> {
        if entry.begun_before
            && let Some(booked) = find(call, entry).await?
        {
            return Ok(booked);
        }
        // Whatever can be refused is refused before anything is made.
        let lines = lines(call, entry).await?;
        let customer = accounts::debtor(call, &entry.debtor).await?;
        let document = files::kept(call, entry, &customer).await?;
        let new = wire::NewEntry {
            journal: &entry.journal,
            customer: &customer,
            entry_date: format!("{}T00:00:00", entry.issued_on),
            currency: entry.currency.as_str(),
            your_ref: &entry.reference,
            description: description(entry),
            document: &document,
            sales_entry_lines: lines,
        };
        let made: wire::SalesEntry = requests::create(call, OPERATION, "salesentry/SalesEntries", &new).await?;
        agreed(entry, &made)
    }

    async fn find(&self, call: &Call<'_>, entry: &AccountingEntry) -> Result<Option<BookedEntry>> {
        find(call, entry).await
    }
}

/// By journal, day and number: no key of ours keeps a second one from being made.
async fn find(call: &Call<'_>, entry: &AccountingEntry) -> Result<Option<BookedEntry>> {
    let (journal, day, number) = (quoted(&entry.journal), date(entry.issued_on), quoted(&entry.reference));
    let filter = format!("Journal eq {journal} and EntryDate eq {day} and YourRef eq {number}");
    let query = Query { select: "EntryID,EntryNumber,AmountFC,VATAmountFC", filter: Some(&filter) };
    let found: Vec<wire::SalesEntry> = requests::all(call, OPERATION, "salesentry/SalesEntries", query).await?;
    found.first().map(|one| agreed(entry, one)).transpose()
}

/// The entry, if it comes to what the document says. Which sign a credit note has there, and whether the sum holds the VAT, plays no part.
fn agreed(entry: &AccountingEntry, there: &wire::SalesEntry) -> Result<BookedEntry> {
    let number = there.entry_number.text().to_owned();
    let vat: Decimal = entry.lines.iter().map(|line| line.vat).sum();
    let total = entry.total();
    let is_sum = |amount: &Decimal| [total, total - vat].iter().any(|sum| sum.abs() == amount.abs());
    let is_vat = |amount: &Decimal| amount.abs() == vat.abs();
    if there.amount.get().is_none_or(is_sum) && there.vat_amount.get().is_none_or(is_vat) {
        return Ok(BookedEntry { number });
    }
    let told = there.amount.get().copied().unwrap_or_default();
    let message = format!(
        "Exact Online has entry {number} with the reference {}, and it comes to {told} where the document says {total}: correct that entry there, \
         and have the document booked again, which then finds it",
        entry.reference
    );
    Err(Error::new(ErrorKind::Declined, OPERATION, message))
}

async fn lines(call: &Call<'_>, entry: &AccountingEntry) -> Result<Vec<wire::NewEntryLine>> {
    let codes = chart::vat_codes(call).await?;
    let mut lines = Vec::new();
    for line in &entry.lines {
        let declined = |what: String| {
            let message = format!("{what}: correct it there or in sluis.toml, and have the document booked again");
            Error::new(ErrorKind::Declined, OPERATION, message)
        };
        let (wanted, rate) = (line.vat_code.trim(), line.rate.normalize());
        let known = codes.iter().find(|known| known.code.trim() == wanted);
        let known = known.ok_or_else(|| declined(format!("Exact Online has no VAT code `{wanted}` in use")))?;
        if known.percent != rate {
            let told = format!("the VAT code `{wanted}` of Exact Online is {} %, and the document says {rate} %", known.percent);
            return Err(declined(told));
        }
        let ledger = accounts::ledger(call, &line.ledger).await?;
        let gl_account = ledger.ok_or_else(|| declined(format!("Exact Online has no ledger account `{}`", line.ledger)))?;
        // Of a code that includes the VAT the amount must hold it, of the others it must not.
        let amount = if known.kind == "I" { line.net + line.vat } else { line.net };
        let knows_vat = matches!(known.kind.as_str(), "I" | "E");
        if !knows_vat && !line.vat.is_zero() {
            return Err(declined(format!("the VAT code `{wanted}` of Exact Online takes no VAT")));
        }
        lines.push(wire::NewEntryLine {
            amount: wire::amount(amount),
            gl_account,
            vat_code: known.code.clone(),
            vat_amount: knows_vat.then(|| wire::amount(line.vat)),
            description: description(entry),
        });
    }
    Ok(lines)
}

/// What a bookkeeper reads. A credit note names its invoice, and the entry of that.
fn description(entry: &AccountingEntry) -> String {
    let text = match &entry.credits {
        None => entry.reference.clone(),
        Some(credited) => {
            let of = credited.entry.as_ref().map(|number| format!(" ({number})")).unwrap_or_default();
            format!("{} - {}{of}", entry.reference, credited.reference)
        }
    };
    text.chars().take(LONGEST_DESCRIPTION).collect()
}
