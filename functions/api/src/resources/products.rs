//! Products with their stock.

use crate::web::needs::Look;
use crate::web::query::{Cursor, Limit, Paged, page};
use crate::web::{Answer, Call, Context, NoPath, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use domain::{ConnectionId, Sku};
use engine::views::{self, Explanation, MovementsPage, StockPage, StockView};

const TAG: &str = "Products";

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/products",
            get_with(
                list,
                doc(
                    TAG,
                    "listProducts",
                    "Products with their stock",
                    "Products with their figures and what each channel was told; each word of `q` begins a word of SKU, EAN, title or variant \
                    (one of less than three letters is such a word whole)",
                ),
            ),
        )
        .api_route("/api/v1/products/{sku}", get_with(read, doc(TAG, "getProduct", "One product", "")))
        .api_route(
            "/api/v1/products/{sku}/movements",
            get_with(movements, doc(TAG, "listMovements", "Movements of a product's stock, newest first", "")),
        )
        .api_route(
            "/api/v1/products/{sku}/explanation",
            get_with(
                explain,
                doc(
                    TAG,
                    "explainStock",
                    "Why the figures are what they are",
                    "Why a product's figure is what it is, and why each channel was told what it was told; \
                    `connection`: only that one",
                ),
            ),
        )
}

/// A product.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct ProductPath {
    /// Its SKU.
    pub(crate) sku: Sku,
}

/// Which products.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct Search {
    /// The `next` of the page before; left out: the first page.
    #[serde(default)]
    cursor: Option<Cursor>,
    /// Entries of the page.
    #[serde(default)]
    limit: Limit,
    /// Beginnings of words of SKU, EAN, title or variant.
    #[serde(default)]
    q: String,
}

/// Which of its listings.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct OfConnection {
    /// Only the listings on this connection.
    #[serde(default)]
    connection: Option<ConnectionId>,
}

async fn list(call: Call<Look, NoPath, Search>) -> Result<Answer<StockPage>, Problem> {
    let Search { cursor, limit, q } = call.query;
    Ok(Answer(views::stock_page(&call.world, &q, &page(cursor, limit)).await?))
}

async fn read(call: Call<Look, ProductPath>) -> Result<Answer<StockView>, Problem> {
    Ok(Answer(views::stock(&call.world, &call.path.sku).await?))
}

async fn movements(call: Call<Look, ProductPath, Paged>) -> Result<Answer<MovementsPage>, Problem> {
    Ok(Answer(views::movements(&call.world, &call.path.sku, &call.query.request()).await?))
}

async fn explain(call: Call<Look, ProductPath, OfConnection>) -> Result<Answer<Explanation>, Problem> {
    Ok(Answer(views::explain(&call.world, &call.path.sku, call.query.connection.as_ref()).await?))
}
