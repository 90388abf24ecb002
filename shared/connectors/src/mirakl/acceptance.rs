//! The merchant's word: which lines of an order will be sent.
//!
//! It is given once, and every line that waits must be in it. An order that waits no more has it already, or was given away: read again, it says.

use super::snapshot::WAITING_ACCEPTANCE;
use super::{errors, orders, requests, wire};
use async_trait::async_trait;
use domain::{AcceptanceUpdate, OrderNumber};
use ports::{AcceptanceDescriptor, Acknowledged, Call, Error, ErrorKind, Result};

const TELL: &str = "mirakl.accept";
const LOOK: &str = "mirakl.accepted";

async fn answer(call: &Call<'_>, number: &OrderNumber, update: &AcceptanceUpdate) -> Result<Acknowledged> {
    let order = orders::one(call, TELL, number).await?;
    if order.order_state.text() != WAITING_ACCEPTANCE {
        return Ok(Acknowledged::Applied);
    }
    let lines = order.order_lines.get().map(|lines| lines.readable::<wire::Line>().collect::<Vec<_>>()).unwrap_or_default();
    let waits = |line: &&wire::Line| line.order_line_state.text() == WAITING_ACCEPTANCE;
    let decide = |line: &wire::Line| {
        let id = line.order_line_id.text().to_owned();
        // One that the word does not name could not be read: a person sees to it.
        wire::Decision { accepted: !update.rejected.iter().any(|one| one.as_str() == id), id }
    };
    let order_lines: Vec<wire::Decision> = lines.iter().filter(waits).map(decide).collect();
    if order_lines.iter().any(|line| line.id.is_empty()) {
        let message = "a line of the order does not tell its id, and a word about some of them is not taken";
        return Err(Error::new(ErrorKind::Protocol, TELL, message));
    }
    let path = format!("{}/{}/accept", orders::PATH, requests::segment(TELL, number.as_str())?);
    let response = requests::put(call, TELL, &path, &wire::Decisions { order_lines }).await?;
    if errors::is(&response, "ORDER_INVALID_STATE") {
        return Ok(Acknowledged::Applied);
    }
    errors::check(TELL, response, true).map(|_| Acknowledged::Applied)
}

/// Mirakl waits for the merchant's word.
pub(super) struct Capability;

static DESCRIPTOR: AcceptanceDescriptor = AcceptanceDescriptor { by_line: true };

#[async_trait]
impl ports::Acceptance for Capability {
    fn descriptor(&self) -> &'static AcceptanceDescriptor {
        &DESCRIPTOR
    }

    async fn answer(&self, call: &Call<'_>, number: &OrderNumber, update: &AcceptanceUpdate) -> Result<Acknowledged> {
        answer(call, number, update).await
    }

    async fn answered(&self, call: &Call<'_>, number: &OrderNumber, _: &AcceptanceUpdate) -> Result<Option<bool>> {
        let order = orders::one(call, LOOK, number).await?;
        let state = order.order_state.needed("order_state", "a state");
        let state = state.map_err(|problem| errors::unreadable(LOOK, "an order", &problem))?;
        Ok(Some(state != WAITING_ACCEPTANCE))
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::{Canned, account, call, run};
    use super::*;
    use domain::OrderLineId;
    use ports::Acceptance as _;

    const WAITING: &str = r#"{"orders":[{"order_id":"MK-1-A","order_state":"WAITING_ACCEPTANCE","order_lines":[
        {"order_line_id":"1","order_line_state":"WAITING_ACCEPTANCE","quantity":1},
        {"order_line_id":"2","order_line_state":"WAITING_ACCEPTANCE","quantity":{}},
        {"order_line_id":"3","order_line_state":"CANCELED","quantity":1},
        {"order_line_id":"4","order_line_state":"WAITING_ACCEPTANCE","quantity":1}]}],"total_count":1}"#;

    fn told(then: &[(u16, &str)]) -> (Result<Acknowledged>, Vec<String>) {
        let canned = Canned::new(&[&[(200, WAITING)], then].concat());
        let id = |text: &str| OrderLineId::new(text).unwrap();
        let update = AcceptanceUpdate { accepted: vec![id("1")], rejected: vec![id("4")] };
        let account = account();
        let told = run(Capability.answer(&call(&canned, &account), &OrderNumber::new("MK-1-A").unwrap(), &update));
        (told, canned.asked())
    }

    #[test]
    fn every_line_that_waits_is_in_it_also_one_that_could_not_be_read() {
        let (told, asked) = told(&[(204, "")]);
        assert_eq!(told.unwrap(), Acknowledged::Applied);
        let body = r#"{"order_lines":[{"id":"1","accepted":true},{"id":"2","accepted":true},{"id":"4","accepted":false}]}"#;
        assert_eq!(asked[1], format!("PUT /api/orders/MK-1-A/accept {body}"));
    }

    #[test]
    fn an_order_that_waits_no_more_is_looked_at_again_and_any_other_refusal_is_one() {
        assert_eq!(told(&[(400, r#"{"error_code":"ORDER_INVALID_STATE","message":"x"}"#)]).0.unwrap(), Acknowledged::Applied);
        let partial = told(&[(400, r#"{"error_code":"ORDER_PARTIAL_ACCEPTANCE_DISABLED","message":"x"}"#)]).0.unwrap_err();
        assert_eq!(partial.kind, ErrorKind::Declined);
    }
}
