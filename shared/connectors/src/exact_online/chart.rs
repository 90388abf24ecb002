//! The administration, as far as booking needs it: the company, its journals and its VAT codes.

use super::{accounts, requests, settings, wire};
use bytes::Bytes;
use ports::{Call, Chart, ChartQuestion, ChartVatCode, Error, ErrorKind, Result};
use requests::Query;
use rust_decimal::Decimal;
use std::time::Duration;

const OPERATION: &str = "exact.chart";
/// VAT codes hardly change. A rate that changed is known an hour later.
const REMEMBERED: Duration = Duration::from_hours(1);
const VAT_CODES: &str = "vat codes";

/// The name of the company.
pub(super) async fn company(call: &Call<'_>) -> Result<String> {
    let division = settings::division(call.account)?;
    let query = Query { select: "Code,Description", filter: None };
    let all: Vec<wire::Division> = requests::all(call, OPERATION, "system/Divisions", query).await?;
    let own = all.iter().find(|one| one.code.text() == division);
    let own = own.ok_or_else(|| {
        let message = format!("whoever gave the consent sees no company {division} in Exact Online; check `division`");
        Error::new(ErrorKind::Declined, OPERATION, message)
    })?;
    Ok(own.description.text().to_owned())
}

pub(super) async fn chart(call: &Call<'_>, question: &ChartQuestion) -> Result<Chart> {
    let company = company(call).await?;
    let query = Query { select: "Code", filter: Some("Type eq 20") };
    let journals: Vec<wire::Coded> = requests::all(call, OPERATION, "financial/Journals", query).await?;
    let codes = read_vat_codes(call).await?;
    let (mut ledgers, mut debtors) = (Vec::new(), Vec::new());
    for code in &question.ledgers {
        if accounts::ledger(call, code).await?.is_some() {
            ledgers.push(code.clone());
        }
    }
    for code in &question.debtors {
        if accounts::collective(call, code).await?.is_some() {
            debtors.push(code.clone());
        }
    }
    Ok(Chart {
        company,
        journals: journals.iter().map(|one| one.code.text().trim().to_owned()).collect(),
        vat_codes: codes.iter().map(|one| ChartVatCode { code: one.code.trim().to_owned(), rate: one.percent }).collect(),
        ledgers,
        debtors,
    })
}

/// VAT codes that are in use, as they were read within the hour.
pub(super) async fn vat_codes(call: &Call<'_>) -> Result<Vec<wire::KnownVatCode>> {
    let kept = call.answers.kept(VAT_CODES, call.now, REMEMBERED);
    match kept.and_then(|kept| crate::objects::from_slice(&kept).ok()) {
        Some(kept) => Ok(kept),
        None => read_vat_codes(call).await,
    }
}

async fn read_vat_codes(call: &Call<'_>) -> Result<Vec<wire::KnownVatCode>> {
    let query = Query { select: "Code,Percentage,Type,IsBlocked", filter: None };
    let all: Vec<wire::VatCode> = requests::all(call, OPERATION, "vat/VATCodes", query).await?;
    let known = all.iter().filter(|one| one.is_blocked.get() != Some(&true)).map(|one| wire::KnownVatCode {
        code: one.code.text().to_owned(),
        percent: percent(one.percentage.get().copied().unwrap_or_default()),
        kind: one.r#type.text().trim().to_owned(),
    });
    let known: Vec<wire::KnownVatCode> = known.collect();
    call.answers.keep(VAT_CODES, call.now, &Bytes::from(serde_json::to_vec(&known).unwrap_or_default()));
    Ok(known)
}

/// Told as a part of one. No rate is as low as one percent, and none as high as a hundred, so that what is told in percent is known.
fn percent(told: Decimal) -> Decimal {
    if told < Decimal::ONE { (told * Decimal::ONE_HUNDRED).normalize() } else { told.normalize() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_read_whether_it_is_a_part_of_one_or_not() {
        for (told, read) in [("0.21", "21"), ("0.055", "5.5"), ("0", "0"), ("21", "21"), ("9.00", "9")] {
            assert_eq!(percent(told.parse().unwrap()).to_string(), read);
        }
    }
}
