use crate::order_action::tests::{Desk, at, cancellation, parcel, refused, snapshot};
use crate::{ActionRefused, Again, CarrierId, ChannelSync, SyncStep};

fn again(id: &str, carrier: Option<&str>) -> Again {
    let label = carrier.map(|carrier| (Some(CarrierId::new(carrier).unwrap()), None));
    Again { id: id.into(), label }
}

#[test]
fn a_parcel_that_was_refused_is_told_with_another_carrier_and_its_channel_is_asked_first() {
    let mut desk = Desk::with(&[("a", "main", 3)]);
    desk.told(snapshot(1, &[("1", 3, 0, 0, 0)]));
    desk.does(&parcel("p", "main", &[("1", 3)])).unwrap();
    assert!(matches!(desk.syncs_again(&again("p", Some("dhl"))), Err(ActionRefused::NotNow(_))), "it is being told");
    assert_eq!(desk.syncs_again(&again("p", None)), Err(ActionRefused::Already), "and that is all that was asked for");
    desk.syncs("p", &SyncStep::Rejected { reason: "no".into(), outcome_unknown: true }).unwrap();
    let stock = desk.on("a", "main");
    desk.syncs_again(&again("p", Some("dhl"))).unwrap();
    let parcel = desk.order.as_ref().unwrap().shipments[0].clone();
    assert_eq!(parcel.carrier.unwrap().as_str(), "dhl");
    assert!(matches!(parcel.channel_sync, ChannelSync::Sending { .. }), "where nobody knows whether it has it, it is asked");
    assert_eq!((desk.on("a", "main"), desk.order.as_ref().unwrap().shipments.len()), (stock, 1), "nothing more left");
    desk.syncs("p", &SyncStep::Applied { at: at(9) }).unwrap();
    assert!(matches!(desk.syncs_again(&again("p", Some("gls"))), Err(ActionRefused::NotNow(_))), "the channel has it");
    assert!(matches!(desk.syncs_again(&again("q", None)), Err(ActionRefused::Unknown(_))));
}

#[test]
fn what_was_cancelled_in_vain_and_sent_since_is_not_cancelled_once_more() {
    let mut desk = Desk::with(&[("a", "main", 3)]);
    desk.told(snapshot(1, &[("1", 3, 0, 0, 0)]));
    desk.does(&cancellation("c", "1", 2)).unwrap();
    desk.syncs("c", &refused()).unwrap();
    desk.syncs_again(&again("c", None)).unwrap();
    desk.syncs("c", &refused()).unwrap();
    desk.does(&parcel("p", "main", &[("1", 2)])).unwrap();
    assert!(matches!(desk.syncs_again(&again("c", None)), Err(ActionRefused::NotNow(_))));
}
