//! What the Netherlands want of suppliers there, which the writer of the XML does not look at: rules NL-R-001 to NL-R-009 of Peppol BIS 3, and
//! BR-NL-1 to BR-NL-13 of NLCIUS, which say the same and a little more.

use super::parties::KVK;
use en16931::invoice::{DocumentKind, Invoice, Party, PostalAddress};

/// The register of Dutch authorities in ISO 6523.
const OIN: &str = "0190";
/// Means of payment that are allowed (UNCL 4461).
const MEANS: [&str; 6] = ["30", "48", "49", "57", "58", "59"];

/// Peppol takes the supplier's country from its VAT number first, and the customer's likewise.
pub(super) fn of_peppol(invoice: &Invoice) -> Vec<String> {
    if vat_country(&invoice.seller) != Some("NL") {
        return Vec::new();
    }
    let buyer_is_dutch = vat_country(&invoice.buyer) == Some("NL");
    let mut broken = Vec::new();
    let mut hold = |rule: &str, holds: bool, what: &str| broken.extend((!holds).then(|| format!("{rule}: {what}")));
    let is_credit = invoice.kind == DocumentKind::CreditNote;
    hold("NL-R-001", !is_credit || !invoice.preceding_invoices.is_empty(), "a credit note names the invoice");
    hold("NL-R-002", is_whole(&invoice.seller.address), "the seller's address has street, town and postcode");
    hold("NL-R-003", is_registered(&invoice.seller), "the seller's number is one of KvK or OIN");
    hold("NL-R-004", !buyer_is_dutch || is_whole(&invoice.buyer.address), "the buyer's address has street, town and postcode");
    hold("NL-R-005", !buyer_is_dutch || is_registered(&invoice.buyer), "the buyer's number is one of KvK or OIN");
    hold("NL-R-007", is_credit || !owes(invoice) || invoice.payment.is_some(), "there is a means of payment");
    hold("NL-R-008", !buyer_is_dutch || means_are_known(invoice), "the means of payment is 30, 48, 49, 57, 58 or 59");
    broken
}

/// NLCIUS takes countries from the addresses. What is said to be a recommendation only is not looked at.
pub(super) fn of_nlcius(invoice: &Invoice) -> Vec<String> {
    if country(&invoice.seller.address) != Some("NL") {
        return Vec::new();
    }
    let buyer_is_dutch = country(&invoice.buyer.address) == Some("NL");
    let mut broken = Vec::new();
    let mut hold = |rule: &str, holds: bool, what: &str| broken.extend((!holds).then(|| format!("{rule}: {what}")));
    let is_credit = invoice.kind == DocumentKind::CreditNote;
    let refers = invoice.buyer_reference.is_some() || invoice.purchase_order_reference.is_some();
    hold("BR-NL-1", is_registered(&invoice.seller), "the seller's number is one of KvK or OIN");
    hold("BR-NL-2", refers, "there is a reference of the buyer or of the order");
    hold("BR-NL-3", is_whole(&invoice.seller.address), "the seller's address has street, town and postcode");
    hold("BR-NL-4", !buyer_is_dutch || is_whole(&invoice.buyer.address), "the buyer's address has street, town and postcode");
    hold("BR-NL-10", !buyer_is_dutch || is_registered(&invoice.buyer), "the buyer's number is one of KvK or OIN");
    hold("BR-NL-11", is_credit || !owes(invoice) || invoice.payment.is_some(), "there is a means of payment");
    hold("BR-NL-12", means_are_known(invoice), "the means of payment is 30, 48, 49, 57, 58 or 59");
    broken
}

fn country(address: &PostalAddress) -> Option<&str> {
    address.country.as_ref().map(en16931::invoice::Code::as_str)
}

fn vat_country(party: &Party) -> Option<&str> {
    party.vat_identifier.as_deref().and_then(|number| number.get(..2)).or_else(|| country(&party.address))
}

fn is_whole(address: &PostalAddress) -> bool {
    address.line1.is_some() && address.city.is_some() && address.post_code.is_some()
}

fn is_registered(party: &Party) -> bool {
    let scheme = party.legal_registration.as_ref().filter(|entry| !entry.is_blank()).and_then(en16931::Identifier::scheme);
    scheme.is_some_and(|scheme| scheme == KVK || scheme == OIN)
}

fn owes(invoice: &Invoice) -> bool {
    invoice.totals.due.is_positive()
}

fn means_are_known(invoice: &Invoice) -> bool {
    let code = invoice.payment.as_ref().and_then(|payment| payment.means_code.as_ref());
    code.is_none_or(|code| MEANS.contains(&code.as_str()))
}
