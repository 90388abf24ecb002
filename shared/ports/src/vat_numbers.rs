//! Whether VAT numbers are valid, as the authorities know it.

use crate::Http;
use async_trait::async_trait;
use domain::vat::{VatNumber, ViesAnswer};

/// Asks for VAT numbers. What it hears of the business behind a number, its name and address, it does not hand on.
#[async_trait]
pub trait VatNumbers: Send + Sync {
    /// Asks for one number, in one call: whatever comes of that is an answer. `base_url`: where, without a slash at the end, if not at the
    /// authorities' own address. `asked_by`: a number of the seller's, without which nothing proves that it was asked.
    async fn check(
        &self,
        http: &dyn Http,
        base_url: Option<&str>,
        number: &VatNumber,
        asked_by: Option<&VatNumber>,
    ) -> ViesAnswer;
}
