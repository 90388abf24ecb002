//! What the merchant says about invoices, as it is in force.

use super::{Unreadable, connections};
use crate::Ports;
use crate::readable::wanted;
use crate::rows::{
    ConnectionInvoices, ConnectionRow, InvoicePer, InvoiceSettingsRow, InvoiceWhen, LegalEntity, MailedDocuments, NegativeFees,
    SoldThere, Unanswered, UploadedInvoices,
};
use domain::invoice::{Address, LegalEntityId, NumberFormat, SellerRegistration};
use domain::vat::{ClassRate, Place};
use domain::{ConnectionId, Country, LocationId};
use jiff::Timestamp;
use jiff::civil::Date;
use ports::Result;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// How orders are invoiced.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct InvoiceSettingsView {
    /// Legal entities that issue, by their word. Without any, nothing is invoiced.
    pub entities: Vec<LegalEntityView>,
    /// Connections whose orders are invoiced here; those of the others are not.
    pub connections: Vec<InvoicedConnection>,
    /// Where locations are.
    pub locations: Vec<LocationAddress>,
    /// At which rates states tax classes of products, beside the standard rate.
    pub vat_classes: Vec<VatClassRate>,
    /// The colour of titles and the total on documents: `#0b6e63`; none: the usual one.
    pub accent: Option<String>,
    /// The address that mails to buyers come from; none: nobody is mailed.
    pub mail_from: Option<String>,
    /// Where answers to them go, if not there.
    pub mail_reply_to: Option<String>,
    /// What becomes of a sale that a buyer's VAT number decides, while VIES does not answer: `hold`, it waits; `charge_vat`, it is taxed like one to a
    /// buyer without a number after two hours and a half.
    pub vies_unanswered: Unanswered,
    /// Rows that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// A legal entity that issues.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct LegalEntityView {
    /// The merchant's word for it.
    pub id: String,
    /// Its name in the trade register.
    pub name: String,
    /// The name that buyers know it by, where it differs.
    pub trading_name: Option<String>,
    /// Its address, line by line, as it stands on documents.
    pub address: Vec<String>,
    /// Where it is established.
    pub country: Country,
    /// Its number in the trade register.
    pub registration: Option<String>,
    /// Its VAT numbers, by the state that gave them.
    pub vat_numbers: BTreeMap<String, String>,
    /// The number under which it uses the union scheme (OSS), if it does.
    pub oss_number: Option<String>,
    /// Its bank account; never on invoices for a marketplace.
    pub iban: Option<String>,
    /// Where buyers can write to.
    pub email: Option<String>,
    /// Where buyers can ring up.
    pub phone: Option<String>,
    /// The language for buyers of whom none is known.
    pub language: String,
    /// How its invoices are numbered: `F{year}-{n:05}`.
    pub invoice_numbers: String,
    /// How its credit notes are numbered.
    pub credit_note_numbers: String,
}

/// How the orders of a connection are invoiced.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct InvoicedConnection {
    /// The connection.
    pub connection: ConnectionId,
    /// The legal entity that issues, by its word.
    pub entity: String,
    /// Orders placed before this instant (UTC) are not invoiced here.
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// When.
    pub when: InvoiceMoment,
    /// One document for what.
    pub per: InvoiceScope,
    /// Where it is sold.
    pub sold_on: SalesPoint,
    /// The country of the warehouse from which the marketplace sends.
    pub marketplace_stock: Option<Country>,
    /// How its invoices are numbered, where it has a series of its own.
    pub invoice_numbers: Option<String>,
    /// How its credit notes are numbered, where it has a series of its own.
    pub credit_note_numbers: Option<String>,
    /// Whether lines that are only amounts are costs that follow the goods.
    pub charges_follow_goods: bool,
    /// What fees below zero are: `ask` (such an order waits for a person), `discount`, `gift_card` (it pays).
    pub negative_fees: NegativeFees,
    /// Which invoices the channel is given: `none`, `required` (to businesses, and to another country), `all`.
    pub upload: UploadedInvoices,
    /// Which documents are mailed to the buyer: `none`, `credit_notes`, `all`.
    pub mail: MailedDocuments,
}

/// When an invoice is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceMoment {
    /// When it was ordered.
    Ordered,
    /// When it was paid.
    Paid,
    /// When it was shipped.
    Shipped,
}

/// One document for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceScope {
    /// Each shipment.
    Shipment,
    /// The order.
    Order,
}

/// Where it is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SalesPoint {
    /// In a shop of the merchant's own.
    OwnShop,
    /// On a marketplace, which takes the money.
    Marketplace,
}

/// Where a location is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct LocationAddress {
    /// The location.
    pub location: LocationId,
    /// Its country.
    pub country: Country,
    /// Its postcode.
    pub postcode: Option<String>,
}

/// At which rate a state taxes a class of products.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct VatClassRate {
    /// The merchant's word for the class: `book`.
    pub vat_class: String,
    /// The state.
    pub country: String,
    /// A part of it with rates of its own.
    pub region: Option<String>,
    /// The first date of supply that it holds for.
    #[schemars(with = "String")]
    pub from: Date,
    /// Percent, as text: `9`; none: the standard rate.
    #[schemars(with = "Option<String>")]
    pub rate: Option<Decimal>,
}

/// What is in force.
pub async fn invoice_settings(world: &Ports) -> Result<InvoiceSettingsView> {
    let all = connections(world).await?;
    let mut unreadable = all.unreadable;
    let row = wanted::<InvoiceSettingsRow>(world, &InvoiceSettingsRow::key(), &mut unreadable).await?.read().unwrap_or_default();
    let invoiced = all.known.into_values().filter_map(|ConnectionRow { id, invoices, .. }| Some(connection(id, invoices?)));
    Ok(InvoiceSettingsView {
        entities: row.entities.into_iter().map(|(id, one)| entity(&id, one)).collect(),
        connections: invoiced.collect(),
        locations: row.places.into_iter().map(|(location, place)| address(location, place)).collect(),
        vat_classes: row.classes.iter().map(class).collect(),
        accent: row.look.accent,
        vies_unanswered: row.vies.unanswered,
        mail_from: row.mail.as_ref().map(|mail| mail.from.clone()),
        mail_reply_to: row.mail.and_then(|mail| mail.reply_to),
        unreadable,
    })
}

fn entity(id: &LegalEntityId, one: LegalEntity) -> LegalEntityView {
    let LegalEntity { seller, vat, invoice_numbers, credit_note_numbers, language, .. } = one;
    let Address { lines, postcode, city, country } = seller.address;
    let town = [postcode.unwrap_or_default(), city].join(" ").trim().to_owned();
    let registration = seller.registration.map(|registration| match registration {
        SellerRegistration::Kvk { number } | SellerRegistration::Kbo { number, .. } | SellerRegistration::Other { number } => {
            number
        }
    });
    LegalEntityView {
        id: id.as_str().to_owned(),
        name: seller.name,
        trading_name: seller.trading_name,
        address: lines.into_iter().chain([town]).collect(),
        country,
        registration,
        vat_numbers: vat.numbers.iter().map(|(state, number)| (state.code().to_owned(), number.as_str().to_owned())).collect(),
        oss_number: vat.oss.map(|oss| oss.number.as_str().to_owned()),
        iban: seller.iban,
        email: seller.email,
        phone: seller.phone,
        language: language.code().to_owned(),
        invoice_numbers: invoice_numbers.into(),
        credit_note_numbers: credit_note_numbers.into(),
    }
}

fn connection(id: ConnectionId, terms: ConnectionInvoices) -> InvoicedConnection {
    let (invoices, credit_notes) = terms.numbers.map(|own| (own.invoices, own.credit_notes)).unzip();
    InvoicedConnection {
        connection: id,
        entity: terms.entity.as_str().to_owned(),
        since: terms.since,
        when: match terms.when {
            InvoiceWhen::Ordered => InvoiceMoment::Ordered,
            InvoiceWhen::Paid => InvoiceMoment::Paid,
            InvoiceWhen::Shipped => InvoiceMoment::Shipped,
        },
        per: match terms.per {
            InvoicePer::Shipment => InvoiceScope::Shipment,
            InvoicePer::Order => InvoiceScope::Order,
        },
        sold_on: match terms.sold_on {
            SoldThere::OwnShop => SalesPoint::OwnShop,
            SoldThere::Marketplace => SalesPoint::Marketplace,
        },
        marketplace_stock: terms.marketplace_stock.map(|stock| stock.country),
        invoice_numbers: invoices.map(NumberFormat::into),
        credit_note_numbers: credit_notes.map(NumberFormat::into),
        charges_follow_goods: terms.charges_follow_goods,
        negative_fees: terms.negative_fees,
        upload: terms.upload,
        mail: terms.mail,
    }
}

fn address(location: LocationId, place: Place) -> LocationAddress {
    LocationAddress { location, country: place.country, postcode: place.postcode }
}

fn class(row: &ClassRate) -> VatClassRate {
    VatClassRate {
        vat_class: row.class.as_str().to_owned(),
        country: row.country.code().to_owned(),
        region: row.region.map(|region| region.name().to_owned()),
        from: row.from,
        rate: row.rate,
    }
}
