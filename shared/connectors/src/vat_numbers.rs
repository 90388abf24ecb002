//! VIES, the European Commission's window to the registers of all member states: whether a VAT number is valid.
//!
//! <https://ec.europa.eu/taxation_customs/vies/>, "VIES on-the-Web", its REST API in version 1.0.0. It wants no key. Its failures mostly come with status
//! 200, so nothing but the word `valid` is an answer: whatever else comes is none.
//!
//! Names and addresses are never read: states tell them or not (`---`), and those of a sole trader are a person's.

#[cfg(feature = "simulator")]
pub mod sim;
mod wire;

#[cfg(test)]
#[cfg(feature = "simulator")]
mod tests;

use crate::objects;
use async_trait::async_trait;
use bytes::Bytes;
use domain::vat::{VatNumber, ViesAnswer, WhyUnknown};
use http::{Method, StatusCode, header};
use ports::{Http, Request, Response, VatNumbers};
use wire::{Question, Told};

/// Where it is.
pub const ADDRESS: &str = "https://ec.europa.eu/taxation_customs/vies/rest-api";

/// VIES.
#[derive(Debug, Clone, Copy)]
pub struct Vies;

#[async_trait]
impl VatNumbers for Vies {
    async fn check(
        &self,
        http: &dyn Http,
        base_url: Option<&str>,
        number: &VatNumber,
        asked_by: Option<&VatNumber>,
    ) -> ViesAnswer {
        let Some(request) = request(base_url.unwrap_or(ADDRESS), number, asked_by) else {
            return unknown(WhyUnknown::NumberRefused);
        };
        match http.send(request).await {
            Ok(response) => answer(&response, number),
            Err(_) => unknown(WhyUnknown::NoAnswer),
        }
    }
}

fn unknown(why: WhyUnknown) -> ViesAnswer {
    ViesAnswer::Unknown { why }
}

/// `None`: the number is of no state that VIES knows.
fn request(base_url: &str, number: &VatNumber, asked_by: Option<&VatNumber>) -> Option<Request> {
    number.country()?;
    let asked_by = asked_by.filter(|own| own.country().is_some());
    let question = Question {
        country_code: number.prefix(),
        vat_number: number.without_prefix(),
        requester_member_state_code: asked_by.map(VatNumber::prefix),
        requester_number: asked_by.map(VatNumber::without_prefix),
    };
    let body = serde_json::to_vec(&question).ok()?;
    let mut request = Request::new(Bytes::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = format!("{base_url}/check-vat-number").parse().ok()?;
    for name in [header::CONTENT_TYPE, header::ACCEPT] {
        request.headers_mut().insert(name, header::HeaderValue::from_static("application/json"));
    }
    Some(request)
}

fn answer(response: &Response, asked: &VatNumber) -> ViesAnswer {
    let Ok(told) = objects::from_slice::<Told>(response.body()) else { return unknown(WhyUnknown::NoAnswer) };
    if let Some(code) = told.failure() {
        return unknown(why(code));
    }
    match told.valid {
        Some(valid) if response.status() == StatusCode::OK && told.is_about(asked) => {
            let consultation = told.request_identifier.filter(|text| !text.trim().is_empty());
            if valid { ViesAnswer::Valid { consultation } } else { ViesAnswer::Invalid { consultation } }
        }
        _ => unknown(WhyUnknown::NoAnswer),
    }
}

/// What is behind a code. One that nobody knows yet tells no more than that there was no answer.
fn why(code: &str) -> WhyUnknown {
    match code {
        "MS_UNAVAILABLE" | "TIMEOUT" => WhyUnknown::StateDown,
        "MS_MAX_CONCURRENT_REQ" | "MS_MAX_CONCURRENT_REQ_TIME" => WhyUnknown::StateBusy,
        "GLOBAL_MAX_CONCURRENT_REQ" | "GLOBAL_MAX_CONCURRENT_REQ_TIME" => WhyUnknown::Busy,
        "VAT_BLOCKED" | "IP_BLOCKED" => WhyUnknown::Blocked,
        "INVALID_REQUESTER_INFO" => WhyUnknown::SellerRefused,
        "INVALID_INPUT" => WhyUnknown::NumberRefused,
        _ => WhyUnknown::NoAnswer,
    }
}
