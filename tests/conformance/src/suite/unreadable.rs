//! A delivery that is signed and cannot be read is a matter for a person, and is not passed over.

use crate::bench::Subject;
use ports::{Delivery, ErrorKind};

pub(super) fn a_signed_delivery_that_cannot_be_read_is_refused_with_a_reason(subject: &Subject) {
    if subject.channel.notifications().is_none() {
        return subject.skip("it tells nothing by itself");
    }
    let bench = subject.bench();
    bench.subscribe(crate::bench::PUBLIC_URL);
    bench.deliver_for(60);
    let keys = bench.keys();
    bench.buy_all(&[(0, 1)], "NL");
    bench.pass(60);
    let usual = bench.outbox().into_iter().map(|(_, delivery)| delivery).find(|delivery| delivery.body.starts_with(b"{"));
    let usual = usual.expect("a delivery about the order");
    let receive = |body: &str| {
        let signature = bench.on("one", |side, _| side.sign(body.as_bytes()));
        let mut headers = usual.headers.clone();
        headers.retain(|(name, _)| !signature.iter().any(|(signed, _)| signed == name));
        headers.extend(signature);
        let delivery = Delivery { headers, body: body.to_owned().into(), received_at: bench.now() };
        bench.channel.notifications().unwrap().receive(&keys, &delivery)
    };
    for body in
        ["", "hello", "null", "[]", "{}", "7", r#""words""#, "[null]", r#"{"id":-1}"#, r#"{"id":"words"}"#, r#"{"id":null}"#]
    {
        let told = receive(body);
        let kind = told.as_ref().err().map(|error| error.kind);
        assert!(kind.is_some_and(|kind| kind != ErrorKind::Unauthorized), "{body:?}: {told:?}");
    }
}
