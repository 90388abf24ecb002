//! Who bought an order, for those who may know it; and its erasure. Whoever may only look is refused before (`lambda_kit`).

use super::orders::{OrderPath, TAG};
use crate::web::needs::{ErasePersonalData, ReadBuyers};
use crate::web::{Accepted, Answer, By, Call, Code, Context, NoBody, Private, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use engine::views::{self, BuyerView};
use engine::{Erased, ask_for_buyer, erase_buyer};
use ports::{Error, ErrorKind};
use url::form_urlencoded;

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/orders/{connection}/{order}/buyer",
        get_with(
            read,
            doc(
                TAG,
                "getBuyer",
                "Who bought an order",
                "What is kept of the buyer: personal data, for those who may change things and not for those who only look. 404: nothing is kept; \
                 410 (`erased`): it was erased",
            ),
        )
        .post_with(
            ask,
            doc(
                TAG,
                "readBuyer",
                "Have the buyer read",
                "Has the buyer of an order read from its channel; a moment later `getBuyer` answers it. It is kept for as long as the channel's \
                 rules allow after delivery, or for the connection's `keep_buyer_days` if these are fewer. Takes no body. 409 (`erased`): it was \
                 erased, and is not read again",
            ),
        )
        .delete_with(
            erase,
            doc(
                TAG,
                "eraseBuyer",
                "Erase the buyer",
                "Erases what is kept of the buyer of an order, and what parked things about it hold. It is not read from the channel again",
            ),
        ),
    )
}

/// Who wants it erased.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct ErasedBy {
    #[serde(default)]
    by: By,
}

/// That somebody is having the buyer read.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct BuyerRequested {
    /// It was asked for; a moment later it can be read where the header `location` says.
    requested: bool,
}

async fn read(call: Call<ReadBuyers, OrderPath>) -> Result<Private<BuyerView>, Problem> {
    let view = views::buyer(&call.world, &call.path.connection, &call.path.order).await;
    Ok(Private(view.map_err(|error| erased(error, 410))?))
}

/// What was erased is not there any more, and nobody can have it read.
fn erased(error: Error, status: u16) -> Problem {
    match error.kind {
        ErrorKind::Declined => Problem::of(Code::Erased, status, error.message),
        _ => error.into(),
    }
}

async fn ask(call: Call<ReadBuyers, OrderPath>, _: NoBody) -> Result<Accepted<BuyerRequested>, Problem> {
    let OrderPath { connection, order } = &call.path;
    ask_for_buyer(&call.world, connection, order).await.map_err(|error| erased(error, 409))?;
    let escaped = |part: &str| form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>().replace('+', "%20");
    let progress = format!("/api/v1/orders/{}/{}/buyer", escaped(connection.as_str()), escaped(order.as_str()));
    Ok(Accepted { body: BuyerRequested { requested: true }, progress: Some(progress) })
}

async fn erase(call: Call<ErasePersonalData, OrderPath, ErasedBy>, _: NoBody) -> Result<Answer<Erased>, Problem> {
    let by = call.query.by.of(&call.caller)?;
    Ok(Answer(erase_buyer(&call.world, &call.path.connection, &call.path.order, &by).await?))
}
