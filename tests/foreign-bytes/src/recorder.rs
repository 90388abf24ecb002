//! What a simulator answers, written down: the shape of a right answer, and the best seeds there are.

use crate::subject::Subject;
use async_trait::async_trait;
use ports::{Call, Http, Request, Response, Result, Token};
use std::sync::{Mutex, PoisonError};

struct Recorder<'a> {
    subject: &'a Subject,
    answers: Mutex<Vec<Response>>,
}

/// Every answer that some work with a channel got from its simulator.
pub fn record(subject: &Subject, work: impl FnOnce(&Call<'_>)) -> Vec<Response> {
    record_with(subject, subject.real_token().as_ref(), work)
}

/// As `record`, with this token.
pub fn record_with(subject: &Subject, token: Option<&Token>, work: impl FnOnce(&Call<'_>)) -> Vec<Response> {
    let recorder = Recorder { subject, answers: Mutex::default() };
    work(&subject.call(&recorder, token));
    recorder.answers.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Http for Recorder<'_> {
    async fn send(&self, request: Request) -> Result<Response> {
        let response = self.subject.far_sides.send(request).await?;
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push(response.clone());
        Ok(response)
    }
}
