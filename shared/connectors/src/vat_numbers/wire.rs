//! Types as on the wire: VIES on-the-Web, version 1.0.0.

use domain::vat::VatNumber;
use serde::{Deserialize, Serialize};

/// The body of `POST /check-vat-number`. Numbers without the letters of their state.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Question<'a> {
    /// `EL` for Greece, `XI` for Northern Ireland.
    pub(super) country_code: &'a str,
    pub(super) vat_number: &'a str,
    /// The seller's own number: without it no `requestIdentifier` is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) requester_member_state_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) requester_number: Option<&'a str>,
}

/// What is answered, well or not: the fields of `CheckVatResponse` that are used, and those of `CommonResponse`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Told {
    /// Left out of a failure: that is not `false`.
    pub(super) valid: Option<bool>,
    pub(super) country_code: Option<String>,
    pub(super) vat_number: Option<String>,
    /// The consultation number; empty where the seller's number was not sent.
    pub(super) request_identifier: Option<String>,
    action_succeed: Option<bool>,
    #[serde(default)]
    error_wrappers: Option<Vec<Failure>>,
}

#[derive(Debug, Deserialize)]
struct Failure {
    #[serde(default)]
    error: Option<String>,
}

impl Told {
    /// The code of a failure; empty where it has none.
    pub(super) fn failure(&self) -> Option<&str> {
        let wrappers = self.error_wrappers.as_deref().unwrap_or_default();
        if self.action_succeed != Some(false) && wrappers.is_empty() {
            return None;
        }
        Some(wrappers.iter().find_map(|one| one.error.as_deref()).unwrap_or_default())
    }

    /// Whether it is about the number that was asked for, as far as it says.
    pub(super) fn is_about(&self, asked: &VatNumber) -> bool {
        let says = |told: &Option<String>, wanted: &str| told.as_deref().is_none_or(|told| told.trim() == wanted);
        let number = self.vat_number.as_deref().map(str::trim);
        says(&self.country_code, asked.prefix())
            && number.is_none_or(|told| told == asked.without_prefix() || told == asked.as_str())
    }
}
