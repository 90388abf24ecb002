//! Who bought: the addresses of the order. The VAT number stands in a field that a plugin keeps; which, the merchant may say.

use crate::buyers::{address, lines, name, told, vat_number_of};
use crate::lenient::{Field, Items, Parts};
use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::{orders, wire};
use async_trait::async_trait;
use domain::{OrderBuyer, OrderNumber, Personal, PostalAddress};
use ports::{Account, BillingDescriptor, BuyerMail, Call, Result};
use serde::Deserialize;
use serde_json::Value;

const READ: &str = "woocommerce.buyer";

/// The merchant's own shop: half a year after delivery, for returns and warranty; the merchant's own policy may say less.
pub(super) static DESCRIPTOR: BillingDescriptor = BillingDescriptor { keeps_days: 180, mail: BuyerMail::Own };

#[derive(Deserialize, Default)]
#[serde(default)]
struct Order {
    billing: Field<Parts<Address>>,
    shipping: Field<Parts<Address>>,
    meta_data: Field<Items>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Address {
    first_name: Field<String>,
    last_name: Field<String>,
    company: Field<String>,
    #[serde(rename = "address_1")]
    street: Field<String>,
    #[serde(rename = "address_2")]
    addition: Field<String>,
    postcode: Field<String>,
    city: Field<String>,
    country: Field<String>,
    email: Field<String>,
    phone: Field<String>,
}

/// A field that a plugin keeps with an order.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Meta {
    key: Field<String>,
    value: Value,
}

impl Address {
    fn address(&self) -> Option<PostalAddress> {
        let lines = lines([told(&self.street), told(&self.addition)]);
        let name = name(&[&self.first_name, &self.last_name]);
        address(name, &self.company, lines, &self.postcode, &self.city, &self.country)
    }
}

fn buyer(order: &Order, account: &Account) -> OrderBuyer {
    let none = Address::default();
    let bill = order.billing.get().map_or(&none, |parts| &parts.0);
    let parcel = order.shipping.get().map_or(&none, |parts| &parts.0);
    let billing = bill.address();
    let fields: Vec<Meta> = order.meta_data.get().into_iter().flat_map(Items::readable).collect();
    let texts = fields.iter().filter_map(|field| Some((field.key.text(), field.value.as_str()?)));
    OrderBuyer {
        vat_number: vat_number_of(account, texts, billing.as_ref().and_then(|to| to.country.as_ref())),
        // Where the shop keeps no address for delivery, it is the buyer's.
        shipping: parcel.address().or_else(|| billing.clone()),
        billing,
        email: told(&bill.email),
        phone: told(&bill.phone).or_else(|| told(&parcel.phone)),
        ..OrderBuyer::default()
    }
}

/// WooCommerce tells who bought.
pub(super) struct Capability;

#[async_trait]
impl ports::Billing for Capability {
    fn descriptor(&self) -> &'static BillingDescriptor {
        &DESCRIPTOR
    }

    async fn buyer(&self, call: &Call<'_>, number: &OrderNumber) -> Result<Personal<OrderBuyer>> {
        let id = orders::id(READ, number)?;
        let json: Box<serde_json::value::RawValue> = requests::fetch(call, &Ask::get(READ, format!("/orders/{id}"))).await?;
        let order = wire::item::<Order>(&json).ok_or_else(|| wire::broken("an order is no object"))?;
        Ok(Personal::new(buyer(&order, call.account)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(order: Value) -> OrderBuyer {
        let account = Account {
            connection: domain::ConnectionId::new("shop").unwrap(),
            channel: domain::ChannelId::new("woocommerce").unwrap(),
            base_url: String::new(),
            settings: std::collections::BTreeMap::new(),
            credentials: std::collections::BTreeMap::new(),
        };
        buyer(&serde_json::from_value(order).unwrap(), &account)
    }

    #[test]
    fn the_addresses_are_read_and_the_vat_number_of_the_plugin() {
        let read = read(json!({
            "billing": { "first_name": "Sam", "last_name": "Voorbeeld", "company": "Invented BV", "address_1": "Kade 1", "address_2": " ",
                "postcode": "3511AA", "city": "Utrecht", "country": "NL", "email": "sam@example.test", "phone": "" },
            "shipping": { "first_name": "Kim", "last_name": "", "address_1": "Gracht 2", "postcode": 1011, "city": "Amsterdam", "country": "NL",
                "phone": "+31 6 00000001" },
            "meta_data": { "2": { "key": "_billing_eu_vat_number", "value": "NL123456789B01" }, "4": { "key": "_x", "value": { "a": 1 } } },
        }));
        let (bill, parcel) = (read.billing.unwrap(), read.shipping.unwrap());
        assert_eq!((bill.name.as_str(), bill.lines.len(), bill.company.as_deref()), ("Sam Voorbeeld", 1, Some("Invented BV")));
        assert_eq!((parcel.name.as_str(), parcel.postcode.as_deref()), ("Kim", Some("1011")));
        assert_eq!((read.email.as_deref(), read.phone.as_deref()), (Some("sam@example.test"), Some("+31 6 00000001")));
        assert_eq!(read.vat_number.unwrap().as_str(), "NL123456789B01");
    }

    #[test]
    fn without_an_address_for_delivery_it_goes_to_the_buyer() {
        // PHP writes an address without fields as a list.
        for shipping in [json!([]), json!({ "first_name": "", "country": "" }), Value::Null] {
            let read = read(json!({ "billing": { "first_name": "Sam", "country": "BE" }, "shipping": shipping }));
            assert_eq!(read.shipping.unwrap().name, "Sam");
        }
    }
}
