//! What products cost on a connection.

use super::connections::ConnectionPath;
use crate::text::wrong;
use crate::web::needs::{Look, ManageCatalogue};
use crate::web::query::Paged;
use crate::web::{Answer, Body, Call, Context, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, put_with};
use domain::{ConnectionId, Prices, Sku};
use engine::put_prices;
use engine::views::{self, PricesPage};

pub(super) const TAG: &str = "Prices";

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/connections/{connection}/prices",
            get_with(
                list,
                doc(
                    TAG,
                    "listPrices",
                    "Prices on a connection",
                    "What products cost on a connection, what holds now, and what the channel was told",
                ),
            ),
        )
        .api_route(
            "/api/v1/connections/{connection}/prices/{sku}",
            put_with(
                put,
                doc(
                    TAG,
                    "putPrices",
                    "Say what a product costs on a connection",
                    "Says what a product costs on a connection, with dated promotions; told at the next run, within five minutes",
                ),
            ),
        )
}

/// A product on a connection.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct PricePath {
    /// Which connection.
    connection: ConnectionId,
    /// The product's SKU.
    sku: Sku,
}

/// What a product costs on a connection from now on.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct ProductPrices {
    /// The connection.
    connection: ConnectionId,
    /// The product.
    sku: Sku,
    /// What it costs there.
    prices: Prices,
}

async fn list(call: Call<Look, ConnectionPath, Paged>) -> Result<Answer<PricesPage>, Problem> {
    Ok(Answer(views::prices(&call.world, &call.path.connection, &call.query.request()).await?))
}

async fn put(call: Call<ManageCatalogue, PricePath>, Body(prices): Body<Prices>) -> Result<Answer<ProductPrices>, Problem> {
    let PricePath { connection, sku } = call.path;
    prices.check().map_err(|invalid| wrong(if invalid.field == "price" { "regular" } else { "promotions" }, &invalid))?;
    put_prices(&call.world, &connection, &sku, &prices).await?;
    Ok(Answer(ProductPrices { connection, sku, prices }))
}
