//! A request that was found: whose it is, the parameters of its path, and those behind the question mark.

use super::document;
use super::problem::Problem;
use super::query::NoQuery;
use crate::door;
use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use aide::operation::{ParamLocation, add_parameters, parameters_from_schema};
use axum::extract::{FromRequestParts, RawPathParams};
use engine::{Cache, Ports};
use http::request::Parts;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::sync::Arc;

/// What every handler works with.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) world: Ports,
    pub(crate) lookup: Arc<Cache>,
}

/// Who asks, as the gateway's authorizer found. Personal data: not for logs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller(pub(crate) Option<String>);

/// A path without parameters.
#[derive(Debug, serde::Deserialize, JsonSchema)]
pub(crate) struct NoPath {}

/// A request. Every handler takes one, so none can forget to refuse a parameter behind the question mark that it does not know.
pub(crate) struct Call<P = NoPath, Q = NoQuery> {
    pub(crate) world: Ports,
    pub(crate) lookup: Arc<Cache>,
    pub(crate) caller: Caller,
    pub(crate) path: P,
    pub(crate) query: Q,
}

impl<P: DeserializeOwned + Send, Q: DeserializeOwned + Send> FromRequestParts<Context> for Call<P, Q> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Problem> {
        // An unknown parameter is told first: whoever gave it expects it to do something.
        let query = super::query::read(parts.uri.query().unwrap_or_default())?;
        let given = RawPathParams::from_request_parts(parts, context).await;
        let given = given.map_err(|_| Problem::new(404, "the path holds what is not UTF-8"))?;
        let named: Map<String, Value> = given.iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let path = door::of(Value::Object(named)).map_err(|wrong| {
            let field = wrong.field.clone();
            Problem::new(400, wrong.what).in_field(&field)
        })?;
        let caller = parts.extensions.get::<Caller>().cloned().unwrap_or_default();
        Ok(Self { world: context.world.clone(), lookup: Arc::clone(&context.lookup), caller, path, query })
    }
}

impl<P: JsonSchema, Q: JsonSchema> OperationInput for Call<P, Q> {
    fn operation_input(gen_context: &mut GenContext, operation: &mut Operation) {
        if !document::is_made() {
            return;
        }
        for (schema, place) in [
            (gen_context.schema.root_schema_for::<P>(), ParamLocation::Path),
            (gen_context.schema.root_schema_for::<Q>(), ParamLocation::Query),
        ] {
            let parameters = parameters_from_schema(gen_context, document::without_null(schema), place);
            add_parameters(gen_context, operation, parameters);
        }
    }
}
