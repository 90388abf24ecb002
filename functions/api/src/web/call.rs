//! A request that was found: whose it is, the parameters of its path, and those behind the question mark.

use super::caller::Caller;
use super::document;
use super::needs::Needs;
use super::problem::Problem;
use super::query::NoQuery;
use crate::access::People;
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
use std::marker::PhantomData;
use std::sync::Arc;

/// What every handler works with.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) world: Ports,
    /// Who may sign in; none: users are kept elsewhere, and whatever stands before the function knows them.
    pub(crate) people: Option<People>,
    pub(crate) lookup: Arc<Cache>,
}

/// A path without parameters.
#[derive(Debug, serde::Deserialize, JsonSchema)]
pub(crate) struct NoPath {}

/// A request of somebody who has the right that the handler needs. Every handler takes one, so none can forget to say which, nor to refuse a
/// parameter behind the question mark that it does not know.
pub(crate) struct Call<N, P = NoPath, Q = NoQuery> {
    /// There is no call without its right having been checked.
    _needs: PhantomData<fn() -> N>,
    pub(crate) world: Ports,
    pub(crate) people: Option<People>,
    pub(crate) lookup: Arc<Cache>,
    pub(crate) caller: Caller,
    pub(crate) path: P,
    pub(crate) query: Q,
}

impl<N: Needs, P, Q> Call<N, P, Q> {
    /// A call of somebody, if they have the right.
    pub(crate) fn of(context: Context, caller: Caller, path: P, query: Q) -> Result<Self, Problem> {
        caller.check(N::RIGHT)?;
        let Context { world, people, lookup } = context;
        Ok(Self { _needs: PhantomData, world, people, lookup, caller, path, query })
    }
}

impl<N: Needs, P: DeserializeOwned + Send, Q: DeserializeOwned + Send> FromRequestParts<Context> for Call<N, P, Q> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().cloned().unwrap_or_default();
        // Before anything of it is read.
        caller.check(N::RIGHT)?;
        // An unknown parameter is told first: whoever gave it expects it to do something.
        let query = super::query::read(parts.uri.query().unwrap_or_default())?;
        let given = RawPathParams::from_request_parts(parts, context).await;
        let given = given.map_err(|_| Problem::new(404, "the path holds what is not UTF-8"))?;
        let named: Map<String, Value> = given.iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let path = door::of(Value::Object(named)).map_err(|wrong| {
            let field = wrong.field.clone();
            Problem::new(400, wrong.what).in_field(&field)
        })?;
        Self::of(context.clone(), caller, path, query)
    }
}

impl<N: Needs, P: JsonSchema, Q: JsonSchema> OperationInput for Call<N, P, Q> {
    fn operation_input(gen_context: &mut GenContext, operation: &mut Operation) {
        if !document::is_made() {
            return;
        }
        operation.extensions.insert(document::NEEDS.to_owned(), N::RIGHT.as_str().into());
        for (schema, place) in [
            (gen_context.schema.root_schema_for::<P>(), ParamLocation::Path),
            (gen_context.schema.root_schema_for::<Q>(), ParamLocation::Query),
        ] {
            let parameters = parameters_from_schema(gen_context, document::without_null(schema), place);
            add_parameters(gen_context, operation, parameters);
        }
    }
}
