//! Who sells, who buys and where it goes, as they stand on the document.

use super::problem::{Done, refuse};
use super::vies::Heard;
use crate::rows::{ConnectionInvoices, LegalEntity, SoldThere};
use documents::Language;
use domain::invoice::{Address, Buyer, Delivery, Seller};
use domain::vat::{Customer, Place, VatNumber};
use domain::{OrderBuyer, PostalAddress};

/// The buyer, with everything the channel told.
pub(crate) fn buyer(told: &OrderBuyer) -> Done<Buyer> {
    let bill = told.billing.as_ref().or(told.shipping.as_ref());
    let address = address(bill, "billing")?;
    let bill = bill.cloned().unwrap_or_default();
    let is_business = told.vat_number.is_some() || told.registration.is_some();
    let name = bill.company.clone().unwrap_or_else(|| bill.name.clone());
    if name.trim().is_empty() {
        return refuse(
            "address_incomplete",
            &[("address", "billing"), ("field", "name")],
            "the channel tells no name of the buyer",
        );
    }
    let attention = bill.company.map(|_| bill.name).filter(|name| !name.trim().is_empty());
    Ok(Buyer {
        name,
        attention,
        is_business,
        address,
        vat_number: told.vat_number.clone(),
        registration: told.registration.clone(),
        email: told.email.clone(),
        order_reference: told.order_reference.clone(),
    })
}

/// Where the goods go.
pub(crate) fn delivery(told: &OrderBuyer) -> Done<Delivery> {
    let to = told.shipping.as_ref().or(told.billing.as_ref());
    let address = address(to, "shipping")?;
    let to = to.cloned().unwrap_or_default();
    let name = if to.name.trim().is_empty() { to.company.unwrap_or_default() } else { to.name };
    Ok(Delivery { name, pickup_point: told.pickup_point.clone(), address })
}

fn address(told: Option<&PostalAddress>, which: &str) -> Done<Address> {
    let lacks = |field: &str| {
        let message = format!("the {which} address lacks its {field}; complete it on the channel and have the buyer read again");
        refuse("address_incomplete", &[("address", which), ("field", field)], message)
    };
    let Some(told) = told else { return lacks("country") };
    let Some(country) = told.country.clone() else { return lacks("country") };
    let Some(city) = told.city.clone() else { return lacks("city") };
    if told.lines.is_empty() {
        return lacks("street");
    }
    Ok(Address { lines: told.lines.clone(), postcode: told.postcode.clone(), city, country })
}

/// Who buys, for VAT. Where VIES decides and was not heard, the decision stops.
pub(crate) fn customer(buyer: &Buyer, heard: &Heard) -> Customer {
    if buyer.is_business { Customer::Business { number: buyer.vat_number.clone(), vies: heard.vies } } else { Customer::Consumer }
}

/// Where goods arrive, for VAT.
pub(crate) fn place(address: &Address) -> Place {
    Place { country: address.country.clone(), postcode: address.postcode.clone(), town: Some(address.city.clone()) }
}

/// The seller, under the number that the sale is made under.
pub(crate) fn seller(entity: &LegalEntity, terms: &ConnectionInvoices, number: Option<VatNumber>) -> Seller {
    let iban = entity.seller.iban.clone().filter(|_| terms.sold_on == SoldThere::OwnShop);
    Seller { vat_number: number, iban, ..entity.seller.clone() }
}

/// The language of the document.
pub(crate) fn language(told: &OrderBuyer, buyer: &Buyer, entity: &LegalEntity) -> Language {
    Language::of_buyer(told.language.as_deref(), buyer.address.country.as_str(), entity.language)
}
