//! What a channel refuses, or never ends: a person sees it and can put it right.

#![allow(clippy::unwrap_used, reason = "a test may fail on what is not there")]

use contracts::OrderUpdateDue;
use domain::{CarrierId, ChannelSync, LineUnits, LocationId, OrderUpdate, Quantity, ReturnCondition, ReturnResolution};
use engine::rows::Subject;
use engine::{Cache, OrderCommand, close_parked, handle_order, retry_parked, tell_order};
use jiff::SignedDuration;
use ports::{Error, ErrorKind, FulfilmentDescriptor, HeardReturns, QueueName, Status};
use testkit::run::finish;
use testkit::scripted::{Answer, FULFILMENT, Scripted};
use testkit::scripted_shop::{ScriptedShop, due, line};

/// It takes no shipment without a carrier, at most one line in it, and hears of no refusal that it does not know.
static PARTICULAR: FulfilmentDescriptor = FulfilmentDescriptor {
    needs_carrier: true,
    most_lines: Some(1),
    most_returned: Some(1),
    returns: HeardReturns::ButUnknownRefusals,
    ..FULFILMENT
};

fn sold(channel: Scripted) -> ScriptedShop {
    let shop = ScriptedShop::open(channel, &["web"]);
    shop.order("web", "7", 3);
    shop
}

fn parcel(carrier: Option<&str>, units: i64) -> OrderCommand {
    let lines = vec![LineUnits { line: line(), units: Quantity::new(units).unwrap() }];
    let carrier = carrier.map(|word| CarrierId::new(word).unwrap());
    OrderCommand::Ship { id: Some("p".into()), location: LocationId::new("main").unwrap(), lines, carrier, tracking: None }
}

fn asks(shop: &ScriptedShop, command: &OrderCommand) -> ports::Result<domain::Order> {
    let OrderUpdateDue { connection, number, .. } = due("web", "7", "p");
    finish(handle_order(&shop.world(), &Cache::default(), &connection, &number, command, "Ada"))
}

/// Works on what waits, each when its time has come, until nothing waits or so much time is over. Answers how often.
fn work(shop: &ScriptedShop, most: SignedDuration) -> usize {
    let (mut times, mut passed) = (0, SignedDuration::ZERO);
    while passed <= most {
        let waiting = shop.stage.queue.take(QueueName::OrderUpdates);
        if waiting.is_empty() {
            break;
        }
        for message in waiting {
            let wait = SignedDuration::try_from(message.delay).unwrap();
            shop.stage.clock.pass(wait);
            passed += wait;
            times += 1;
            let due: OrderUpdateDue = serde_json::from_str(&message.body).unwrap();
            finish(tell_order(&shop.world(), &Cache::default(), &due)).unwrap();
        }
    }
    times
}

fn no(kind: ErrorKind, status: Status) -> Answer {
    Answer::No(kind, status)
}

#[test]
fn what_a_channel_needs_is_asked_for_before_anything_leaves() {
    let shop = sold(Scripted::told_by(&PARTICULAR));
    let before = shop.found("web", "7");
    let refused: Error = asks(&shop, &parcel(None, 3)).unwrap_err();
    assert_eq!((refused.kind, refused.operation), (ErrorKind::BadInput, "carrier"), "{}", refused.message);
    assert_eq!(shop.found("web", "7"), before, "its units are still to be sent");
    asks(&shop, &parcel(Some("postnl"), 3)).unwrap();
    asks(&shop, &parcel(Some("postnl"), 3)).unwrap();
    let back = OrderCommand::AnnounceReturn {
        id: Some("r".into()),
        lines: vec![LineUnits { line: line(), units: Quantity::new(3).unwrap() }],
        reason: String::new(),
    };
    asks(&shop, &back).unwrap();
    let inspect = |units: i64, verdict| OrderCommand::InspectReturn {
        id: Some(format!("i-{units}-{verdict:?}").replace(' ', "")),
        r#return: "r".into(),
        line: line(),
        units: Quantity::new(units).unwrap(),
        condition: ReturnCondition::Damaged,
        restock_at: None,
        resolution: verdict,
    };
    assert_eq!(
        asks(&shop, &inspect(2, ReturnResolution::Accepted)).unwrap_err().operation,
        "units",
        "more than one decision takes"
    );
    let order = asks(&shop, &inspect(1, ReturnResolution::Rejected)).unwrap();
    assert_eq!(order.returns[0].inspections[0].channel_sync, ChannelSync::NotNeeded, "it cannot hear of it, and need not");
}

#[test]
fn a_parcel_that_was_refused_is_told_again_under_its_mark_with_another_carrier() {
    let shop = sold(Scripted::default());
    asks(&shop, &parcel(Some("unheard-of"), 3)).unwrap();
    shop.channel.answers([no(ErrorKind::Declined, Status::Permanent)]);
    work(&shop, SignedDuration::from_hours(1));
    assert!(matches!(shop.told("web", "7", "p"), ChannelSync::Rejected { .. }));
    assert_eq!((shop.parked().len(), shop.outbox().len()), (1, 0));
    asks(&shop, &parcel(Some("unheard-of"), 3)).unwrap();
    assert!(matches!(shop.told("web", "7", "p"), ChannelSync::Rejected { .. }), "the same once more is no correction");
    assert_eq!(
        asks(&shop, &parcel(Some("postnl"), 2)).unwrap_err().kind,
        ErrorKind::Declined,
        "another content is another parcel"
    );
    asks(&shop, &parcel(Some("postnl"), 3)).unwrap();
    assert_eq!(shop.outbox().len(), 1, "it waits to be told, whatever becomes of its message");
    work(&shop, SignedDuration::from_hours(1));
    assert!(matches!(shop.told("web", "7", "p"), ChannelSync::Synced { .. }));
    assert_eq!(shop.channel.asked(), 0, "it said that it does not want it, so it need not be asked whether it has it");
    let told = shop.channel.told();
    let OrderUpdate::Shipment(last) = &told.last().unwrap().update else { panic!("{told:?}") };
    assert_eq!(last.carrier.as_ref().unwrap().as_str(), "postnl");
    assert_eq!(finish(close_parked(&shop.world())).unwrap(), 1, "and it leaves the list");
}

#[test]
fn what_was_refused_is_tried_again_from_the_list() {
    let shop = sold(Scripted::default());
    asks(&shop, &parcel(None, 3)).unwrap();
    shop.channel.answers([no(ErrorKind::Declined, Status::Permanent)]);
    work(&shop, SignedDuration::from_hours(1));
    let parked = shop.parked().remove(0);
    assert_eq!(finish(close_parked(&shop.world())).unwrap(), 0, "it is not right yet");
    finish(retry_parked(&shop.world(), &Cache::default(), &parked.id, "a person")).unwrap();
    work(&shop, SignedDuration::from_hours(1));
    assert!(matches!(shop.told("web", "7", "p"), ChannelSync::Synced { .. }));
    assert_eq!(finish(close_parked(&shop.world())).unwrap(), 1);
}

#[test]
fn what_the_channel_takes_and_never_shows_is_seen_by_a_person_and_tried_no_more() {
    let shop = sold(Scripted::default());
    asks(&shop, &parcel(None, 3)).unwrap();
    shop.channel.answers([no(ErrorKind::Conflict, Status::Unknown); 200]);
    let tries = work(&shop, SignedDuration::from_hours(12));
    assert!(tries < 60, "{tries}");
    let ChannelSync::Rejected { reason, .. } = shop.told("web", "7", "p") else { panic!("{:?}", shop.told("web", "7", "p")) };
    assert!(reason.contains("to no end: as the script says"), "{reason}");
    assert_eq!((shop.parked().len(), shop.outbox().len()), (1, 0));
    assert!(matches!(shop.parked()[0].subject, Subject::Update { .. }));
}

#[test]
fn what_gets_no_answer_for_long_is_seen_by_a_person_tried_seldom_and_leaves_the_list_once_it_is_told() {
    for answers in
        [no(ErrorKind::Unavailable, Status::Unknown), no(ErrorKind::Timeout, Status::Unknown), Answer::Taken("under way")]
    {
        let shop = sold(Scripted::default());
        asks(&shop, &parcel(None, 3)).unwrap();
        shop.channel.answers(std::iter::repeat_n(answers, 2_000));
        shop.channel.looks(std::iter::repeat_n(Answer::Taken("under way"), 2_000));
        work(&shop, SignedDuration::from_mins(10));
        assert!(shop.parked().is_empty(), "{answers:?}: it may be slow");
        work(&shop, SignedDuration::from_hours(1));
        assert_eq!((shop.parked().len(), shop.outbox().len()), (1, 1), "{answers:?}");
        let often = work(&shop, SignedDuration::from_hours(2));
        assert!(often <= 12, "{answers:?}: {often} times in two hours");
        assert_eq!(shop.parked().len(), 1, "{answers:?}: the same thing is one entry");
    }
}
