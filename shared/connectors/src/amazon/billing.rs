//! Who bought: read on request. Without the restricted roles the parts are simply missing.

use super::{errors, orders, wire};
use crate::buyers::{address, lines, told, vat_number};
use crate::lenient::{Field, Items, Parts};
use crate::wire_text;
use async_trait::async_trait;
use domain::{OrderBuyer, OrderNumber, Personal, PostalAddress};
use ports::{BillingDescriptor, BuyerMail, Call, Result};

const READ: &str = "amazon.buyer";
/// The buyer, the parcel's address and the numbers under which tax is paid.
const DATA: &str = "BUYER,RECIPIENT,TAX";

/// Amazon's data protection policy: thirty days after an order was sent, unless a law asks for longer, which is what invoices are for. The address is an
/// alias, and buyers of Amazon are Amazon's customers.
pub(super) static DESCRIPTOR: BillingDescriptor = BillingDescriptor { keeps_days: 30, mail: BuyerMail::No };

fn postal(of: &wire::Address) -> Option<PostalAddress> {
    let lines = lines([told(&of.address_line1), told(&of.address_line2), told(&of.address_line3)]);
    address(told(&of.name).unwrap_or_default(), &of.company_name, lines, &of.postal_code, &of.city, &of.country_code)
}

/// The buyer's own registration for VAT, where a business gave one.
fn registration(tax: &Field<Parts<wire::Tax>>) -> Option<wire::Registration> {
    let all: &Items = tax.get()?.0.tax_registrations.get()?;
    let is_buyers = |one: &wire::Registration| {
        one.entity_type.text() == "BUYER" && matches!(one.tax_registration_type.text(), "VAT" | "BUSINESS")
    };
    all.readable().find(is_buyers)
}

fn buyer(order: &wire::Bought) -> OrderBuyer {
    let none = wire::Buyer::default();
    let who = order.buyer.get().map_or(&none, |who| &who.0);
    let to = order.recipient.get().and_then(|to| to.0.delivery_address.get()).map(|to| &to.0);
    let shipping = to.and_then(postal);
    let business = registration(&order.tax);
    let registered = business.as_ref().and_then(|one| one.tax_registration_address.get()).and_then(|at| postal(&at.0));
    // Amazon tells one address. Who paid is who gets it, unless the business is registered elsewhere.
    let mut billing = registered.or_else(|| shipping.clone());
    if let Some(billing) = &mut billing {
        let legal = business.as_ref().and_then(|one| told(&one.legal_name));
        if let Some(company) = legal.or_else(|| told(&who.buyer_company_name)) {
            billing.company = Some(company);
        }
        if let Some(name) = told(&who.buyer_name) {
            billing.name = name;
        }
    }
    let number = business.as_ref().map_or("", |one| one.tax_registration_number.text());
    OrderBuyer {
        vat_number: vat_number(number, billing.as_ref().and_then(|to| to.country.as_ref())),
        billing,
        shipping,
        pickup_point: None,
        email: told(&who.buyer_email),
        phone: to.and_then(|to| told(&to.phone)),
        registration: None,
        order_reference: told(&who.buyer_purchase_order_number),
        language: None,
    }
}

/// Amazon tells who bought.
pub(super) struct Capability;

#[async_trait]
impl ports::Billing for Capability {
    fn descriptor(&self) -> &'static BillingDescriptor {
        &DESCRIPTOR
    }

    async fn buyer(&self, call: &Call<'_>, number: &OrderNumber) -> Result<Personal<OrderBuyer>> {
        let response = orders::ask(call, READ, number, DATA).await?;
        let read: wire::OneBought = wire_text::json(READ, response.body())?;
        let order = read.order.needed("order", "an order").map_err(|problem| errors::unreadable(READ, "an order", &problem))?;
        Ok(Personal::new(buyer(&order.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_is_told_with_its_number_and_without_the_roles_nothing_is() {
        let order = r#"{"buyer":{"buyerName":"Bo Verzonnen","buyerEmail":"alias@marketplace.example.test","buyerCompanyName":"Kade BV",
            "buyerPurchaseOrderNumber":"PO 7"},"recipient":{"deliveryAddress":{"name":"Magazijn","addressLine1":"Dok 2","city":"Gent",
            "postalCode":"9000","countryCode":"BE","phone":"012"}},"tax":{"taxRegistrations":[
            {"entityType":"MERCHANT","taxRegistrationType":"VAT","taxRegistrationNumber":"NL999999990B00"},
            {"entityType":"BUYER","taxRegistrationType":"VAT","taxRegistrationNumber":"BE0123456789"}]}}"#;
        let read = buyer(&crate::objects::from_str(order).unwrap());
        let (bill, parcel) = (read.billing.unwrap(), read.shipping.unwrap());
        assert_eq!(
            (bill.name.as_str(), bill.company.as_deref(), parcel.name.as_str()),
            ("Bo Verzonnen", Some("Kade BV"), "Magazijn")
        );
        assert_eq!(read.vat_number.unwrap().as_str(), "BE0123456789");
        assert_eq!((read.order_reference.as_deref(), read.phone.as_deref()), (Some("PO 7"), Some("012")));
        assert!(buyer(&crate::objects::from_str(r#"{"orderId":"405-1"}"#).unwrap()) == OrderBuyer::default());
    }
}
