//! `[invoices.vies]`: how VIES is asked for buyers' VAT numbers.

use super::super::address;
use super::super::section::Section;
use engine::rows::{Unanswered, ViesSettings};
use ports::Reach;

const UNANSWERED: [(&str, Unanswered); 2] = [("hold", Unanswered::Hold), ("charge_vat", Unanswered::ChargeVat)];

pub(super) fn read(section: &Section<'_, '_>) -> ViesSettings {
    let unanswered = section.one_of("unanswered", &UNANSWERED).unwrap_or_default();
    let base_url = section.is_given("base_url").then(|| base_url(section)).flatten();
    section.finish();
    ViesSettings { base_url, unanswered }
}

/// An address like those of channels. One on this machine is none: what a simulator says would decide about the VAT of real sales.
fn base_url(section: &Section<'_, '_>) -> Option<String> {
    let url: url::Url = section.must("base_url", "https://vies.example.test/rest-api")?;
    let advice = "leave it out to ask the Commission; where all connections are simulated, so is VIES";
    address::check(section, "base_url", &url, Reach::PublicInternet, ("nobody here", advice));
    Some(url.as_str().trim_end_matches('/').to_owned())
}
