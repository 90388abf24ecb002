//! Sellers and buyers.

use domain::Country;
use domain::invoice::{Address, Buyer, Delivery, Seller, SellerRegistration};
use domain::vat::VatNumber;

pub(crate) fn country(code: &str) -> Country {
    Country::new(code).unwrap()
}

pub(crate) fn number(text: &str) -> VatNumber {
    VatNumber::new(text).unwrap()
}

pub(crate) fn address(street: &str, postcode: &str, city: &str, code: &str) -> Address {
    let postcode = Some(postcode.to_owned()).filter(|code| !code.is_empty());
    Address { lines: vec![street.to_owned()], postcode, city: city.to_owned(), country: country(code) }
}

/// A Dutch shop.
pub(crate) fn kade() -> Seller {
    Seller {
        name: "Kade Wonen B.V.".to_owned(),
        trading_name: Some("Kade".to_owned()),
        address: address("Havenkade 12", "3011 AB", "Rotterdam", "NL"),
        vat_number: Some(number("NL812345678B01")),
        registration: Some(SellerRegistration::Kvk { number: "12345678".to_owned() }),
        email: Some("hallo@kade.example".to_owned()),
        phone: Some("+31 10 123 45 67".to_owned()),
        iban: None,
    }
}

/// The same with its account, as on invoices that are still to be paid.
pub(crate) fn kade_with_account() -> Seller {
    Seller { iban: Some("NL91ABNA0417164300".to_owned()), ..kade() }
}

/// A Belgian shop.
pub(crate) fn lindeblad() -> Seller {
    Seller {
        name: "Lindeblad BV".to_owned(),
        trading_name: None,
        address: address("Korenmarkt 4", "9000", "Gent", "BE"),
        vat_number: Some(number("BE0123456749")),
        registration: Some(SellerRegistration::Kbo {
            number: "0123456749".to_owned(),
            court: Some("Gent, afdeling Gent".to_owned()),
        }),
        email: Some("info@lindeblad.example".to_owned()),
        phone: None,
        iban: Some("BE68539007547034".to_owned()),
    }
}

/// Who charges no VAT.
pub(crate) fn pottery() -> Seller {
    Seller {
        name: "Pottenbakkerij De Scherf".to_owned(),
        trading_name: None,
        address: address("Dorpsstraat 3", "9461 AA", "Gieten", "NL"),
        vat_number: None,
        registration: Some(SellerRegistration::Kvk { number: "87654321".to_owned() }),
        email: Some("klei@descherf.example".to_owned()),
        phone: None,
        iban: None,
    }
}

pub(crate) fn consumer(name: &str, at: Address) -> Buyer {
    Buyer {
        name: name.to_owned(),
        attention: None,
        is_business: false,
        address: at,
        vat_number: None,
        registration: None,
        email: None,
        order_reference: None,
    }
}

pub(crate) fn business(name: &str, at: Address, vat: &str, registration: Option<&str>) -> Buyer {
    Buyer {
        is_business: true,
        attention: Some("Inkoop".to_owned()),
        vat_number: Some(number(vat)),
        registration: registration.map(str::to_owned),
        order_reference: Some("PO-7781".to_owned()),
        ..consumer(name, at)
    }
}

/// Goods go where the bill goes.
pub(crate) fn same_place(buyer: &Buyer) -> Delivery {
    Delivery { name: buyer.name.clone(), pickup_point: None, address: buyer.address.clone() }
}
