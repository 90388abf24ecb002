//! Simulated VIES on a loopback port: the invented merchant asks this one, and never the Commission's.

use crate::serve::{self, Answer, Door, Patience};
use crate::tasks::Tasks;
use crate::web::Guard;
use async_trait::async_trait;
use bytes::Bytes;
use connectors::vat_numbers::sim::Simulator;
use http::request::Parts;
use http_body_util::Full;
use ports::{Clock, Error, ErrorKind, Request, Result};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

/// Bytes of a question.
const LARGEST: usize = 64 * 1024;

struct Vies {
    simulator: Mutex<Simulator>,
    clock: Arc<dyn Clock>,
}

/// Serves it on a free port until the tasks end. Answers its address.
pub async fn open_vies(clock: Arc<dyn Clock>, tasks: &mut Tasks) -> Result<String> {
    let failed = |error: std::io::Error| Error::new(ErrorKind::Configuration, "simulator", format!("no port for VIES: {error}"));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let door = Arc::new(Vies { simulator: Mutex::default(), clock });
    tasks.start(serve::serve(listener, door, Patience::of_this_machine(), tasks.stop()));
    Ok(format!("http://{address}"))
}

#[async_trait]
impl Door for Vies {
    fn admit(&self, head: &Parts) -> std::result::Result<usize, Box<Answer>> {
        Guard::default().comes_from_here(head).map(|()| LARGEST)
    }

    async fn answer(&self, head: Parts, body: Bytes) -> Answer {
        let answer = {
            let mut simulator = self.simulator.lock().unwrap_or_else(PoisonError::into_inner);
            simulator.answer(self.clock.now(), &Request::from_parts(head, body))
        };
        match answer {
            Some(answer) => answer.map(Full::new),
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::{Client, Reach, SystemClock};
    use connectors::vat_numbers::Vies as Asked;
    use domain::vat::{VatNumber, ViesAnswer};
    use ports::VatNumbers as _;

    #[tokio::test]
    async fn it_is_asked_on_this_machine_and_answers_with_a_consultation_number() {
        let mut tasks = Tasks::default();
        let address = open_vies(Arc::new(SystemClock), &mut tasks).await.unwrap();
        assert!(address.starts_with("http://127.0.0.1:"), "{address}");
        let http = Client::new(Reach::AndLoopback).unwrap();
        let [buyer, own] = ["BE0123456749", "NL812345678B01"].map(|text| VatNumber::new(text).unwrap());
        let answer = Asked.check(&http, Some(&address), &buyer, Some(&own)).await;
        assert!(matches!(answer, ViesAnswer::Valid { consultation: Some(_) }), "{answer:?}");
        tasks.end().await;
    }
}
