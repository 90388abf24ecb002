use super::super::harness_tests::{Canned, account, call, now, run};
use super::*;
use jiff::{SignedDuration, Timestamp};
use ports::{Answers, Jobs as _};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// A memory, as a process has it.
#[derive(Default)]
struct Memory(Mutex<BTreeMap<String, (Timestamp, Bytes)>>);

impl Answers for Memory {
    fn kept(&self, name: &str, now: Timestamp, no_older_than: Duration) -> Option<Bytes> {
        let kept = self.0.lock().unwrap();
        let (at, answer) = kept.get(name)?;
        (now.duration_since(*at) <= SignedDuration::try_from(no_older_than).unwrap()).then(|| answer.clone())
    }

    fn keep(&self, name: &str, now: Timestamp, answer: &Bytes) {
        self.0.lock().unwrap().insert(name.to_owned(), (now, answer.clone()));
    }
}

const WAITING: &str = r#"{"import_id":"7","status":"RUNNING","has_error_report":false}"#;
const REFUSED: &str = r#"{"import_id":"7","status":"COMPLETE","lines_in_error":1,"lines_in_success":2,"has_error_report":true}"#;
const REPORT: &str = "\"line-number\";\"error-message\";\"offer-sku\"\n\"1\";\"Unknown offer\";\"B\"\n";

#[test]
fn an_import_is_asked_once_for_all_of_its_lines_and_only_those_in_its_report_are_refused() {
    let (memory, account) = (Memory::default(), account());
    let canned = Canned::new(&[(200, WAITING), (200, REFUSED), (200, REPORT)]);
    let status = |seconds: i64, sku: &str| {
        let now = now() + SignedDuration::from_secs(seconds);
        let call = Call { answers: &memory, now, ..call(&canned, &account) };
        run(Capability.status(&call, &format!("stock|7|{sku}")))
    };
    for sku in ["A", "B", "C"] {
        assert_eq!(status(0, sku).unwrap(), Acknowledged::Pending(format!("stock|7|{sku}")));
    }
    for seconds in [15, 20, 1_000] {
        assert_eq!(status(seconds, "A").unwrap(), Acknowledged::Applied);
        let refused = status(seconds, "B").unwrap_err();
        assert!(refused.kind == ErrorKind::Declined && refused.message.contains("`B`: Unknown offer"), "{refused:?}");
        assert_eq!(status(seconds, "C").unwrap(), Acknowledged::Applied);
    }
    let paths = ["/7/status", "/7/status", "/7/error_report"].map(|path| format!("GET /api/offers/stock/imports{path}"));
    assert_eq!(canned.asked(), paths, "asked twice, and its report read once");
}

#[test]
fn complete_with_lines_in_error_is_no_success_and_an_unreadable_report_settles_nothing() {
    let account = account();
    for report in ["", "<html>", "a;b\n1;2\n"] {
        let canned = Canned::new(&[(200, REFUSED), (200, report)]);
        let error = run(Capability.status(&call(&canned, &account), "stock|7|A")).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Protocol, "{report}");
    }
}

#[test]
fn prices_are_followed_in_the_list_of_imports() {
    let account = account();
    let data = r#"{"data":[{"import_id":"8","status":"FAILED"},{"import_id":"9","status":"COMPLETE","lines_in_error":0,"has_error_report":false}]}"#;
    let status = |text: &str| {
        let canned = Canned::new(&[(200, data)]);
        (run(Capability.status(&call(&canned, &account), text)), canned.asked())
    };
    let (done, asked) = status("price|9|A");
    assert_eq!((done.unwrap(), asked), (Acknowledged::Applied, vec!["GET /api/offers/pricing/imports?import_id=9".to_owned()]));
    assert_eq!(status("price|8|A").0.unwrap_err().kind, ErrorKind::Declined);
    assert_eq!(status("price|10|A").0.unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(run(Capability.status(&call(&Canned::new(&[]), &account), "nonsense")).unwrap_err().kind, ErrorKind::BadInput);
}
