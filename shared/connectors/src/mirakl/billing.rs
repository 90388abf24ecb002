//! Who bought: told once the order was accepted and paid, and not before.

use super::{countries, orders, wire};
use crate::buyers::{address, lines, name, told, vat_number};
use crate::lenient::{Field, Parts};
use async_trait::async_trait;
use domain::{OrderBuyer, OrderNumber, Personal, PostalAddress};
use ports::{BillingDescriptor, BuyerMail, Call, Result};

const READ: &str = "mirakl.buyer";

/// Each operator has terms of its own. Returns and complaints take up to three months. What may be written to a buyer each operator says, too: nothing is.
pub(super) static DESCRIPTOR: BillingDescriptor = BillingDescriptor { keeps_days: 90, mail: BuyerMail::No };

fn postal(of: &wire::Address) -> Option<PostalAddress> {
    let lines = lines([told(&of.street_1), told(&of.street_2), told(&of.additional_info)]);
    let country = countries::country(&of.country_iso_code).map_or(Field::Missing, |c| Field::Read(c.as_str().to_owned()));
    address(name(&[&of.firstname, &of.lastname]), &of.company, lines, &of.zip_code, &of.city, &country)
}

fn buyer(order: &wire::Order) -> OrderBuyer {
    let none = wire::Customer::default();
    let customer = order.customer.get().map_or(&none, |parts| &parts.0);
    let at = |field: &'_ Field<Parts<wire::Address>>| field.get().and_then(|parts| postal(&parts.0));
    let phone = |field: &'_ Field<Parts<wire::Address>>| field.get().and_then(|parts| told(&parts.0.phone));
    let billing = at(&customer.billing_address);
    let business = customer.organization.get().map(|parts| &parts.0);
    let number = business.map_or("", |business| business.tax_identification_number.text());
    OrderBuyer {
        vat_number: vat_number(number, billing.as_ref().and_then(|to| to.country.as_ref())),
        billing,
        shipping: at(&customer.shipping_address),
        pickup_point: told(&order.shipping_pudo_id),
        email: told(&order.customer_notification_email),
        phone: phone(&customer.shipping_address).or_else(|| phone(&customer.billing_address)),
        registration: business.and_then(|business| told(&business.identification_number)),
        order_reference: None,
        language: told(&customer.locale).map(|locale| locale.chars().take_while(char::is_ascii_alphabetic).collect()),
    }
}

/// Mirakl tells who bought.
pub(super) struct Capability;

#[async_trait]
impl ports::Billing for Capability {
    fn descriptor(&self) -> &'static BillingDescriptor {
        &DESCRIPTOR
    }

    async fn buyer(&self, call: &Call<'_>, number: &OrderNumber) -> Result<Personal<OrderBuyer>> {
        Ok(Personal::new(buyer(&orders::one(call, READ, number).await?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_is_told_with_its_numbers_and_what_is_missing_is_left_out() {
        let order = r#"{"customer_notification_email":"alias@market.example.test","customer":{"locale":"nl_BE","billing_address":
            {"firstname":"Bo","lastname":"Verzonnen","street_1":"Kade 1","street_2":null,"zip_code":"9000","city":"Gent",
            "country_iso_code":"BEL","phone":"012"},"organization":{"tax_identification_number":"0123456789","identification_number":7}}}"#;
        let read = buyer(&crate::objects::from_str(order).unwrap());
        let bill = read.billing.unwrap();
        assert_eq!((bill.name.as_str(), bill.country.unwrap().as_str()), ("Bo Verzonnen", "BE"));
        assert_eq!(read.vat_number.unwrap().as_str(), "BE0123456789");
        assert_eq!((read.registration.as_deref(), read.language.as_deref()), (Some("7"), Some("nl")));
        assert_eq!((read.email.as_deref(), read.phone.as_deref()), (Some("alias@market.example.test"), Some("012")));
        let waiting = r#"{"customer":{"billing_address":null,"shipping_address":null,"firstname":"Bo"}}"#;
        assert!(buyer(&crate::objects::from_str(waiting).unwrap()) == OrderBuyer::default());
    }
}
