//! Who bought. What the app may not see of a buyer ("protected customer data") Shopify tells as nothing, and it is left out. The VAT number
//! stands in one of the order's own attributes; which, the merchant may say.

use super::graphql::{self, Buyer, buyer};
use super::orders;
use crate::buyers::{address, lines, name, told, vat_number_of};
use crate::lenient::{Field, Items, Parts};
use async_trait::async_trait;
use domain::{OrderBuyer, OrderNumber, Personal, PostalAddress};
use ports::{Account, BillingDescriptor, BuyerMail, Call, Result};
use serde::Deserialize;

const READ: &str = "shopify.buyer";

/// The merchant's own shop: half a year after delivery, for returns and warranty; the merchant's own policy may say less.
pub(super) static DESCRIPTOR: BillingDescriptor = BillingDescriptor { keeps_days: 180, mail: BuyerMail::Own };

/// The data of the answer: read by types of our own, for those of the document show themselves in logs.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    order: Field<Parts<Order>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Order {
    email: Field<String>,
    phone: Field<String>,
    po_number: Field<String>,
    customer_locale: Field<String>,
    custom_attributes: Field<Items>,
    billing_address: Field<Parts<Address>>,
    shipping_address: Field<Parts<Address>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Address {
    first_name: Field<String>,
    last_name: Field<String>,
    company: Field<String>,
    address1: Field<String>,
    address2: Field<String>,
    zip: Field<String>,
    city: Field<String>,
    country_code_v2: Field<String>,
    phone: Field<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Attribute {
    key: Field<String>,
    value: Field<String>,
}

impl Address {
    fn address(&self) -> Option<PostalAddress> {
        let lines = lines([told(&self.address1), told(&self.address2)]);
        let name = name(&[&self.first_name, &self.last_name]);
        address(name, &self.company, lines, &self.zip, &self.city, &self.country_code_v2)
    }
}

fn of(order: &Order, account: &Account) -> OrderBuyer {
    let none = Address::default();
    let bill = order.billing_address.get().map_or(&none, |parts| &parts.0);
    let parcel = order.shipping_address.get().map_or(&none, |parts| &parts.0);
    let billing = bill.address();
    let attributes: Vec<Attribute> = order.custom_attributes.get().into_iter().flat_map(Items::readable).collect();
    let texts = attributes.iter().map(|attribute| (attribute.key.text(), attribute.value.text()));
    OrderBuyer {
        vat_number: vat_number_of(account, texts, billing.as_ref().and_then(|to| to.country.as_ref())),
        billing,
        shipping: parcel.address(),
        email: told(&order.email),
        phone: told(&order.phone).or_else(|| told(&parcel.phone)).or_else(|| told(&bill.phone)),
        order_reference: told(&order.po_number),
        language: told(&order.customer_locale),
        ..OrderBuyer::default()
    }
}

/// Shopify tells who bought.
pub(super) struct Capability;

#[async_trait]
impl ports::Billing for Capability {
    fn descriptor(&self) -> &'static BillingDescriptor {
        &DESCRIPTOR
    }

    async fn buyer(&self, call: &Call<'_>, number: &OrderNumber) -> Result<Personal<OrderBuyer>> {
        let variables = buyer::Variables { id: orders::id(READ, number)? };
        let answer: Answer = graphql::send_as::<Buyer, _>(call, READ, variables).await?;
        let order = answer.order.get().ok_or_else(|| orders::not_shown(READ))?;
        Ok(Personal::new(of(&order.0, call.account)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_app_may_see_is_read_and_what_it_may_not_is_left_out() {
        let account = Account {
            connection: domain::ConnectionId::new("shop").unwrap(),
            channel: domain::ChannelId::new("shopify").unwrap(),
            base_url: String::new(),
            settings: std::collections::BTreeMap::new(),
            credentials: std::collections::BTreeMap::new(),
        };
        let read = |text: &str| of(&serde_json::from_str(text).unwrap(), &account);
        let told = read(
            r#"{"email":"kim@example.test","phone":null,"poNumber":"PO 7","customerLocale":"nl-BE",
            "customAttributes":[{"key":"colour","value":"red"},7,{"key":"BTW-nummer","value":"0123.456.789"}],
            "billingAddress":{"firstName":"Kim","lastName":"Voorbeeld","company":"Invented BV","address1":"Kade 1","address2":"","zip":"9000",
            "city":"Gent","countryCodeV2":"BE","phone":"+32 1"},"shippingAddress":null}"#,
        );
        let bill = told.billing.unwrap();
        assert_eq!((bill.name.as_str(), bill.lines.len(), bill.postcode.as_deref()), ("Kim Voorbeeld", 1, Some("9000")));
        assert!(told.shipping.is_none());
        assert_eq!((told.email.as_deref(), told.phone.as_deref()), (Some("kim@example.test"), Some("+32 1")));
        assert_eq!((told.order_reference.as_deref(), told.language.as_deref()), (Some("PO 7"), Some("nl-BE")));
        assert_eq!(told.vat_number.unwrap().as_str(), "BE0123456789");
        let redacted = r#"{"email":null,"phone":null,"poNumber":null,"customerLocale":null,"customAttributes":[],
            "billingAddress":{"firstName":null,"lastName":null,"company":null,"address1":null,"address2":null,"zip":null,"city":null,
            "countryCodeV2":null,"phone":null},"shippingAddress":null}"#;
        assert!(read(redacted) == OrderBuyer::default());
    }
}
