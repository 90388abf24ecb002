//! The subscriptions: looked at often, because Shopify deletes one after eight failed deliveries in a row.

use super::graphql::{self, Resubscribe, Subscribe, Subscriptions, resubscribe, subscribe, subscriptions};
use ports::{Call, Error, ErrorKind, Result, SubscriptionState, SubscriptionWant};

const OPERATION: &str = "shopify.subscribe";
/// One per topic. `ORDERS_UPDATED` also tells of edits, fulfilments and refunds.
pub(super) const TOPICS: &[&str] = &["ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_CANCELLED", "ORDERS_DELETE"];
/// Besides, where locations are mapped, for units move between these without any order telling; and where the shop leads the stock. Elsewhere
/// it would double the deliveries of every sale to tell what its order tells as well.
const LEVELS: &str = "INVENTORY_LEVELS_UPDATE";

/// Makes what is missing and mends what points elsewhere or leaves something out.
pub(super) async fn assert(call: &Call<'_>, want: &SubscriptionWant) -> Result<SubscriptionState> {
    let present = all(call).await?;
    let mut state = SubscriptionState::default();
    let levels = (want.figures || !call.account.locations().is_empty()).then_some(&LEVELS);
    for topic in TOPICS.iter().chain(levels) {
        let of_topic: Vec<_> = present.iter().filter(|s| topic_name(&s.topic) == *topic).collect();
        if of_topic.iter().any(|s| fits(s, want)) {
            state.fine.push((*topic).to_owned());
        } else if let Some(wrong) = of_topic.first() {
            mend(call, &wrong.id, want).await?;
            state.mended.push((*topic).to_owned());
        } else {
            make(call, topic, want).await?;
            state.made.push((*topic).to_owned());
        }
    }
    Ok(state)
}

type Present = subscriptions::SubscriptionsWebhookSubscriptionsNodes;

/// All subscriptions of this app in this shop; it does not see those of others.
async fn all(call: &Call<'_>) -> Result<Vec<Present>> {
    let mut present = Vec::new();
    let mut pages = graphql::Pages::new();
    let mut after = None;
    loop {
        let variables = subscriptions::Variables { after: after.clone() };
        let page = graphql::send::<Subscriptions>(call, OPERATION, variables, false).await?.webhook_subscriptions;
        present.extend(page.nodes);
        after = pages.next(OPERATION, page.page_info.has_next_page, page.page_info.end_cursor, after.as_deref())?;
        if after.is_none() {
            return Ok(present);
        }
    }
}

fn topic_name(topic: &subscriptions::WebhookSubscriptionTopic) -> &str {
    use subscriptions::WebhookSubscriptionTopic as Topic;
    match topic {
        Topic::ORDERS_CREATE => "ORDERS_CREATE",
        Topic::ORDERS_UPDATED => "ORDERS_UPDATED",
        Topic::ORDERS_CANCELLED => "ORDERS_CANCELLED",
        Topic::ORDERS_DELETE => "ORDERS_DELETE",
        Topic::INVENTORY_LEVELS_UPDATE => LEVELS,
        Topic::Other(other) => other,
    }
}

/// Whether it delivers everything, whole, to us.
fn fits(present: &Present, want: &SubscriptionWant) -> bool {
    present.uri == want.url
        && present.format == subscriptions::WebhookSubscriptionFormat::JSON
        && present.filter.as_deref().unwrap_or_default().is_empty()
        && present.include_fields.is_empty()
}

async fn make(call: &Call<'_>, topic: &str, want: &SubscriptionWant) -> Result<()> {
    use subscribe::WebhookSubscriptionTopic as Topic;
    let variables = subscribe::Variables {
        topic: match topic {
            "ORDERS_CREATE" => Topic::ORDERS_CREATE,
            "ORDERS_UPDATED" => Topic::ORDERS_UPDATED,
            "ORDERS_CANCELLED" => Topic::ORDERS_CANCELLED,
            "ORDERS_DELETE" => Topic::ORDERS_DELETE,
            LEVELS => Topic::INVENTORY_LEVELS_UPDATE,
            other => Topic::Other(other.to_owned()),
        },
        subscription: subscribe::WebhookSubscriptionInput {
            uri: Some(want.url.clone()),
            format: Some(subscribe::WebhookSubscriptionFormat::JSON),
            filter: None,
            include_fields: Some(Vec::new()),
        },
    };
    let payload = graphql::send::<Subscribe>(call, OPERATION, variables, true).await?.webhook_subscription_create;
    settled(payload.is_some_and(|p| p.user_errors.is_empty()))
}

async fn mend(call: &Call<'_>, id: &str, want: &SubscriptionWant) -> Result<()> {
    let variables = resubscribe::Variables {
        id: id.to_owned(),
        subscription: resubscribe::WebhookSubscriptionInput {
            uri: Some(want.url.clone()),
            format: Some(resubscribe::WebhookSubscriptionFormat::JSON),
            filter: Some(String::new()),
            include_fields: Some(Vec::new()),
        },
    };
    let payload = graphql::send::<Resubscribe>(call, OPERATION, variables, true).await?.webhook_subscription_update;
    settled(payload.is_some_and(|p| p.user_errors.is_empty()))
}

fn settled(fine: bool) -> Result<()> {
    let refused = || {
        Error::new(
            ErrorKind::Declined,
            OPERATION,
            "Shopify declined the webhook address; it must be public and start with https://",
        )
    };
    fine.then_some(()).ok_or_else(refused)
}
