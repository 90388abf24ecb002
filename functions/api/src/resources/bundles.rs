//! What a bundle consists of.

use super::products::ProductPath;
use crate::web::needs::ManageCatalogue;
use crate::web::{Answer, Body, By, Call, Context, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::put_with;
use domain::Component;
use engine::put_bundle;
use engine::views::{self, StockView};
use ports::ErrorKind;

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/products/{sku}/components",
        put_with(
            put,
            doc(
                "Products",
                "putComponents",
                "Say what a bundle consists of",
                "Says what a bundle consists of; orders that were taken in keep what it was. Answers the bundle as a product",
            ),
        ),
    )
}

/// What a bundle consists of.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct ComponentsRequest {
    /// Its products, each once; none: it is a product of its own again.
    components: Vec<Component>,
    #[serde(default)]
    by: By,
}

async fn put(
    call: Call<ManageCatalogue, ProductPath>,
    Body(asked): Body<ComponentsRequest>,
) -> Result<Answer<StockView>, Problem> {
    let (world, sku) = (&call.world, &call.path.sku);
    let by = asked.by.of(&call.caller)?;
    views::stock(world, sku).await?;
    match put_bundle(world, sku, &asked.components, &by).await {
        Ok(()) => Ok(Answer(views::stock(world, sku).await?)),
        Err(error) if error.kind == ErrorKind::BadInput => Err(Problem::from(error).in_field("components")),
        Err(error) => Err(error.into()),
    }
}
