//! The shop that leads the stock, where one does: what its staff change there is taken as a correction.

use super::connection::Connection;
use super::section::Section;
use domain::{ConnectionId, StockRule};
use ports::{Connector, Connectors};

/// Notes which connection leads, and names what stands in its way.
pub(super) fn read(stock: &Section<'_, '_>, shares_out: bool, connections: &mut [Connection]) {
    let Some(id) = stock.may::<ConnectionId>("led_by") else { return };
    let known = connections.iter().map(|c| c.id.to_string()).collect::<Vec<_>>().join(", ");
    let Some(leader) = connections.iter_mut().find(|c| c.id == id) else {
        stock.wrong("led_by", format!("names `{id}`, which is no connection; known are {known}"));
        return;
    };
    let can_lead = |connector: &&dyn Connector| connector.stock().is_some_and(|stock| stock.descriptor().can_lead);
    if !connectors::Registry.get(&leader.channel).as_ref().is_some_and(can_lead) {
        let able: Vec<_> = connectors::Registry.all().into_iter().filter(can_lead).map(|able| able.descriptor().id).collect();
        stock.wrong(
            "led_by",
            format!("names `{id}`, but a {} account cannot lead; it can be one of {}", leader.channel, able.join(", ")),
        );
    }
    if leader.locations.len() != 1 {
        let what = "its staff change one figure, so one location must serve it: give that connection `locations` with just one";
        stock.wrong("led_by", format!("names `{id}`, which {} locations serve; {what}", leader.locations.len()));
    }
    if leader.rule != StockRule::default() {
        let what = "a shop that leads is shown all there is; take the [connection.rule] of that connection away";
        stock.wrong("led_by", format!("names `{id}`, which has a rule of its own; {what}"));
    }
    if shares_out {
        let what =
            "a shop that leads shows all there is, so that nothing of what it sells can be shared out; leave one of the two out";
        stock.wrong("quota_mode_below", what);
    }
    leader.leads = true;
}
