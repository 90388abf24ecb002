//! Prices: of one variant, in the shop's own currency. Lists of prices for markets are set in Shopify.

use super::graphql::{self, Priced, SetPrice, gid, priced, set_price};
use async_trait::async_trait;
use ports::{Acknowledged, Call, Error, ErrorKind, Outcomes, PriceWrite, PricesDescriptor, Result, Status};

const WRITE: &str = "shopify.write_price";

/// Sets what one unit costs, and what is struck through beside it. With tax or without as the shop is set up.
pub(super) async fn write(call: &Call<'_>, write: &PriceWrite) -> Result<Acknowledged> {
    let bad = |message: &str| Error::new(ErrorKind::BadInput, WRITE, message);
    let was_negative = write.was.as_ref().is_some_and(|was| was.amount.is_sign_negative());
    if write.price.amount.is_sign_negative() || was_negative {
        return Err(bad("a price below zero cannot be set"));
    }
    if write.was.as_ref().is_some_and(|was| was.currency != write.price.currency) {
        return Err(bad("the price and the one before it are in different currencies"));
    }
    let variant = gid("ProductVariant", graphql::number(WRITE, write.offer.as_str())?);
    let found = graphql::send::<Priced>(call, WRITE, priced::Variables { id: variant.clone() }, false).await?;
    // The amount travels without its currency: in another one it would be another price.
    let shop = match found.shop.currency_code {
        priced::CurrencyCode::EUR => "EUR".to_owned(),
        priced::CurrencyCode::Other(code) => code,
    };
    if shop != write.price.currency.as_str() {
        return Err(bad(&format!("the shop's prices are in {shop}, and this one in {}", write.price.currency.as_str())));
    }
    let product = found.product_variant.ok_or_else(unknown_variant)?.product.id;
    let change = set_price::ProductVariantsBulkInput {
        // Null takes away what was struck through before.
        compare_at_price: write.was.as_ref().map(|was| was.amount.to_string()),
        id: Some(variant),
        price: Some(write.price.amount.to_string()),
    };
    let variables = set_price::Variables { product, variants: vec![change] };
    let payload = graphql::send::<SetPrice>(call, WRITE, variables, true).await?.product_variants_bulk_update;
    let payload = payload.ok_or_else(|| {
        Error::new(ErrorKind::Protocol, WRITE, "Shopify told nothing about the price").with_status(Status::Unknown)
    })?;
    match payload.user_errors.first() {
        None => Ok(Acknowledged::Applied),
        Some(refusal) => Err(refused(refusal.code.as_ref())),
    }
}

fn unknown_variant() -> Error {
    Error::new(ErrorKind::NotFound, WRITE, "Shopify does not know the variant; read the listings again")
}

fn refused(code: Option<&set_price::ProductVariantsBulkUpdateUserErrorCode>) -> Error {
    use set_price::ProductVariantsBulkUpdateUserErrorCode as Code;
    let error = match code {
        Some(Code::PRODUCT_DOES_NOT_EXIST | Code::PRODUCT_VARIANT_DOES_NOT_EXIST) => unknown_variant(),
        Some(Code::PRODUCT_SUSPENDED) => {
            Error::new(ErrorKind::Declined, WRITE, "Shopify suspended the product; see it in Shopify")
        }
        Some(Code::Other(_)) | None => {
            Error::new(ErrorKind::Declined, WRITE, "Shopify declined the price; see the product in Shopify")
        }
    };
    error.with_detail(format!("{code:?}").chars().take(64).collect::<String>())
}

/// Shopify asks prices that can be set.
pub(super) struct Capability;

#[async_trait]
impl ports::Prices for Capability {
    fn descriptor(&self) -> &'static PricesDescriptor {
        &PricesDescriptor::ONE_AT_A_TIME
    }

    async fn write(&self, call: &Call<'_>, writes: &[PriceWrite]) -> Result<Outcomes> {
        ports::each(writes, |one| write(call, one)).await
    }
}
