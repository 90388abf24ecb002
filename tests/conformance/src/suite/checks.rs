//! Whether credentials are accepted, and what they lack.

use super::refusals::with_credentials;
use crate::bench::{Bench, Subject, named};
use domain::ConnectionId;
use engine::rows::CheckOutcome;
use engine::views::{CheckStatus, ConnectionCheck, connection_check};
use engine::{ask_for_check, check_connection, watch_connections};
use ports::{Error, ErrorKind, Secret};
use std::sync::Arc;
use testkit::given::GivenSecrets;
use testkit::run::finish;

fn one() -> ConnectionId {
    named("one")
}

/// A look, as soon as the channel lets us call it.
fn checked(bench: &Bench) -> CheckOutcome {
    bench
        .patiently(|| {
            let found = finish(check_connection(&bench.world(), &bench.lookup, &one()))?;
            found.ok_or_else(|| Error::new(ErrorKind::RateLimited, "check", "calls are held back"))
        })
        .unwrap()
}

/// What a poll does about credentials that are due: whether they were.
fn look(bench: &Bench) -> bool {
    let watched = finish(watch_connections(&bench.world(), &bench.lookup)).unwrap();
    let due = watched.to_check.contains(&one());
    if due {
        checked(bench);
    }
    due
}

fn shown(bench: &Bench) -> ConnectionCheck {
    finish(connection_check(&bench.world(), &bench.lookup, &one())).unwrap()
}

pub(super) fn right_credentials_are_known_to_be_right_and_looked_at_once_a_day(subject: &Subject) {
    let bench = subject.bench();
    assert_eq!((shown(&bench).status, shown(&bench).checked_at), (CheckStatus::Unknown, None), "never looked at is not known");
    assert!(look(&bench));
    let found = shown(&bench);
    assert_eq!((found.status, found.missing_rights.len(), found.error), (CheckStatus::Accepted, 0, None));
    let sent = bench.sent();
    bench.pass(60);
    assert_eq!((look(&bench), bench.sent()), (false, sent), "not again so soon");
    finish(ask_for_check(&bench.world(), &bench.lookup, &one())).unwrap();
    assert!(shown(&bench).requested_at.is_some());
    bench.pass(1);
    assert!(look(&bench), "somebody asked");
    assert_eq!(shown(&bench).requested_at, None);
    bench.pass(25 * 3600);
    assert!(look(&bench), "a day is over");
    // Nothing of the shop moved by it.
    assert_eq!((bench.shown(0), bench.shown(1)), (900, 900));
}

pub(super) fn wrong_credentials_are_refused_and_others_looked_at_at_once(subject: &Subject) {
    let right = subject.bench().world().secrets;
    let wrong = subject.descriptor().credentials.iter().map(|n| ((*n).to_owned(), Secret::new("wrongwrongwrongwrong")));
    let mut bench = with_credentials(subject, &wrong.collect());
    assert!(look(&bench));
    let found = shown(&bench);
    assert_eq!((found.status, found.error.as_deref()), (CheckStatus::Rejected, Some("unauthorized")));
    assert!(!format!("{found:?}{:?}", bench.stage.table.rows()).contains("wrongwrong"), "no credential is shown or kept");
    let health = finish(engine::views::health(&bench.world())).unwrap();
    let health = health.connections.into_iter().find(|each| each.connection == one()).unwrap();
    assert_eq!(health.status, domain::HealthStatus::Failing);
    bench.pass(5 * 60 + 1);
    assert!(!look(&bench), "the same ones within the hour");
    bench.stage.secrets = Arc::new(GivenSecrets([(one(), finish(right.credentials(&one())).unwrap())].into()));
    bench.lookup = engine::Cache::default();
    assert!(look(&bench), "others");
    assert_eq!(shown(&bench).status, CheckStatus::Accepted);
}

pub(super) fn a_right_that_is_lacking_is_told_by_its_name(subject: &Subject) {
    let bench = subject.bench();
    let rights = ["Read/Write", "write_inventory", "ROLE_PARTNER_ORDER_READ", "Inventory and Order Tracking", "order:read"];
    let Some(right) = rights.into_iter().find(|right| bench.on("one", |side, _| side.lack(right))) else {
        return subject.skip("whoever has a token there may do everything: it has no rights to grant one by one");
    };
    let outcome = checked(&bench);
    let CheckOutcome::Accepted { missing_rights, .. } = outcome else { panic!("{outcome:?}") };
    assert!(missing_rights.iter().any(|named| named == right), "{missing_rights:?}");
    let found = shown(&bench);
    assert_eq!((found.status, found.error.as_deref()), (CheckStatus::MissingRights, Some("missing_rights")));
    assert!(found.missing_rights == missing_rights && found.message.unwrap().contains(right));
    let listed = finish(engine::views::attention(&bench.world())).unwrap().parked;
    let [entry] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!((&entry.missing_rights, entry.connection.as_ref()), (&missing_rights, Some(&one())));
    let health = finish(engine::views::health(&bench.world())).unwrap();
    let health = health.connections.into_iter().find(|each| each.connection == one()).unwrap();
    let task = health.tasks.into_iter().find(|task| task.task == domain::Task::Credentials).unwrap();
    assert_eq!(task.error.as_deref(), Some("missing_rights"));
}
