//! Orders, and how what is done about one is answered.

use crate::web::needs::Look;
use crate::web::query::{Cursor, Limit};
use crate::web::{Answer, Call, Context, NoPath, Problem, about_key, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use domain::{ConnectionId, OrderEventDetails, OrderNumber, OrderStage};
use engine::views::{self, OrderQuery, OrderView, PageRequest, RecentOrders};
use engine::{Cache, OrderCommand, Ports, handle_order};
use ports::{Error, ErrorKind};

pub(super) const TAG: &str = "Orders";

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/orders",
            get_with(
                list,
                doc(
                    TAG,
                    "listOrders",
                    "Orders",
                    "Without a filter, those taken in or changed today and yesterday, each once, the latest change first. With `stage`, \
                    `connection` or `q`, all there ever were that fit, from an index, which says how far it is (`index`): those that are still to \
                    leave in the order in which they must, all others the newest first. `q` finds the number that people see, a SKU or a tracking \
                    code, whole or from its beginning (at least three letters), and the channel's own id of an order if it is whole; no names",
                ),
            ),
        )
        .api_route("/api/v1/orders/{connection}/{order}", get_with(read, doc(TAG, "getOrder", "One order", "")))
}

/// An order.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct OrderPath {
    /// Where it came from.
    pub(crate) connection: ConnectionId,
    /// The id by which the channel names it.
    pub(crate) order: OrderNumber,
}

/// Which orders.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct Which {
    /// In this stage; `all`: in any.
    #[serde(default)]
    #[schemars(with = "StageFilter")]
    stage: Option<StageFilter>,
    /// Of this connection.
    #[serde(default)]
    connection: Option<ConnectionId>,
    /// What they are called, whole or from its beginning.
    #[serde(default)]
    q: Option<String>,
    /// The `next` of the page before; left out: the first page. Only with a filter.
    #[serde(default)]
    before: Option<Cursor>,
    /// Entries of the list.
    #[serde(default)]
    limit: Limit,
}

/// A stage; none: all of them.
#[derive(Debug, Clone, Copy)]
struct StageFilter(Option<OrderStage>);

/// The word for all stages.
const ALL: &str = "all";

impl StageFilter {
    fn names() -> Vec<&'static str> {
        [ALL].into_iter().chain(OrderStage::ALL.map(OrderStage::as_str)).collect()
    }
}

impl<'de> serde::Deserialize<'de> for StageFilter {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        if text == ALL {
            return Ok(Self(None));
        }
        text.parse().map(|stage| Self(Some(stage))).map_err(|_| {
            let got = crate::door::shortened(&text);
            serde::de::Error::custom(format!("got {got:?}, expected one of {}", Self::names().join(", ")))
        })
    }
}

impl schemars::JsonSchema for StageFilter {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "StageFilter".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "enum": Self::names() })
    }
}

async fn list(call: Call<Look, NoPath, Which>) -> Result<Answer<RecentOrders>, Problem> {
    let Which { stage, connection, q, before, limit } = call.query;
    let before = before.and_then(|before| before.0);
    if stage.is_none() && connection.is_none() && q.is_none() {
        if before.is_some() {
            return Err(
                Problem::new(400, "before: only with stage, connection or q; stage=all is of all orders").in_field("before")
            );
        }
        return Ok(Answer(views::recent_orders(&call.world, limit.0).await?));
    }
    let stage = stage.and_then(|stage| stage.0);
    let page = PageRequest { cursor: before, limit: limit.0 };
    let query = OrderQuery { stage, connection, q: q.unwrap_or_default(), page };
    let listed = views::order_list(&call.world, &query).await.map_err(|error| match error.operation {
        "cursor" => Problem::new(400, "before: expected the `next` of the page before, of the same list").in_field("before"),
        _ => error.into(),
    })?;
    Ok(Answer(listed))
}

async fn read(call: Call<Look, OrderPath>) -> Result<Answer<OrderView>, Problem> {
    Ok(Answer(views::order(&call.world, &call.path.connection, &call.path.order).await?))
}

/// Does something about an order. Answers the order as it is then.
pub(super) async fn act(
    world: &Ports,
    lookup: &Cache,
    path: (&ConnectionId, &OrderNumber),
    command: &OrderCommand,
    by: &str,
) -> Result<Answer<OrderView>, Problem> {
    let done = handle_order(world, lookup, path.0, path.1, command, by).await;
    done.map(|order| Answer(OrderView::from(order))).map_err(|error| {
        let field = field(command, &error);
        let problem = about_key(error);
        match field {
            Some(field) => problem.in_field(field),
            None => problem,
        }
    })
}

/// As `act`, for what is asked for under a key.
pub(super) async fn act_once(
    world: &Ports,
    lookup: &Cache,
    path: (&ConnectionId, &OrderNumber),
    command: &OrderCommand,
    by: &str,
) -> Result<Answer<OrderView>, Problem> {
    let done = act(world, lookup, path, command, by).await?;
    if is_said_otherwise(&done.0, command, by) {
        let message = format!(
            "id: it was entered under {:?} before, for another reason or by somebody else",
            command.id().unwrap_or_default()
        );
        return Err(about_key(Error::new(ErrorKind::Declined, "id", message)));
    }
    Ok(done)
}

/// Whether what the order knows under the key of a command was entered for another reason or by somebody else. Then nothing was done now: what
/// is entered now has both from the command.
fn is_said_otherwise(order: &OrderView, command: &OrderCommand, by: &str) -> bool {
    let Some(key) = command.id() else { return false };
    let about_it = |details: &OrderEventDetails| match details {
        OrderEventDetails::Shipment { id }
        | OrderEventDetails::Cancellation { id }
        | OrderEventDetails::ReturnAnnounced { id }
        | OrderEventDetails::Inspection { id }
        // With another carrier or tracking code a rejected shipment is told again, by whoever says so.
        | OrderEventDetails::SyncRetried { id } => id == key,
        _ => false,
    };
    let mut entered = order.history.iter().filter(|event| about_it(&event.details)).peekable();
    let by_another = entered.peek().is_some() && entered.all(|event| event.by.as_deref() != Some(by));
    let OrderCommand::AnnounceReturn { reason, .. } = command else { return by_another };
    by_another || order.returns.iter().any(|known| known.id == key && known.reason != *reason)
}

/// The field of the request that a refusal is about.
fn field(command: &OrderCommand, error: &Error) -> Option<&'static str> {
    let refused = matches!(error.kind, ErrorKind::BadInput | ErrorKind::NotFound | ErrorKind::Declined);
    if !refused || error.operation == "connection" {
        return None;
    }
    let about_a_line = ["line ", "needs at least one", "nothing is left"].iter().any(|words| error.message.contains(words));
    match (error.operation, command) {
        ("location", OrderCommand::InspectReturn { .. }) => Some("restock_at"),
        ("location", _) => Some("location"),
        ("carrier", _) => Some("carrier"),
        ("cancel" | "lines", _) => Some("lines"),
        ("tracking", _) => Some("tracking"),
        ("reason", _) => Some("reason"),
        (_, OrderCommand::ReceiveReturn { .. } | OrderCommand::InspectReturn { .. })
            if error.message.starts_with("the order has no return") =>
        {
            Some("return")
        }
        (_, OrderCommand::InspectReturn { .. }) if error.message.contains("go back on sale") => Some("restock_at"),
        (_, OrderCommand::InspectReturn { .. }) if error.kind == ErrorKind::BadInput => Some("units"),
        (_, OrderCommand::Ship { .. }) if error.message.contains("correct the stock first") => Some("location"),
        (_, OrderCommand::Ship { .. } | OrderCommand::Cancel { .. } | OrderCommand::AnnounceReturn { .. }) if about_a_line => {
            Some("lines")
        }
        _ => None,
    }
}
