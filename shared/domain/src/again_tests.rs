use crate::deed::tests::{Desk, at, cancellation, parcel, snapshot};
use crate::{Again, CarrierId, Deed, Telling, Undone};

fn again(id: &str, carrier: Option<&str>) -> Deed {
    let label = carrier.map(|carrier| (Some(CarrierId::new(carrier).unwrap()), None));
    Deed::TellAgain(Again { id: id.into(), label })
}

fn refused(id: &str, unsure: bool) -> Deed {
    Deed::Told { id: id.into(), told: Telling::Refused { reason: "no".into(), unsure } }
}

#[test]
fn a_parcel_that_was_refused_is_told_with_another_carrier_and_its_channel_is_asked_first() {
    let mut desk = Desk::with(&[("a", "main", 3)]);
    desk.told(snapshot(1, &[("1", 3, 0, 0, 0)]));
    desk.does(&parcel("p", "main", &[("1", 3)])).unwrap();
    assert!(matches!(desk.does(&again("p", Some("dhl"))), Err(Undone::NotNow(_))), "it is being told");
    assert_eq!(desk.does(&again("p", None)), Err(Undone::Already), "and that is all that was asked for");
    desk.does(&refused("p", true)).unwrap();
    let stock = desk.on("a", "main");
    desk.does(&again("p", Some("dhl"))).unwrap();
    let parcel = desk.order.as_ref().unwrap().parcels[0].clone();
    assert_eq!(parcel.carrier.unwrap().as_str(), "dhl");
    assert!(matches!(parcel.told, Telling::Begun { .. }), "where nobody knows whether it has it, it is asked");
    assert_eq!((desk.on("a", "main"), desk.order.as_ref().unwrap().parcels.len()), (stock, 1), "nothing more left");
    desk.does(&Deed::Told { id: "p".into(), told: Telling::Told { at: at(9) } }).unwrap();
    assert!(matches!(desk.does(&again("p", Some("gls"))), Err(Undone::NotNow(_))), "the channel has it");
    assert!(matches!(desk.does(&again("q", None)), Err(Undone::Unknown(_))));
}

#[test]
fn what_was_cancelled_in_vain_and_sent_since_is_not_cancelled_once_more() {
    let mut desk = Desk::with(&[("a", "main", 3)]);
    desk.told(snapshot(1, &[("1", 3, 0, 0, 0)]));
    desk.does(&cancellation("c", "1", 2)).unwrap();
    desk.does(&refused("c", false)).unwrap();
    desk.does(&again("c", None)).unwrap();
    desk.does(&refused("c", false)).unwrap();
    desk.does(&parcel("p", "main", &[("1", 2)])).unwrap();
    assert!(matches!(desk.does(&again("c", None)), Err(Undone::NotNow(_))));
}
