//! What differs from the connections' rules for a product.

use super::products::ProductPath;
use crate::text::wrong;
use crate::web::needs::{Look, ManageCatalogue};
use crate::web::{Answer, Body, By, Call, Context, NoBody, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use domain::{ConnectionId, RuleChange, Sku};
use engine::views::{self, RulesView};
use engine::{Ports, put_rule};

const TAG: &str = "Rules";

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/products/{sku}/rules",
            get_with(read, doc(TAG, "getRules", "The rules of a product on every connection", ""))
                .put_with(
                    put,
                    doc(
                        TAG,
                        "putRules",
                        "Say what differs for a product everywhere",
                        "Says what differs for a product everywhere, and tells the channels; answers its rules",
                    ),
                )
                .delete_with(
                    remove,
                    doc(
                        TAG,
                        "deleteRules",
                        "Nothing differs everywhere any more",
                        "Nothing differs everywhere any more; answers the product's rules",
                    ),
                ),
        )
        .api_route(
            "/api/v1/products/{sku}/rules/{connection}",
            get_with(
                read_there,
                doc(
                    TAG,
                    "getConnectionRules",
                    "The rules of a product on a connection",
                    "What is said for a product on a connection goes before what is said for it everywhere, and that \
                    before the connection's rule, field by field",
                ),
            )
            .put_with(
                put_there,
                doc(
                    TAG,
                    "putConnectionRules",
                    "Say what differs for a product on a connection",
                    "Says what differs for a product on a connection, and tells its channel; answers its rules there",
                ),
            )
            .delete_with(
                remove_there,
                doc(
                    TAG,
                    "deleteConnectionRules",
                    "Nothing differs on the connection alone any more",
                    "Nothing differs on the connection alone any more; answers the product's rules there",
                ),
            ),
        )
}

/// A product on a connection.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct ProductOnConnection {
    /// Its SKU.
    sku: Sku,
    /// Which connection.
    connection: ConnectionId,
}

/// A rule for a product, with who asks for it.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleRequest {
    /// What differs, in place of what differed before; a field that is left out does not differ.
    rule: RuleChange,
    #[serde(default)]
    by: By,
}

async fn read(call: Call<Look, ProductPath>) -> Result<Answer<RulesView>, Problem> {
    rules(&call.world, &call.path.sku, None).await
}

async fn read_there(call: Call<Look, ProductOnConnection>) -> Result<Answer<RulesView>, Problem> {
    rules(&call.world, &call.path.sku, Some(&call.path.connection)).await
}

pub(crate) async fn put(
    call: Call<ManageCatalogue, ProductPath>,
    Body(asked): Body<RuleRequest>,
) -> Result<Answer<RulesView>, Problem> {
    asked.rule.check().map_err(|invalid| wrong(invalid.field, &invalid))?;
    change(&call.world, &call.path.sku, None, &asked.rule, &asked.by.of(&call.caller)?).await
}

pub(crate) async fn put_there(
    call: Call<ManageCatalogue, ProductOnConnection>,
    Body(asked): Body<RuleRequest>,
) -> Result<Answer<RulesView>, Problem> {
    asked.rule.check().map_err(|invalid| wrong(invalid.field, &invalid))?;
    if asked.rule.quota_mode_below.is_some() {
        let why = "quota_mode_below: a product in quota mode is shared out over all connections; say it without a connection in the path";
        return Err(Problem::new(400, why).in_field("quota_mode_below"));
    }
    change(&call.world, &call.path.sku, Some(&call.path.connection), &asked.rule, &asked.by.of(&call.caller)?).await
}

async fn remove(call: Call<ManageCatalogue, ProductPath>, _: NoBody) -> Result<Answer<RulesView>, Problem> {
    change(&call.world, &call.path.sku, None, &RuleChange::default(), "").await
}

async fn remove_there(call: Call<ManageCatalogue, ProductOnConnection>, _: NoBody) -> Result<Answer<RulesView>, Problem> {
    change(&call.world, &call.path.sku, Some(&call.path.connection), &RuleChange::default(), "").await
}

async fn rules(world: &Ports, sku: &Sku, connection: Option<&ConnectionId>) -> Result<Answer<RulesView>, Problem> {
    Ok(Answer(views::rules(world, sku, connection).await?))
}

async fn change(
    world: &Ports,
    sku: &Sku,
    connection: Option<&ConnectionId>,
    rule: &RuleChange,
    by: &str,
) -> Result<Answer<RulesView>, Problem> {
    put_rule(world, sku, connection, rule, by).await?;
    rules(world, sku, connection).await
}
