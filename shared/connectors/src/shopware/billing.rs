//! Who bought: asked for by itself. The number for VAT is a field of Shopware's own.

use super::{criteria, orders, requests};
use crate::buyers::{address, lines, name, told, vat_number};
use crate::lenient::{Field, Items, Parts, one};
use async_trait::async_trait;
use domain::{OrderBuyer, OrderNumber, Personal, PostalAddress};
use ports::{BillingDescriptor, BuyerMail, Call, Result};
use rust_decimal::Decimal;
use serde::Deserialize;

const READ: &str = "shopware.buyer";

/// The merchant's own shop: half a year after delivery, for returns and warranty; the merchant's own policy may say less.
pub(super) static DESCRIPTOR: BillingDescriptor = BillingDescriptor { keeps_days: 180, mail: BuyerMail::Own };

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Order {
    id: Field<String>,
    primary_order_delivery_id: Field<String>,
    #[serde(rename = "orderCustomer")]
    customer: Field<Parts<Customer>>,
    billing_address: Field<Parts<Address>>,
    deliveries: Field<Items>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Customer {
    email: Field<String>,
    company: Field<String>,
    vat_ids: Field<Items>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Delivery {
    id: Field<String>,
    shipping_costs: Field<Parts<super::wire::Price>>,
    shipping_order_address: Field<Parts<Address>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Address {
    first_name: Field<String>,
    last_name: Field<String>,
    company: Field<String>,
    department: Field<String>,
    street: Field<String>,
    additional_address_line1: Field<String>,
    additional_address_line2: Field<String>,
    zipcode: Field<String>,
    city: Field<String>,
    phone_number: Field<String>,
    vat_id: Field<String>,
    country: Field<Parts<super::wire::CountryOf>>,
}

impl Address {
    fn postal(&self) -> Option<PostalAddress> {
        let lines =
            lines([&self.department, &self.street, &self.additional_address_line1, &self.additional_address_line2].map(told));
        let none = Field::Missing;
        let country = self.country.get().map_or(&none, |country| &country.0.iso);
        address(name(&[&self.first_name, &self.last_name]), &self.company, lines, &self.zipcode, &self.city, country)
    }
}

/// Where the goods go: as `states::main_delivery`.
fn destination(order: &Order) -> Option<Address> {
    let mut all: Vec<Delivery> = order.deliveries.get()?.readable().collect();
    let named = order.primary_order_delivery_id.text();
    let costs = |one: &Delivery| one.shipping_costs.get().and_then(|price| price.0.total_price.get().copied());
    let at = all.iter().position(|one| !named.is_empty() && one.id.text() == named);
    let main = match at {
        Some(at) => all.swap_remove(at),
        None => all.into_iter().rev().max_by_key(|one| costs(one).unwrap_or(Decimal::MIN))?,
    };
    match main.shipping_order_address {
        Field::Read(Parts(address)) => Some(address),
        _ => None,
    }
}

fn buyer(order: &Order) -> OrderBuyer {
    let (none, nobody) = (Address::default(), Customer::default());
    let bill = order.billing_address.get().map_or(&none, |address| &address.0);
    let customer = order.customer.get().map_or(&nobody, |customer| &customer.0);
    let to = destination(order);
    let mut billing = bill.postal();
    if let Some(billing) = billing.as_mut().filter(|billing| billing.company.is_none()) {
        billing.company = told(&customer.company);
    }
    let country = billing.as_ref().and_then(|at| at.country.as_ref());
    let numbers = customer.vat_ids.get().into_iter().flat_map(|all| &all.0);
    let mut numbers = numbers.filter_map(|json| crate::objects::from_str::<String>(json.get()).ok());
    let of_customer = numbers.find_map(|number| vat_number(&number, country));
    OrderBuyer {
        vat_number: of_customer.or_else(|| vat_number(bill.vat_id.text(), country)),
        shipping: to.as_ref().and_then(Address::postal),
        pickup_point: None,
        email: told(&customer.email),
        phone: told(&bill.phone_number).or_else(|| to.as_ref().and_then(|to| told(&to.phone_number))),
        registration: None,
        order_reference: None,
        language: None,
        billing,
    }
}

/// Shopware tells who bought.
pub(super) struct Capability;

#[async_trait]
impl ports::Billing for Capability {
    fn descriptor(&self) -> &'static BillingDescriptor {
        &DESCRIPTOR
    }

    async fn buyer(&self, call: &Call<'_>, number: &OrderNumber) -> Result<Personal<OrderBuyer>> {
        let id = requests::id(READ, "order", number.as_str())?;
        let found = requests::search(call, READ, "order", &criteria::buyer(id)).await?;
        let own = found.iter().filter_map(|json| one::<Order>(json)).find(|order| order.id.text() == id);
        own.map(|order| Personal::new(buyer(&order))).ok_or_else(|| orders::gone(READ, number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_is_told_with_its_number_and_the_goods_go_where_shipping_costs() {
        let order = r#"{"id":"0","orderCustomer":{"email":"inkoop@example.test","company":"Kade BV","vatIds":[7,"BE 0123.456.789"]},
            "billingAddress":{"firstName":"Bo","lastName":"Verzonnen","street":"Dok 2","zipcode":"9000","city":"Gent","country":{"iso":"BE"},
            "phoneNumber":"012"},"deliveries":[{"id":"a","shippingCosts":{"totalPrice":-8.0},"shippingOrderAddress":null},
            {"id":"b","shippingCosts":{"totalPrice":8.0},"shippingOrderAddress":{"firstName":"Magazijn","lastName":"3","department":"Laadperron",
            "street":"Kaai 9","zipcode":"9000","city":"Gent","country":{"iso":"BE"}}}]}"#;
        let read = buyer(&crate::objects::from_str(order).unwrap());
        let (bill, parcel) = (read.billing.unwrap(), read.shipping.unwrap());
        assert_eq!((bill.name.as_str(), bill.company.as_deref()), ("Bo Verzonnen", Some("Kade BV")));
        assert_eq!((parcel.name.as_str(), parcel.lines), ("Magazijn 3", vec!["Laadperron".to_owned(), "Kaai 9".to_owned()]));
        assert_eq!(read.vat_number.unwrap().as_str(), "BE0123456789");
        assert_eq!((read.email.as_deref(), read.phone.as_deref()), (Some("inkoop@example.test"), Some("012")));
        assert!(buyer(&crate::objects::from_str("{}").unwrap()) == OrderBuyer::default());
    }
}
