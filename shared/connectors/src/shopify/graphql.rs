//! The documents sent to the Admin API, checked against `schema.graphql` when this crate is built; and the one way to send them.

use super::sift::{Spoilt, sift};
use super::{errors, mend};
use crate::objects;
use bytes::Bytes;
use graphql_client::GraphQLQuery;
use http::{Method, header};
use ports::{Call, Error, ErrorKind, Response, Result};

/// The version of the API the documents are written for.
pub(super) const VERSION: &str = "2026-10";

/// What carries the token.
pub(super) const TOKEN_HEADER: &str = "x-shopify-access-token";

// Scalars of the schema as they stand on the wire: 64-bit ids and amounts are text, and stay text until they are read exactly.
type DateTime = String;
type Decimal = String;
type Money = String;
type UnsignedInt64 = String;

macro_rules! documents {
    ($($(#[$doc:meta])* $name:ident in $module:ident from $file:tt;)*) => {
        /// Each document by the name of its operation, for the checks.
        #[cfg(any(test, feature = "simulator"))]
        pub(super) const DOCUMENTS: &[(&str, &str)] = &[$((stringify!($name), $module::QUERY),)* ("Buyer", buyer::QUERY)];

        $(pub(super) use generated::$name;
        pub(super) use generated::$module;)*
        pub(super) use generated::{Buyer, buyer};

        #[allow(missing_docs, unreachable_pub, clippy::pedantic)]
        mod generated {
            use super::{DateTime, Decimal, Money, UnsignedInt64};
            use graphql_client::GraphQLQuery;
            $($(#[$doc])*
            #[derive(GraphQLQuery)]
            #[graphql(
                schema_path = "src/shopify/schema.graphql",
                query_path = $file,
                response_derives = "Debug, Clone, PartialEq",
                variables_derives = "Debug, Clone, PartialEq"
            )]
            pub struct $name;)*
            /// Who bought. Its answer is never read by types that could show it in a log.
            #[derive(GraphQLQuery)]
            #[graphql(
                schema_path = "src/shopify/schema.graphql",
                query_path = "src/shopify/queries/buyer.graphql",
                variables_derives = "Debug, Clone, PartialEq"
            )]
            pub struct Buyer;
        }
    };
}

documents! {
    /// What the app was given, and by which shop.
    Installed in installed from "src/shopify/queries/installed.graphql";
    /// Changed orders, a page at a time.
    Orders in orders from "src/shopify/queries/orders.graphql";
    /// One order with all it needs to be told whole.
    Order in order from "src/shopify/queries/order.graphql";
    /// What one fulfilment sent.
    Fulfilled in fulfilled from "src/shopify/queries/fulfilled.graphql";
    /// What one refund was about.
    Refunded in refunded from "src/shopify/queries/refunded.graphql";
    /// Variants on sale.
    Listings in listings from "src/shopify/queries/listings.graphql";
    /// Variants on sale, with their figures at every location.
    PlacedListings in placed_listings from "src/shopify/queries/placed_listings.graphql";
    /// The figures shown at several locations.
    Placed in placed from "src/shopify/queries/placed.graphql";
    /// The figure shown.
    Available in available from "src/shopify/queries/available.graphql";
    /// Sets the figure shown.
    SetAvailable in set_available from "src/shopify/queries/set_available.graphql";
    /// The fulfilment orders of an order: where its units are sent from.
    Parts in parts from "src/shopify/queries/parts.graphql";
    /// What is left to send of one of them.
    PartLines in part_lines from "src/shopify/queries/part_lines.graphql";
    /// Tells a shipment.
    Ship in ship from "src/shopify/queries/ship.graphql";
    /// Cancels a whole order.
    CancelOrder in cancel_order from "src/shopify/queries/cancel_order.graphql";
    /// How far that has come.
    CancelState in cancel_state from "src/shopify/queries/cancel_state.graphql";
    /// Takes units out of an order, without money.
    CreateRefund in create_refund from "src/shopify/queries/create_refund.graphql";
    /// Orders with returns that are not done.
    WaitingReturns in waiting_returns from "src/shopify/queries/waiting_returns.graphql";
    /// One return and its lines.
    OneReturn in one_return from "src/shopify/queries/one_return.graphql";
    /// Where the goods of a return are taken in.
    Intakes in intakes from "src/shopify/queries/intakes.graphql";
    /// Lets a requested return come in.
    ApproveReturn in approve_return from "src/shopify/queries/approve_return.graphql";
    /// Refuses a requested return.
    DeclineReturn in decline_return from "src/shopify/queries/decline_return.graphql";
    /// Says that returned units are done with.
    ProcessReturn in process_return from "src/shopify/queries/process_return.graphql";
    /// Ends a return.
    CloseReturn in close_return from "src/shopify/queries/close_return.graphql";
    /// Refuses a part of a return.
    TakeOutOfReturn in take_out_of_return from "src/shopify/queries/take_out_of_return.graphql";
    /// What must be known to set a price.
    Priced in priced from "src/shopify/queries/priced.graphql";
    /// Sets a price.
    SetPrice in set_price from "src/shopify/queries/set_price.graphql";
    /// Subscriptions in place.
    Subscriptions in subscriptions from "src/shopify/queries/subscriptions.graphql";
    /// Makes a subscription.
    Subscribe in subscribe from "src/shopify/queries/subscribe.graphql";
    /// Mends a subscription.
    Resubscribe in resubscribe from "src/shopify/queries/resubscribe.graphql";
}

/// Sends a document and reads its data. `writes`: it may have changed something, so that a lost answer is `Unknown`.
pub(super) async fn send<Q: GraphQLQuery>(
    call: &Call<'_>,
    operation: &'static str,
    variables: Q::Variables,
    writes: bool,
) -> Result<Q::ResponseData> {
    let response = answer::<Q>(call, operation, variables).await?;
    errors::data(operation, &response, writes)
}

/// As `send`, for a read whose data are read by a type of the asker's.
pub(super) async fn send_as<Q: GraphQLQuery, D: serde::de::DeserializeOwned>(
    call: &Call<'_>,
    operation: &'static str,
    variables: Q::Variables,
) -> Result<D> {
    let response = answer::<Q>(call, operation, variables).await?;
    errors::data(operation, &response, false)
}

/// As `send`, for a read with a list at `path`: what cannot be read of it comes apart, and the rest is read.
pub(super) async fn send_list<Q: GraphQLQuery>(
    call: &Call<'_>,
    operation: &'static str,
    variables: Q::Variables,
    path: &[&str],
) -> Result<(Q::ResponseData, Vec<Spoilt>)> {
    let response = answer::<Q>(call, operation, variables).await?;
    match errors::data(operation, &response, false) {
        Ok(data) => Ok((data, Vec::new())),
        Err(error) if error.kind == ErrorKind::Protocol => {
            // First what no order may fail by; of the rest, item by item.
            let body = mend::amounts::<errors::Frame<Q::ResponseData>>(response.body());
            if let Ok(Some(data)) = objects::from_str::<errors::Frame<Q::ResponseData>>(&body).map(|frame| frame.data) {
                return Ok((data, Vec::new()));
            }
            let within: Vec<&str> = std::iter::once("data").chain(path.iter().copied()).collect();
            let sifted = sift::<errors::Frame<Q::ResponseData>>(body.as_bytes(), &within);
            sifted.and_then(|(frame, spoilt)| Some((frame.data?, spoilt))).ok_or(error)
        }
        Err(error) => Err(error),
    }
}

async fn answer<Q: GraphQLQuery>(call: &Call<'_>, operation: &'static str, variables: Q::Variables) -> Result<Response> {
    let body = serde_json::to_vec(&Q::build_query(variables))
        .map_err(|e| Error::new(ErrorKind::Bug, operation, "a query could not be written as JSON").caused_by(e))?;
    let token = call
        .token
        .ok_or_else(|| Error::new(ErrorKind::Bug, operation, "a call to Shopify was made before a token was fetched"))?;
    let request = http::Request::builder()
        .method(Method::POST)
        .uri(format!("{}/admin/api/{VERSION}/graphql.json", call.account.base_url))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json")
        .header(TOKEN_HEADER, token.access.expose())
        .body(Bytes::from(body))
        .map_err(|_| unbuildable(operation))?;
    call.http.send(request).await
}

/// For a request that cannot be put together: the address or the token holds what may not stand there.
pub(super) fn unbuildable(operation: &'static str) -> Error {
    Error::new(
        ErrorKind::Configuration,
        operation,
        "the shop's base_url or token holds characters that cannot be sent; correct it",
    )
}

/// The global id of a resource from its number.
pub(super) fn gid(kind: &str, number: u64) -> String {
    format!("gid://shopify/{kind}/{number}")
}

/// The number in a global id, or a number written as text. Exact beyond 2^53.
pub(super) fn number(operation: &'static str, id: &str) -> Result<u64> {
    let tail = id.rsplit('/').next().unwrap_or(id);
    let digits = tail.split('?').next().unwrap_or(tail);
    digits.parse().map_err(|_| {
        Error::new(ErrorKind::Protocol, operation, "Shopify named something by an id that is not a number").with_detail("id")
    })
}

/// The cursor of the page after this one. A page that promises more without saying where, or says where we are, is an error and
/// never an end.
pub(super) fn next(operation: &'static str, more: bool, cursor: Option<String>, here: Option<&str>) -> Result<Option<String>> {
    match (more, cursor) {
        (false, _) => Ok(None),
        (true, Some(cursor)) if Some(cursor.as_str()) != here => Ok(Some(cursor)),
        (true, _) => Err(Error::new(ErrorKind::Protocol, operation, "Shopify promised another page and did not say where")),
    }
}

/// The pages behind first ones that one use of the channel may still read. A list whose cursors go in a circle must end too.
pub(super) struct Pages(u32);

impl Pages {
    /// Far more than an order or a shop has.
    pub(super) fn new() -> Self {
        Self(200)
    }

    /// As `next`, as long as there are any.
    pub(super) fn next(
        &mut self,
        operation: &'static str,
        more: bool,
        cursor: Option<String>,
        here: Option<&str>,
    ) -> Result<Option<String>> {
        let next = next(operation, more, cursor, here)?;
        self.0 = self.0.checked_sub(u32::from(next.is_some())).ok_or_else(|| {
            Error::new(ErrorKind::Protocol, operation, "Shopify promises ever more pages; the list goes in a circle")
        })?;
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_whose_cursors_go_in_a_circle_is_an_error_and_not_a_loop() {
        let mut pages = Pages::new();
        let mut here = None;
        let error = (0..1_000).find_map(|n: u32| {
            let cursor = Some(if n.is_multiple_of(2) { "a" } else { "b" }.to_owned());
            match pages.next("t", true, cursor, here.as_deref()) {
                Ok(next) => {
                    here = next;
                    None
                }
                Err(error) => Some(error),
            }
        });
        assert_eq!(error.unwrap().kind, ErrorKind::Protocol);
    }
}
