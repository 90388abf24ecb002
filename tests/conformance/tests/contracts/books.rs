//! What is sent to the accounting system, against its reference tables: fields that there are, that may be written, and that are filtered by.

use super::specs;
use async_trait::async_trait;
use bytes::Bytes;
use domain::Currency;
use domain::invoice::Address;
use domain::vat::VatNumber;
use http::Method;
use jiff::civil::date;
use ports::{
    Account, AccountingEntry, BusinessDebtor, Call, ChartQuestion, Clock, Debtor, EntryLine, Http, NothingKept, Request,
    Response, Result, Token,
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use testkit::given::GivenClock;
use testkit::run::finish;
use testkit::simulated_books::{ADDRESS, SimulatedBooks, connector, credentials, name};

struct Recorder {
    books: SimulatedBooks,
    clock: Arc<GivenClock>,
    sent: Mutex<Vec<(Request, Response)>>,
}

#[async_trait]
impl Http for Recorder {
    async fn send(&self, request: Request) -> Result<Response> {
        let answer = self.books.with(|books| books.answer(self.clock.now(), &request)).unwrap();
        self.sent.lock().unwrap().push((request, answer.clone()));
        Ok(answer)
    }
}

fn entry(reference: &str, begun_before: bool) -> AccountingEntry {
    let line = EntryLine {
        text: reference.to_owned(),
        ledger: "8000".to_owned(),
        vat_code: "2".to_owned(),
        rate: "21".parse().unwrap(),
        net: "10".parse().unwrap(),
        vat: "2.1".parse().unwrap(),
    };
    let address = Address {
        lines: vec!["Kade 1".to_owned()],
        postcode: Some("9000".to_owned()),
        city: "Gent".to_owned(),
        country: domain::Country::new("BE").unwrap(),
    };
    let vat_number = VatNumber::new("BE0123456749").unwrap();
    AccountingEntry {
        reference: reference.to_owned(),
        credits: None,
        issued_on: date(2026, 12, 1),
        currency: Currency::new("EUR").unwrap(),
        journal: "70".to_owned(),
        debtor: Debtor::Business(Box::new(BusinessDebtor { name: "Verzonnen BV".to_owned(), vat_number, address })),
        lines: vec![line],
        file_name: "F.pdf".to_owned(),
        pdf: Bytes::from_static(b"%PDF-1.7"),
        begun_before,
    }
}

/// Every request of a chart, an entry, and one that was begun before.
fn sent() -> Vec<(Request, Response)> {
    let clock = Arc::new(GivenClock::default());
    let recorder = Recorder { books: SimulatedBooks::new(clock.clone()), clock, sent: Mutex::default() };
    let settings = [("division", "123456"), ("redirect_uri", "https://kade.example.test/done")];
    let account = Account {
        connection: name(),
        channel: domain::ChannelId::new(connector().descriptor().id).unwrap(),
        base_url: ADDRESS.to_owned(),
        settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        credentials: credentials(),
    };
    let consent = connector().tokens().unwrap().consent().unwrap();
    let mut page = Request::default();
    *page.uri_mut() = consent.address(&account).unwrap().parse().unwrap();
    let answer = finish(recorder.send(page)).unwrap();
    let there = answer.headers()["location"].to_str().unwrap().to_owned();
    let now = recorder.clock.now();
    let call = |token| Call { http: &recorder, account: &account, token, now, answers: &NothingKept, operation_id: "1" };
    let token: Token = finish(consent.exchange(&call(None), &there)).unwrap();
    let books = connector().accounting().unwrap();
    let question = ChartQuestion { ledgers: vec!["8000".to_owned()], debtors: vec!["1".to_owned()] };
    finish(books.chart(&call(Some(&token)), &question)).unwrap();
    finish(books.book(&call(Some(&token)), &entry("F1", false))).unwrap();
    finish(books.book(&call(Some(&token)), &entry("F2", true))).unwrap();
    recorder.sent.into_inner().unwrap()
}

struct Endpoint {
    fields: BTreeSet<String>,
    read_only: BTreeSet<String>,
    mandatory: BTreeSet<String>,
}

fn endpoint(all: &Value, path: &str) -> Endpoint {
    let (_, rest) = path.split_once("/api/v1/123456/").unwrap();
    let of = |one: &&Value| one["uri"].as_str() == Some(format!("/api/v1/{{division}}/{rest}").as_str());
    let one = all.as_array().unwrap().iter().find(of).unwrap_or_else(|| panic!("{path} is in no table"));
    let named = |keep: &dyn Fn(&Value) -> bool| {
        let fields = one["fields"].as_array().unwrap().iter();
        fields.filter(|field| keep(field)).map(|field| field["name"].as_str().unwrap().to_owned()).collect()
    };
    Endpoint {
        fields: named(&|_| true),
        read_only: named(&|field| field["post"] == Value::Bool(false)),
        mandatory: named(&|field| field["mandatory"] == Value::Bool(true)),
    }
}

/// What an answer holds, whichever of the three forms it has.
fn entities(answer: &Response) -> Vec<Value> {
    let mut body: Value = serde_json::from_slice(answer.body()).unwrap();
    let held = body["d"].take();
    match held {
        Value::Array(all) => all,
        Value::Object(mut fields) => match fields.remove("results") {
            Some(Value::Array(all)) => all,
            _ => vec![Value::Object(fields)],
        },
        other => panic!("{other}"),
    }
}

/// Fields that there are, that may be written, that are filtered by: what is sent and what the simulator answers, against the reference tables.
#[test]
fn exact_online() {
    let Some(folder) = specs() else { return };
    let path = folder.join("backoffice/exact/exact-endpoints.json");
    let all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut read, mut written, mut answered) = (0, 0, 0);
    for (request, answer) in sent().iter().filter(|(request, _)| request.uri().path().contains("/api/v1/")) {
        let table = endpoint(&all, request.uri().path());
        let known = |field: &str| assert!(table.fields.contains(field), "{}: {field}", request.uri());
        for one in entities(answer) {
            answered += 1;
            one.as_object().unwrap().keys().for_each(|field| known(field));
        }
        if request.method() == Method::POST {
            written += 1;
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            let fields = body.as_object().unwrap();
            fields.keys().for_each(|field| known(field));
            assert!(fields.keys().all(|field| !table.read_only.contains(field)), "{}: {body}", request.uri());
            assert!(table.mandatory.iter().all(|field| fields.contains_key(field)), "{}: {body}", request.uri());
            continue;
        }
        read += 1;
        let query = connectors::simulated_channel::query(request);
        query["$select"].split(',').for_each(&known);
        for part in query.get("$filter").map(|filter| filter.split(" and ")).into_iter().flatten() {
            known(part.split(' ').next().unwrap());
        }
    }
    assert!(read >= 10 && written >= 7 && answered >= 10, "{read} {written} {answered}");
    let requests = read + written;
    println!(
        "exact_online: {requests} requests checked against the official contract; {answered} answers of its simulator checked too"
    );
}
