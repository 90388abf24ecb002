//! Seller and buyer (BG-4, BG-7).

use domain::invoice::{Address, Content, SellerRegistration};
use en16931::Identifier;
use en16931::invoice::{Code, Contact, Party, PostalAddress};

/// The Dutch trade register in ISO 6523.
pub(super) const KVK: &str = "0106";
/// The Belgian one.
pub(super) const KBO: &str = "0208";

pub(super) fn seller(content: &Content) -> Party {
    let seller = &content.seller;
    let registration = seller.registration.as_ref().map(|entry| match entry {
        SellerRegistration::Kvk { number } => Identifier::schemed(number, KVK),
        SellerRegistration::Kbo { number, .. } => Identifier::schemed(digits(number), KBO),
        SellerRegistration::Other { number } => Identifier::new(number),
    });
    let court = match &seller.registration {
        Some(SellerRegistration::Kbo { court: Some(court), .. }) => Some(format!("RPR {court}")),
        _ => None,
    };
    let name = seller.trading_name.clone().unwrap_or_else(|| seller.name.clone());
    let has_contact = seller.email.is_some() || seller.phone.is_some();
    let contact = Contact { name: Some(name), phone: seller.phone.clone(), email: seller.email.clone() };
    Party {
        name: Some(seller.name.clone()),
        trading_name: seller.trading_name.clone(),
        vat_identifier: seller.vat_number.as_ref().map(ToString::to_string),
        // Who has no VAT number is known to the tax office by the register (BR-E-02 wants one of the two).
        tax_registration: registration.as_ref().filter(|_| seller.vat_number.is_none()).map(|entry| entry.content().to_owned()),
        legal_registration: registration,
        additional_legal_information: court,
        address: address(&seller.address),
        contact: if has_contact { contact } else { Contact::default() },
        ..Party::default()
    }
}

pub(super) fn buyer(content: &Content) -> Party {
    let buyer = &content.buyer;
    let registration = buyer.registration.as_deref().filter(|number| !number.trim().is_empty()).map(|number| {
        match (buyer.address.country.as_str(), digits(number)) {
            ("NL", digits) if digits.len() == 8 => Identifier::schemed(digits, KVK),
            ("BE", digits) if digits.len() == 10 => Identifier::schemed(digits, KBO),
            _ => Identifier::new(number),
        }
    });
    let contact =
        Contact { name: buyer.attention.clone(), phone: None, email: buyer.email.clone().filter(|_| buyer.is_business) };
    Party {
        name: Some(buyer.name.clone()),
        vat_identifier: buyer.vat_number.as_ref().map(ToString::to_string),
        legal_registration: registration,
        address: address(&buyer.address),
        contact,
        ..Party::default()
    }
}

/// BG-5, BG-8, BG-15. What does not fit into the three lines of the standard stands in the third.
pub(super) fn address(address: &Address) -> PostalAddress {
    let mut lines = address.lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    let (street, second) = (lines.next(), lines.next());
    let rest = lines.collect::<Vec<_>>().join(", ");
    PostalAddress {
        line1: street.map(str::to_owned),
        line2: second.map(str::to_owned),
        line3: (!rest.is_empty()).then_some(rest),
        city: Some(address.city.clone()).filter(|city| !city.trim().is_empty()),
        post_code: address.postcode.clone().filter(|code| !code.trim().is_empty()),
        subdivision: None,
        country: Some(Code::new(address.country.as_str())),
    }
}

pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
