//! Addresses on the Peppol network.

use super::parties::{KBO, KVK, digits};
use crate::DocumentError;
use domain::invoice::{Content, SellerRegistration};
use domain::vat::VatNumber;
use en16931::Identifier;

/// A participant of the Peppol network: a scheme and an identifier in it, `0208:0123456789`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PeppolId {
    scheme: String,
    id: String,
}

impl PeppolId {
    /// As it is written: the scheme of the list EAS, a colon, the identifier.
    pub fn new(written: &str) -> Result<Self, DocumentError> {
        let (scheme, id) = written.split_once(':').unwrap_or_default();
        match Identifier::eas(id.trim(), scheme) {
            Ok(_) if !id.trim().is_empty() => Ok(Self { scheme: scheme.to_owned(), id: id.trim().to_owned() }),
            _ => Err(DocumentError::Value {
                field: "Peppol address",
                given: written.chars().take(64).collect(),
                expected: "a scheme and an identifier, such as 0208:0123456789",
            }),
        }
    }

    pub(super) fn identifier(&self) -> Identifier {
        Identifier::schemed(&self.id, &self.scheme)
    }

    /// The seller's, by its entry in the trade register, else by its VAT number.
    pub(super) fn of_seller(content: &Content) -> Option<Self> {
        let seller = &content.seller;
        let registered = seller.registration.as_ref().and_then(|entry| match entry {
            SellerRegistration::Kvk { number } => Self::within(KVK, digits(number), 8),
            SellerRegistration::Kbo { number, .. } => Self::within(KBO, digits(number), 10),
            SellerRegistration::Other { .. } => None,
        });
        registered.or_else(|| seller.vat_number.as_ref().and_then(Self::of_vat_number))
    }

    /// The buyer's: a guess by the customs of its country, for whoever did not give one. Belgians are found by the number of their enterprise,
    /// the Dutch by that of the trade register, others by their VAT number.
    pub(super) fn of_buyer(content: &Content) -> Option<Self> {
        let buyer = &content.buyer;
        let registered = buyer.registration.as_deref().map(digits).and_then(|number| match buyer.address.country.as_str() {
            "NL" => Self::within(KVK, number, 8),
            "BE" => Self::within(KBO, number, 10),
            _ => None,
        });
        registered.or_else(|| buyer.vat_number.as_ref().and_then(Self::of_vat_number))
    }

    fn within(scheme: &str, id: String, length: usize) -> Option<Self> {
        (id.len() == length).then(|| Self { scheme: scheme.to_owned(), id })
    }

    /// By the list EAS (code list of the European Commission, as of 2026), with the prefix where the scheme's numbers have it.
    fn of_vat_number(number: &VatNumber) -> Option<Self> {
        let scheme = match number.prefix() {
            "AT" => "9914",
            "BE" => return Self::within(KBO, digits(number.as_str()), 10),
            "BG" => "9926",
            "CY" => "9928",
            "CZ" => "9929",
            "DE" => "9930",
            "EE" => "9931",
            "EL" => "9933",
            "ES" => "9920",
            "FR" => "9957",
            "HR" => "9934",
            "HU" => "9910",
            "IE" => "9935",
            "IT" => "0211",
            "LT" => "9937",
            "LU" => "9938",
            "LV" => "9939",
            "MT" => "9943",
            "NL" => "9944",
            "PL" => "9945",
            "PT" => "9946",
            "RO" => "9947",
            "SI" => "9949",
            "SK" => "9950",
            _ => return None,
        };
        Some(Self { scheme: scheme.to_owned(), id: number.as_str().to_owned() })
    }
}

impl TryFrom<String> for PeppolId {
    type Error = DocumentError;
    fn try_from(written: String) -> Result<Self, DocumentError> {
        Self::new(&written)
    }
}

impl From<PeppolId> for String {
    fn from(id: PeppolId) -> Self {
        format!("{}:{}", id.scheme, id.id)
    }
}
