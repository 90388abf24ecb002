//! What is asked, and what is made of every answer there is.

use super::sim::{Simulator, Trouble};
use super::*;
use jiff::Timestamp;
use ports::{Error, ErrorKind, Result};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

/// VIES behind the port, with a record of what was said.
#[derive(Default)]
struct Far {
    simulator: Mutex<Simulator>,
    record: Mutex<Vec<(Request, Response)>>,
}

#[async_trait]
impl Http for Far {
    async fn send(&self, request: Request) -> Result<Response> {
        let answer = self.simulator.lock().unwrap().answer(Timestamp::UNIX_EPOCH, &request);
        let answer = answer.ok_or_else(|| Error::new(ErrorKind::Timeout, "far", "no answer"))?;
        self.record.lock().unwrap().push((request, answer.clone()));
        Ok(answer)
    }
}

fn number(text: &str) -> VatNumber {
    VatNumber::new(text).unwrap()
}

fn ask(far: &Far, asked: &str, by: Option<&str>) -> ViesAnswer {
    let (asked, by) = (number(asked), by.map(number));
    let mut asking = Vies.check(far, None, &asked, by.as_ref());
    match asking.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the far side never waits"),
    }
}

const OWN: Option<&str> = Some("NL812345678B01");

fn said(body: &Value) -> ViesAnswer {
    said_with(200, &body.to_string())
}

fn said_with(status: u16, body: &str) -> ViesAnswer {
    let mut response = Response::new(Bytes::from(body.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    answer(&response, &number("BE0123456749"))
}

const NOTHING: ViesAnswer = ViesAnswer::Unknown { why: WhyUnknown::NoAnswer };

#[test]
fn a_number_is_asked_for_without_its_letters_and_under_the_sellers_own() {
    let far = Far::default();
    let consulted = ViesAnswer::Valid { consultation: Some("WAPIAAAAZ0000001".to_owned()) };
    assert_eq!(ask(&far, "be 0123.456.749", OWN), consulted);
    let record = far.record.lock().unwrap();
    let (request, _) = &record[0];
    assert_eq!(request.uri(), "https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number");
    let wanted = json!({ "countryCode": "BE", "vatNumber": "0123456749", "requesterMemberStateCode": "NL", "requesterNumber": "812345678B01" });
    assert_eq!(serde_json::from_slice::<Value>(request.body()).unwrap(), wanted);
}

#[test]
fn greece_is_el_northern_ireland_xi_and_great_britain_is_not_asked_for() {
    let far = Far::default();
    for written in ["GR123456789", "EL123456789", "XI123456789", "GB123456789"] {
        ask(&far, written, None);
    }
    assert_eq!(far.simulator.lock().unwrap().asked(), ["EL123456789", "EL123456789", "XI123456789"]);
}

#[test]
fn without_the_sellers_number_it_is_valid_and_nothing_proves_that_it_was_asked() {
    assert_eq!(ask(&Far::default(), "DE123456789", None), ViesAnswer::Valid { consultation: None });
}

#[test]
fn one_that_was_struck_off_is_invalid_and_that_too_has_a_consultation_number() {
    let far = Far::default();
    far.simulator.lock().unwrap().strike_off("BE0123456749");
    assert!(matches!(ask(&far, "BE0123456749", OWN), ViesAnswer::Invalid { consultation: Some(_) }));
}

#[test]
fn a_failure_is_never_invalid_whatever_its_status_and_code() {
    let cases = [
        ("MS_UNAVAILABLE", WhyUnknown::StateDown),
        ("TIMEOUT", WhyUnknown::StateDown),
        ("MS_MAX_CONCURRENT_REQ", WhyUnknown::StateBusy),
        ("MS_MAX_CONCURRENT_REQ_TIME", WhyUnknown::StateBusy),
        ("SERVICE_UNAVAILABLE", WhyUnknown::NoAnswer),
        ("GLOBAL_MAX_CONCURRENT_REQ", WhyUnknown::Busy),
        ("GLOBAL_MAX_CONCURRENT_REQ_TIME", WhyUnknown::Busy),
        ("IP_BLOCKED", WhyUnknown::Blocked),
        ("VAT_BLOCKED", WhyUnknown::Blocked),
        ("INVALID_REQUESTER_INFO", WhyUnknown::SellerRefused),
        ("INVALID_INPUT", WhyUnknown::NumberRefused),
        ("SOMETHING_NEW", WhyUnknown::NoAnswer),
    ];
    for (code, why) in cases {
        let far = Far::default();
        far.simulator.lock().unwrap().plan([Trouble::Says(code), Trouble::Fails(code)]);
        for _ in 0..2 {
            assert_eq!(ask(&far, "BE0123456749", OWN), ViesAnswer::Unknown { why }, "{code}");
        }
    }
    let far = Far::default();
    far.simulator.lock().unwrap().plan([Trouble::Silent, Trouble::Page]);
    for _ in 0..2 {
        assert_eq!(ask(&far, "BE0123456749", OWN), NOTHING);
    }
    assert_eq!(ask(&far, "BE0123456749", Some("NL1234")), ViesAnswer::Unknown { why: WhyUnknown::SellerRefused });
}

#[test]
fn nothing_but_the_word_valid_is_an_answer() {
    for odd in [
        json!({}),
        json!({ "valid": null }),
        json!({ "valid": "true" }),
        json!({ "actionSucceed": false }),
        json!({ "actionSucceed": false, "errorWrappers": [], "valid": false }),
        json!({ "valid": false, "errorWrappers": [{ "message": "something" }] }),
        json!({ "valid": true, "countryCode": "NL" }),
        json!({ "valid": true, "vatNumber": "0123456750" }),
        json!([]),
        // In the order in which we happen to declare the fields.
        json!([true, "BE", "0123456749", "", true, []]),
        json!("valid"),
    ] {
        assert_eq!(said(&odd), NOTHING, "{odd}");
    }
    for (status, body) in [(500, r#"{"valid":false}"#), (404, r#"{"valid":false}"#), (200, ""), (302, "")] {
        assert_eq!(said_with(status, body), NOTHING, "{status} {body}");
    }
    let about = json!({ "valid": false, "countryCode": "BE", "vatNumber": "0123456749", "requestIdentifier": "", "name": "---" });
    assert_eq!(said(&about), ViesAnswer::Invalid { consultation: None });
}

/// The fields of a definition of the official document, as it is written: two more blanks for each level.
fn fields(document: &str, definition: &str) -> Vec<String> {
    let start = format!("\n  {definition}:\n");
    let (_, rest) = document.split_once(&start).unwrap();
    let rest = rest.lines().take_while(|line| line.starts_with("    "));
    let field = |line: &str| {
        line.strip_prefix("      ").filter(|rest| !rest.starts_with(' ')).map(|rest| rest.trim_end_matches(':').to_owned())
    };
    rest.filter_map(field).collect()
}

#[test]
fn contract_of_vies() {
    let Some(specs) = std::env::var_os("SLUIS_SPECS") else {
        println!("skipped: SLUIS_SPECS is not set, so there is no official document to compare with");
        return;
    };
    let path = std::path::Path::new(&specs).join("backoffice/vies/swagger_publicVAT.yaml");
    let document = std::fs::read_to_string(&path).unwrap();
    assert!(document.contains("  /check-vat-number:\n    post:\n"));
    let far = Far::default();
    far.simulator.lock().unwrap().strike_off("FR12345678901");
    far.simulator.lock().unwrap().plan([Trouble::Says("MS_UNAVAILABLE"), Trouble::Fails("TIMEOUT")]);
    for asked in ["DE123456789", "DE123456789", "DE123456789", "NL123456789B01", "FR12345678901"] {
        ask(&far, asked, OWN);
    }
    ask(&far, "BE0123456749", None);
    let record = far.record.lock().unwrap();
    let check = |value: &Value, definition: &str| {
        let known = fields(&document, definition);
        assert!(known.len() >= 2, "{definition}: {known:?}");
        let odd: Vec<&String> = value.as_object().unwrap().keys().filter(|name| !known.contains(name)).collect();
        assert!(odd.is_empty(), "{definition} has no {odd:?}");
    };
    for (request, response) in record.iter() {
        check(&serde_json::from_slice(request.body()).unwrap(), "CheckVatRequest");
        let told: Value = serde_json::from_slice(response.body()).unwrap();
        if told.get("actionSucceed").is_some() {
            check(&told, "CommonResponse");
            check(&told["errorWrappers"][0], "ErrorWrapper");
        } else {
            check(&told, "CheckVatResponse");
            assert_eq!(told.as_object().unwrap().len(), fields(&document, "CheckVatResponse").len(), "all of them are told");
        }
    }
    println!("VIES: {0} requests and {0} answers of its simulator checked against the official contract", record.len());
}
