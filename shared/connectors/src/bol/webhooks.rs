//! Checks and reads what bol posts to us.
//!
//! `Signature: keyId=0, algorithm="rsa-sha256", signature=<base64>` is RSASSA-PKCS1-v1_5 with SHA-256 over the raw body. The body
//! names a resource and an id and nothing more: a hint. Nothing of it is read before the signature is found right.

use super::{requests, wire};
use crate::wire_text;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::OrderNumber;
use ports::{Call, Delivery, Error, ErrorKind, Notification, Result, WebhookKeys};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use spki::ObjectIdentifier;

const KEYS: &str = "bol.webhook_keys";
const RECEIVE: &str = "bol.receive";
/// The resource we subscribe to.
pub(super) const ORDER: &str = "ORDER";
/// bol numbers its keys; far longer than any number of theirs.
const LONGEST_KEY_ID: usize = 64;
/// As long as the key: from 2,048 to 8,192 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;
/// `rsaEncryption`, RFC 8017 appendix C.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// The `Signature` header's parts.
#[derive(Default)]
struct Signature<'a> {
    key_id: Option<&'a str>,
    algorithm: Option<&'a str>,
    value: Option<&'a str>,
}

impl<'a> Signature<'a> {
    /// Values come with and without quotes, and base64 ends in `=` itself: only the first `=` separates.
    fn parse(header: &'a str) -> Self {
        let mut signature = Self::default();
        for (name, value) in header.split(',').filter_map(|part| part.split_once('=')) {
            let value = Some(value.trim().trim_matches('"'));
            match name.trim() {
                "keyId" => signature.key_id = value,
                "algorithm" => signature.algorithm = value,
                "signature" => signature.value = value,
                _ => {}
            }
        }
        signature
    }
}

/// The public keys, by id.
pub(super) async fn keys(call: &Call<'_>) -> Result<WebhookKeys> {
    let response = requests::get(call, KEYS, requests::V10, "/retailer/subscriptions/signature-keys").await?;
    let keys: wire::SignatureKeys = wire_text::json(KEYS, response.body())?;
    let public = keys.signature_keys.into_iter().map(|k| (k.id.into_string(), k.public_key)).collect();
    Ok(WebhookKeys { secrets: Vec::new(), public })
}

/// The id of the key that a delivery names, if what it gives as its proof could be one, as far as can be told without the key.
pub(super) fn key_id(delivery: &Delivery) -> Result<String> {
    proof(delivery).map(|(key, _)| key.to_owned())
}

/// Checks, then reads.
pub(super) fn receive(keys: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notification>> {
    verify(keys, delivery)?;
    let push: wire::Push = wire_text::json(RECEIVE, &delivery.body)?;
    if push.event.resource != ORDER {
        return Ok(vec![Notification::Ignored]);
    }
    let id = push.event.resource_id.map(wire::Text::into_string).unwrap_or_default();
    let number = OrderNumber::new(id).map_err(|e| requests::broken(RECEIVE, &e))?;
    Ok(vec![Notification::Changed { number, stamp: None }])
}

fn refuse<T>(why: &str) -> Result<T> {
    Err(Error::new(ErrorKind::Unauthorized, RECEIVE, format!("the delivery is not bol's: {why}")))
}

/// The id of the key, and the signature's bytes.
fn proof(delivery: &Delivery) -> Result<(&str, Vec<u8>)> {
    let Some(header) = delivery.header("signature") else { return refuse("it is not signed") };
    let signature = Signature::parse(header);
    if signature.algorithm.is_some_and(|a| !a.eq_ignore_ascii_case("rsa-sha256")) {
        return refuse("it is signed in a way bol does not use");
    }
    let Some(key) = signature.key_id.filter(|id| (1..=LONGEST_KEY_ID).contains(&id.len())) else {
        return refuse("it names no key that bol could have published");
    };
    match signature.value.and_then(|v| STANDARD.decode(v).ok()).filter(|v| RSA_BYTES.contains(&v.len())) {
        Some(value) => Ok((key, value)),
        None => refuse("its signature is missing, no base64, or none of RSA"),
    }
}

fn verify(keys: &WebhookKeys, delivery: &Delivery) -> Result<()> {
    let (key, value) = proof(delivery)?;
    let Some(key) = keys.public.get(key) else { return refuse("it names no key that bol publishes") };
    let Ok(key) = STANDARD.decode(key) else { return refuse("the key it names is no base64") };
    match UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pkcs1(&key)).verify(&delivery.body, &value) {
        Ok(()) => Ok(()),
        Err(_) => refuse("its signature is wrong"),
    }
}

/// The bare RSA key. bol says "X.509", which means SPKI, where the bare key is wrapped; nobody has written down which it is, so
/// what does not unwrap is taken for the bare key itself.
fn pkcs1(der: &[u8]) -> &[u8] {
    spki::SubjectPublicKeyInfoRef::try_from(der)
        .ok()
        .filter(|info| info.algorithm.oid == RSA)
        .and_then(|info| info.subject_public_key.as_bytes())
        .unwrap_or(der)
}
