//! The subscription that leaves notifications in the seller's queue: a destination, which belongs to the application, and a subscription to it, which
//! belongs to the seller.

use super::notifications::ORDER_CHANGE;
use super::{auth, errors, requests, settings, wire};
use crate::lenient::{Items, one};
use crate::wire_text;
use ports::{Call, Error, ErrorKind, Result, SubscriptionState, SubscriptionWant};
use serde_json::json;

const OPERATION: &str = "amazon.subscription";
const DESTINATIONS: &str = "/notifications/v1/destinations";
const SUBSCRIPTION: &str = "/notifications/v1/subscriptions/ORDER_CHANGE";
/// The version of what is told.
const VERSION: &str = "1.0";

/// Asserts it: one that is on and leads to the queue is left alone, one that leads elsewhere is replaced.
pub(super) async fn subscribe(call: &Call<'_>, want: &SubscriptionWant) -> Result<SubscriptionState> {
    let arn = settings::arn(&want.url)?;
    let present = match requests::get(call, OPERATION, SUBSCRIPTION, &[("payloadVersion", VERSION)]).await {
        Ok(response) => Some(wire_text::json::<wire::Payload<wire::Subscription>>(OPERATION, response.body())?.payload),
        Err(error) if error.kind == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let topic = || vec![ORDER_CHANGE.to_owned()];
    let application = auth::of_application(call).await?;
    let destination = destination(call, application.expose(), &arn).await?;
    if let Some(present) = &present {
        if present.destination_id.text() == destination {
            return Ok(SubscriptionState { fine: topic(), ..SubscriptionState::default() });
        }
        let id = present.subscription_id.needed("subscriptionId", "an id");
        let id = id.map_err(|problem| errors::unreadable(OPERATION, "a subscription", &problem))?;
        let path = format!("{SUBSCRIPTION}/{}", requests::segment(OPERATION, id)?);
        requests::delete(call, OPERATION, &path, application.expose()).await?;
    }
    let body = json!({
        "payloadVersion": VERSION,
        "destinationId": destination,
        "processingDirective": {
            "eventFilter": { "eventFilterType": ORDER_CHANGE, "orderChangeTypes": ["OrderStatusChange", "BuyerRequestedChange"] },
        },
    });
    requests::write(call, OPERATION, (http::Method::POST, SUBSCRIPTION), &[], &body).await?;
    Ok(match present {
        Some(_) => SubscriptionState { mended: topic(), ..SubscriptionState::default() },
        None => SubscriptionState { made: topic(), ..SubscriptionState::default() },
    })
}

/// The application's destination that is this queue: there is one for each queue, so it is looked for before it is made.
async fn destination(call: &Call<'_>, application: &str, arn: &str) -> Result<String> {
    let response = requests::with_token(call, OPERATION, DESTINATIONS, application, None).await?;
    let listed: wire::Payload<Items> = wire_text::json(OPERATION, response.body())?;
    let leads_there = |target: &wire::Target| {
        let sqs = target.resource.get().and_then(|resource| resource.0.sqs.get());
        sqs.is_some_and(|sqs| sqs.0.arn.text() == arn)
    };
    let mut targets = listed.payload.0.iter().filter_map(|json| one::<wire::Target>(json));
    let found = if let Some(found) = targets.find(leads_there) {
        found
    } else {
        let name = format!("sluis-{:016x}", domain::fingerprint(&[arn]));
        let body = json!({ "name": name, "resourceSpecification": { "sqs": { "arn": arn } } });
        let response = requests::with_token(call, OPERATION, DESTINATIONS, application, Some(body.to_string().into())).await?;
        wire_text::json::<wire::Payload<wire::Target>>(OPERATION, response.body())?.payload
    };
    match found.destination_id.text() {
        "" => Err(Error::new(ErrorKind::Protocol, OPERATION, "Amazon names no id of the queue that notifications go to")),
        id => Ok(id.to_owned()),
    }
}
