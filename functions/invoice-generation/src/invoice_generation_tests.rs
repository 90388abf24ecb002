//! Runs as the schedule starts them; what is issued and how is `engine`'s to prove.

use super::*;
use ports::{Clock, ErrorKind};
use testkit::given::GivenSecrets;
use testkit::memory::{MemoryDocuments, MemoryMailer};
use testkit::run::finish;
use testkit::{Stage, faults::Fault};

fn handle(stage: &Stage, payload: &str) -> Result<String> {
    let (archive, mailer) = (Arc::new(MemoryDocuments::default()), Arc::new(MemoryMailer::default()));
    let handler = InvoiceGeneration::new(stage.world(), archive, mailer);
    let deadline = stage.clock.now().checked_add(jiff::SignedDuration::from_secs(50)).unwrap();
    finish(handler.handle(payload, deadline))
}

#[test]
fn where_nothing_is_invoiced_a_run_ends_well_and_writes_nothing() {
    let stage = Stage::new(GivenSecrets::default());
    let told = handle(&stage, r#"{"task":"issue"}"#).unwrap();
    let nothing = r#""deliveries":{"delivered":0,"refused":0,"under_way":0}"#;
    let told_before = r#"{"task":"issue","issued":0,"refused":0,"put_off":0,"complete":0,"stored":0"#;
    assert_eq!(told, format!("{told_before},{nothing}}}"));
    let told = handle(&stage, r#"{"task":"check"}"#).unwrap();
    assert_eq!(told, r#"{"task":"check","series":0,"documents":0,"flaws":0,"forgotten":0,"late":0}"#);
    assert!(stage.table.rows().is_empty());
}

#[test]
fn what_is_no_task_is_refused_and_a_table_that_is_down_is_an_error() {
    let stage = Stage::new(GivenSecrets::default());
    for wrong in ["{}", r#"{"task":"poll"}"#, r#"{"task":"issue","more":1}"#, "issue"] {
        assert_eq!(handle(&stage, wrong).unwrap_err().kind, ErrorKind::BadInput, "{wrong}");
    }
    stage.faults.plan_first("table.get", Fault::Down);
    assert_eq!(handle(&stage, r#"{"task":"issue"}"#).unwrap_err().kind, ErrorKind::Unavailable);
}
