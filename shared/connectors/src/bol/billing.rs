//! Who bought: the address of the bill and that of delivery, which bol tells with the order.
//!
//! The e-mail address is an alias of bol's, and the phone number is told where a delivery needs an appointment. What is told of the bill is
//! withheld some weeks after the order: whoever needs it reads it before.

use super::requests;
use crate::buyers::{address, lines, name, told, vat_number};
use crate::lenient::{Field, Parts};
use crate::wire_text;
use async_trait::async_trait;
use domain::{OrderBuyer, OrderNumber, Personal, PostalAddress};
use ports::{BillingDescriptor, BuyerMail, Call, Result};
use serde::Deserialize;

const READ: &str = "bol.buyer";

/// bol names no number of days: what is needed to send goods and to look after a sale, and then only what tax law needs (seller's conditions,
/// art. 11). Returns and complaints take up to three months.
pub(super) static DESCRIPTOR: BillingDescriptor = BillingDescriptor { keeps_days: 90, mail: BuyerMail::Alias };

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Order {
    shipment_details: Field<Parts<Person>>,
    billing_details: Field<Parts<Person>>,
}

/// Somebody at an address.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Person {
    pickup_point_name: Field<String>,
    first_name: Field<String>,
    surname: Field<String>,
    street_name: Field<String>,
    house_number: Field<String>,
    house_number_extension: Field<String>,
    extra_address_information: Field<String>,
    zip_code: Field<String>,
    city: Field<String>,
    country_code: Field<String>,
    email: Field<String>,
    company: Field<String>,
    delivery_phone_number: Field<String>,
    language: Field<String>,
    vat_number: Field<String>,
    kvk_number: Field<String>,
    order_reference: Field<String>,
}

impl Person {
    fn address(&self) -> Option<PostalAddress> {
        let number = [&self.house_number, &self.house_number_extension].map(|part| told(part).unwrap_or_default()).concat();
        let street = [told(&self.street_name).unwrap_or_default(), number].join(" ");
        let lines = lines([domain::buyer_text(&street), told(&self.extra_address_information)]);
        let name = name(&[&self.first_name, &self.surname]);
        address(name, &self.company, lines, &self.zip_code, &self.city, &self.country_code)
    }
}

fn buyer(order: &Order) -> OrderBuyer {
    let none = Person::default();
    let bill = order.billing_details.get().map_or(&none, |parts| &parts.0);
    let parcel = order.shipment_details.get().map_or(&none, |parts| &parts.0);
    let billing = bill.address();
    OrderBuyer {
        vat_number: vat_number(bill.vat_number.text(), billing.as_ref().and_then(|to| to.country.as_ref())),
        billing,
        shipping: parcel.address(),
        pickup_point: told(&parcel.pickup_point_name),
        email: told(&bill.email).or_else(|| told(&parcel.email)),
        phone: told(&parcel.delivery_phone_number),
        registration: told(&bill.kvk_number),
        order_reference: told(&bill.order_reference),
        language: told(&parcel.language),
    }
}

/// bol tells who bought.
pub(super) struct Capability;

#[async_trait]
impl ports::Billing for Capability {
    fn descriptor(&self) -> &'static BillingDescriptor {
        &DESCRIPTOR
    }

    async fn buyer(&self, call: &Call<'_>, number: &OrderNumber) -> Result<Personal<OrderBuyer>> {
        let path = format!("/retailer/orders/{}", requests::segment(READ, number.as_str())?);
        let response = requests::get(call, READ, requests::V10, &path).await?;
        Ok(Personal::new(buyer(&wire_text::json(READ, response.body())?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_bol_tells_of_a_buyer_is_read_and_the_rest_is_left_out() {
        let order = r#"{"orderId":"1","shipmentDetails":{"pickupPointName":"A shop","firstName":"Billie","surname":"Jansen",
            "streetName":"Dorpstraat","houseNumber":"1","houseNumberExtension":"B","extraAddressInformation":"Apartment","zipCode":"1111ZZ",
            "city":"Utrecht","countryCode":"NL","email":"alias@verkopen.example.test","language":"nl","deliveryPhoneNumber":"012123456"},
            "billingDetails":{"firstName":"Billie","surname":"Jansen","streetName":"Kade","houseNumber":2,"zipCode":"9000","city":"Gent",
            "countryCode":"BE","email":"bill@verkopen.example.test","company":"Invented BV","vatNumber":"0999999999","kvkNumber":"99887766",
            "orderReference":"PO 7"}}"#;
        let read = buyer(&serde_json::from_str(order).unwrap());
        let (bill, parcel) = (read.billing.unwrap(), read.shipping.unwrap());
        assert_eq!(
            (parcel.name.as_str(), parcel.lines),
            ("Billie Jansen", vec!["Dorpstraat 1B".to_owned(), "Apartment".to_owned()])
        );
        assert_eq!((bill.lines, bill.company.as_deref()), (vec!["Kade 2".to_owned()], Some("Invented BV")));
        assert_eq!((bill.postcode.as_deref(), bill.city.as_deref()), (Some("9000"), Some("Gent")));
        assert_eq!(read.vat_number.unwrap().as_str(), "BE0999999999");
        assert_eq!((read.email.as_deref(), read.phone.as_deref()), (Some("bill@verkopen.example.test"), Some("012123456")));
        assert_eq!((read.registration.as_deref(), read.order_reference.as_deref()), (Some("99887766"), Some("PO 7")));
        assert_eq!((read.pickup_point.as_deref(), read.language.as_deref()), (Some("A shop"), Some("nl")));
    }

    #[test]
    fn a_bill_that_is_withheld_leaves_what_is_known_of_delivery() {
        for order in [
            r#"{"shipmentDetails":{"firstName":"Billie","countryCode":"NL","email":"alias@example.test"}}"#,
            r#"{"billingDetails":null,"shipmentDetails":{"firstName":"Billie","surname":7e400,"countryCode":"NL","email":"alias@example.test"}}"#,
        ] {
            let read = buyer(&serde_json::from_str(order).unwrap());
            assert!(read.billing.is_none() && read.email.as_deref() == Some("alias@example.test"), "{order}");
            assert!(read.shipping.unwrap().name.starts_with("Billie"), "{order}");
        }
        assert!(buyer(&serde_json::from_str("{}").unwrap()) == OrderBuyer::default());
    }
}
