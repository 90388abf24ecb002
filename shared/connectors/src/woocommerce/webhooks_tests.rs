use super::*;
use bytes::Bytes;
use jiff::Timestamp;
use ports::Secret;

const SECRET: &str = "Zomer2026Sluisdeur";

fn keys() -> WebhookKeys {
    WebhookKeys { secrets: vec![Secret::new("TheOneBefore12345"), Secret::new(SECRET)], ..WebhookKeys::default() }
}

fn delivery(topic: &str, body: &str) -> Delivery {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("x-wc-webhook-topic", topic.to_owned()),
        ("x-wc-webhook-signature", STANDARD.encode(hmac::sign(&key, body.as_bytes()))),
    ];
    Delivery {
        headers: headers.into_iter().map(|(n, v)| (n.to_owned(), v)).collect(),
        body: Bytes::copy_from_slice(body.as_bytes()),
        received_at: Timestamp::UNIX_EPOCH,
    }
}

fn told(topic: &str, body: &str) -> Vec<Notification> {
    receive(&keys(), &delivery(topic, body)).unwrap()
}

fn ping(body: &[u8]) -> Delivery {
    Delivery {
        headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
        body: Bytes::copy_from_slice(body),
        received_at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn a_whole_order_is_taken_and_one_with_refunds_is_read_again() {
    let refunded = include_str!("fixtures/order_partly_refunded.json");
    assert!(
        matches!(told("order.updated", refunded).as_slice(), [Notification::Changed { number, .. }] if number.as_str() == "501")
    );
    let whole = refunded.replace(r#"{ "id": 502, "reason": "", "total": "-9.67" }"#, "");
    assert!(matches!(told("order.created", &whole).as_slice(), [Notification::Order(order)] if order.lines.len() == 2));
}

#[test]
fn a_deleted_order_tells_only_its_id() {
    assert!(
        matches!(told("order.deleted", r#"{"id":20}"#).as_slice(), [Notification::Changed { number, .. }] if number.as_str() == "20")
    );
}

#[test]
fn a_product_tells_of_its_figure() {
    let offers = |body: &str| -> Vec<String> {
        let notices = told("product.updated", body);
        notices.into_iter().map(|n| if let Notification::Stock(offer) = n { offer.into() } else { String::new() }).collect()
    };
    assert_eq!(offers(r#"{"id":10,"type":"simple","parent_id":0,"variations":[]}"#), ["10"]);
    assert_eq!(offers(r#"{"id":12,"type":"variation","parent_id":10}"#), ["10/12"]);
    assert_eq!(offers(r#"{"id":10,"type":"variable","parent_id":0,"variations":[12,14]}"#), ["10/12", "10/14"]);
}

#[test]
fn one_changed_byte_is_refused_before_anything_is_read() {
    let good = delivery("order.deleted", r#"{"id":20}"#);
    assert!(receive(&keys(), &good).is_ok());
    for at in 0..good.body.len() {
        let mut body = good.body.to_vec();
        body[at] ^= 1;
        let wrong = receive(&keys(), &Delivery { body: body.into(), ..good.clone() }).unwrap_err();
        assert_eq!(wrong.kind, ErrorKind::Unauthorized, "byte {at}");
    }
    let no_keys = receive(&WebhookKeys::default(), &good).unwrap_err();
    assert_eq!(no_keys.kind, ErrorKind::Unauthorized);
}

#[test]
fn a_ping_is_taken_and_can_say_nothing() {
    assert_eq!(receive(&keys(), &ping(b"webhook_id=4")).unwrap(), [Notification::Ignored]);
    for wrong in
        [&b"webhook_id="[..], b"webhook_id=4&id=20", b"webhook_id=4 ", b"{\"id\":20}", b"", b"webhook_id=123456789012345678901"]
    {
        assert_eq!(receive(&keys(), &ping(wrong)).unwrap_err().kind, ErrorKind::Unauthorized, "{wrong:?}");
    }
    let as_json = Delivery { headers: vec![("content-type".to_owned(), "application/json".to_owned())], ..ping(b"webhook_id=4") };
    assert_eq!(receive(&keys(), &as_json).unwrap_err().kind, ErrorKind::Unauthorized);
}

#[test]
fn other_topics_say_nothing() {
    for topic in ["customer.updated", "product.deleted", "action.wp_login", ""] {
        assert_eq!(told(topic, "{\"id\":1}"), [Notification::Ignored], "{topic}");
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_signed_body_of_any_kind_never_panics(body in "\\PC{0,200}", topic in "(order|product)\\.(created|updated)") {
            let _ = receive(&keys(), &delivery(&topic, &body));
        }

        #[test]
        fn nothing_unsigned_gets_in(body in prop::collection::vec(any::<u8>(), 0..60), signature in "\\PC{0,60}") {
            let mut delivery = ping(&body);
            delivery.headers.push(("x-wc-webhook-signature".to_owned(), signature));
            prop_assert!(receive(&keys(), &delivery).is_err());
        }
    }
}
