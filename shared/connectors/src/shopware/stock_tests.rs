use super::super::harness_tests::{Canned, account, call, run};
use super::*;
use ports::{Status, StockLevels as _};

const VERSION: (u16, &str) = (200, r#"{"version":"6.7.13.0"}"#);
const REFUSED: (u16, &str) =
    (400, r#"{"errors":[{"code":"VIOLATION::IS_BLANK_ERROR","detail":"This value should not be blank."}]}"#);

fn id(number: usize) -> String {
    format!("{number:032x}")
}

fn write(reference: &str, units: i64) -> StockWrite {
    StockWrite {
        offer: OfferId::new(reference).unwrap(),
        stock_reference: reference.to_owned(),
        quantity: Quantity::new(units).unwrap(),
        from: None,
        places: Vec::new(),
        start_tracking: false,
    }
}

#[test]
fn all_figures_go_in_one_write_and_what_is_no_id_is_not_sent() {
    let canned = Canned::new(&[VERSION, (200, "{}")]);
    let told =
        run(Capability.write(&call(&canned, &account()), &[write(&id(1), 7), write("../x", 3), write(&id(2), 0)])).unwrap();
    let kinds: Vec<_> = told.iter().map(|one| one.as_ref().map_err(|error| error.kind)).collect();
    assert_eq!(kinds, [Ok(&Acknowledged::Applied), Err(ErrorKind::NotFound), Ok(&Acknowledged::Applied)]);
    let rows = format!(r#"[{{"id":"{}","stock":7}},{{"id":"{}","stock":0}}]"#, id(1), id(2));
    assert_eq!(
        canned.asked()[1],
        format!(r#"POST /api/_action/sync [{{"action":"upsert","entity":"product","payload":{rows}}}]"#)
    );
}

#[test]
fn a_refusal_is_halved_until_the_bad_row_stands_alone() {
    // Three rows: all, the first (good), the other two, each of them.
    let canned = Canned::new(&[VERSION, REFUSED, (200, "{}"), REFUSED, REFUSED, (200, "{}")]);
    let told = run(Capability.write(&call(&canned, &account()), &[1, 2, 3].map(|n| write(&id(n), 7)))).unwrap();
    let kinds: Vec<_> = told.iter().map(|one| one.as_ref().map_err(|error| error.kind)).collect();
    assert_eq!(kinds, [Ok(&Acknowledged::Applied), Err(ErrorKind::Declined), Ok(&Acknowledged::Applied)]);
}

#[test]
fn what_is_not_about_the_rows_is_not_halved() {
    let account = account();
    let of = |answers: &[(u16, &str)]| {
        let canned = Canned::new(answers);
        let told = run(Capability.write(&call(&canned, &account), &[write(&id(1), 7), write(&id(2), 7)]));
        (told.map_err(|error| (error.kind, error.status)), canned.asked().len())
    };
    let (told, calls) = of(&[VERSION, (500, "")]);
    assert_eq!((told.unwrap_err(), calls), ((ErrorKind::Unavailable, Status::Unknown), 2));
    let (told, calls) = of(&[VERSION, (429, "")]);
    assert_eq!((told.unwrap_err().0, calls), (ErrorKind::RateLimited, 2));
    // Half of it is done: only the other half is not known.
    let (told, calls) = of(&[VERSION, REFUSED, (200, "{}"), (500, "")]);
    let told = told.unwrap();
    assert!(matches!(told[0], Ok(Acknowledged::Applied)) && calls == 4);
    assert_eq!(told[1].as_ref().unwrap_err().status, Status::Unknown);
}

#[test]
fn a_shop_whose_figures_mean_something_else_is_told_none() {
    let old = (200, r#"{"version":"6.5.8.14"}"#);
    let account = account();
    let canned = Canned::new(&[old]);
    let error = run(Capability.write(&call(&canned, &account), &[write(&id(1), 7)])).unwrap_err();
    assert!(error.kind == ErrorKind::Configuration && error.message.contains("6.6"), "{error:?}");
    assert_eq!(
        run(Capability.read(&call(&Canned::new(&[old]), &account), &OfferId::new("1").unwrap(), &id(1))).unwrap_err().kind,
        ErrorKind::Configuration
    );
}
