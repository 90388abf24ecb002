use super::super::Bol;
use super::super::harness_tests::{Canned, account, call, response, run, token};
use super::*;
use ports::{Connector, Disposition};

fn taken(answers: &[(u16, &str)]) -> Result<Acknowledged> {
    let mut under_way = UnderWay::default();
    for (status, body) in answers {
        let answer = response(*status, body, &[]);
        under_way.take("t", &answer).map_err(|error| under_way.stopped("t", error))?;
    }
    Ok(under_way.acknowledged())
}

fn asked(ids: &str, answers: &[(u16, &str)]) -> (Result<Acknowledged>, Vec<String>) {
    let (http, account, token) = (Canned::new(answers), account(), token());
    let result = run(Bol.jobs().unwrap().status(&call(&http, &account, &token), ids));
    (result, http.asked())
}

const PENDING: (u16, &str) = (200, r#"{"processStatusId":"p","status":"PENDING"}"#);
const SUCCESS: (u16, &str) = (200, r#"{"processStatusId":"p","status":"SUCCESS"}"#);
const FAILURE: (u16, &str) = (200, r#"{"processStatusId":"p","status":"FAILURE","errorMessage":"already handled"}"#);
const TIMEOUT: (u16, &str) = (200, r#"{"processStatusId":"p","status":"TIMEOUT"}"#);
const GONE: (u16, &str) = (404, r#"{"title":"Not Found","status":404}"#);

#[test]
fn a_202_is_pending_until_its_status_says_otherwise() {
    assert_eq!(taken(&[(202, PENDING.1)]).unwrap(), Acknowledged::Pending("p".into()));
    assert_eq!(taken(&[(202, PENDING.1), (202, SUCCESS.1), (202, r#"{"processStatusId":7,"status":"PENDING"}"#)]).unwrap(), {
        Acknowledged::Pending("p 7".into())
    });
    assert_eq!(taken(&[(202, SUCCESS.1)]).unwrap(), Acknowledged::Applied);
    let failed = taken(&[(202, FAILURE.1)]).unwrap_err();
    assert_eq!((failed.kind, failed.disposition()), (ErrorKind::Declined, Disposition::Park));
    assert!(failed.message.contains("already handled"), "{}", failed.message);
    for unclear in ["", "<html>", r#"{"status":"PENDING"}"#, TIMEOUT.1] {
        assert_eq!(taken(&[(202, unclear)]).unwrap_err().disposition(), Disposition::ReadBack, "{unclear}");
    }
}

#[test]
fn what_fails_after_a_part_was_taken_is_unknown_as_a_whole() {
    for second in [FAILURE, TIMEOUT, (202, "<html>")] {
        for first in [PENDING, SUCCESS] {
            let error = taken(&[first, second]).unwrap_err();
            assert_eq!((error.kind, error.disposition()), (ErrorKind::Unavailable, Disposition::ReadBack), "{second:?}");
        }
    }
}

#[test]
fn all_processes_of_an_update_are_asked_for_and_only_the_open_ones_again() {
    let (result, asked_for) = asked("a-1 b-2", &[SUCCESS, PENDING]);
    assert_eq!(result.unwrap(), Acknowledged::Pending("b-2".into()));
    assert_eq!(asked_for, ["GET /shared/process-status/a-1", "GET /shared/process-status/b-2"]);
    assert_eq!(asked("a b", &[SUCCESS, SUCCESS]).0.unwrap(), Acknowledged::Applied);
    assert_eq!(asked("a b", &[FAILURE, PENDING]).0.unwrap(), Acknowledged::Pending("a b".into()), "told once all is said");
    let declined = asked("a b", &[FAILURE, SUCCESS]).0.unwrap_err();
    assert_eq!(declined.kind, ErrorKind::Declined);
    assert!(declined.message.contains("already handled"));
}

#[test]
fn what_nobody_can_say_any_more_is_looked_up() {
    for answers in [[TIMEOUT, SUCCESS], [GONE, SUCCESS], [FAILURE, TIMEOUT], [GONE, FAILURE]] {
        assert_eq!(asked("a b", &answers).0.unwrap_err().disposition(), Disposition::ReadBack, "{answers:?}");
    }
}

#[test]
fn a_strange_status_is_no_verdict_and_a_strange_id_is_no_path() {
    let strange = (200, r#"{"processStatusId":"p","status":"MAYBE"}"#);
    assert_eq!(asked("a", &[strange]).0.unwrap_err().kind, ErrorKind::Protocol);
    for id in ["", "../x", "a  b"] {
        let error = asked(id, &[SUCCESS]).0.unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadInput, "{id:?}");
    }
    let down = asked("a", &[(503, "")]).0.unwrap_err();
    assert_eq!(down.disposition(), Disposition::Retry, "a read changes nothing");
}
