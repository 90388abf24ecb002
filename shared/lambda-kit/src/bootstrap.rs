//! The way into Lambda: start, connect, then one event after the other on one thread.
//!
//! A function's `main` hands in how its handler is built; that happens once, while the machine still runs at full speed.

use crate::event::{http_api, queue};
use crate::guard::{answer_guarded, handle_guarded, run_guarded};
use crate::handler::{BatchHandler, HttpAnswer, HttpHandler, ScheduleHandler};
use crate::log;
use aws::SystemClock;
use aws_lambda_events::event::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use jiff::Timestamp;
use lambda_runtime::{Context, Diagnostic, LambdaEvent, Runtime, service_fn};
use ports::{Clock as _, Error, ErrorKind, Result};
use serde_json::Value;
use std::future::Future;
use std::process::ExitCode;

/// Serves a queue.
pub fn run_batch<H: BatchHandler>(build: impl AsyncFnOnce() -> Result<H>) -> ExitCode {
    serve(async {
        let handler = &build().await?;
        let service = service_fn(async move |event: LambdaEvent<SqsEvent>| one_batch(handler, event).await.map_err(told));
        Runtime::new(service).run().await.map_err(stopped)
    })
}

/// Serves the HTTP API.
pub fn run_http<H: HttpHandler>(build: impl AsyncFnOnce() -> Result<H>) -> ExitCode {
    serve(async {
        let handler = &build().await?;
        let service =
            service_fn(async move |event: LambdaEvent<ApiGatewayV2httpRequest>| one_call(handler, event).await.map_err(told));
        Runtime::new(service).run().await.map_err(stopped)
    })
}

/// Serves schedules.
pub fn run_schedule<H: ScheduleHandler>(build: impl AsyncFnOnce() -> Result<H>) -> ExitCode {
    serve(async {
        let handler = &build().await?;
        let service = service_fn(async move |event: LambdaEvent<Value>| one_run(handler, event).await.map_err(told));
        Runtime::new(service).run().await.map_err(stopped)
    })
}

async fn one_batch(handler: &dyn BatchHandler, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse> {
    let batch = queue::batch(event.payload, deadline(&event.context)?)?;
    let records = batch.records.len();
    let outcome = handle_guarded(handler, batch).await;
    log::batch(records, outcome.failed.len());
    Ok(queue::response(outcome))
}

async fn one_call(handler: &dyn HttpHandler, event: LambdaEvent<ApiGatewayV2httpRequest>) -> Result<ApiGatewayV2httpResponse> {
    let answer = match http_api::call(event.payload, SystemClock.now()) {
        Ok(call) => answer_guarded(handler, call).await,
        Err(error) => HttpAnswer::problem(error.http_status(), &error.message),
    };
    http_api::response(answer)
}

async fn one_run(handler: &dyn ScheduleHandler, event: LambdaEvent<Value>) -> Result<String> {
    run_guarded(handler, &event.payload.to_string(), deadline(&event.context)?).await
}

fn deadline(context: &Context) -> Result<Timestamp> {
    i64::try_from(context.deadline)
        .ok()
        .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
        .ok_or_else(|| Error::new(ErrorKind::Protocol, "bootstrap", "Lambda gave a deadline that is no instant"))
}

/// One thread: a function has at most one event at a time, and often less than one processor.
fn serve(work: impl Future<Output = Result<()>>) -> ExitCode {
    log::start();
    let ended = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => Err(Error::new(ErrorKind::Configuration, "bootstrap", "no runtime can be made here").caused_by(error)),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(operation = error.operation, detail = error.detail, "{}", error.message);
            ExitCode::FAILURE
        }
    }
}

fn stopped(error: lambda_runtime::Error) -> Error {
    Error::new(ErrorKind::Unavailable, "bootstrap", "Lambda stopped giving events")
        .with_detail(error.to_string())
        .caused_by(error)
}

/// An error as Lambda counts and shows it. It holds no personal data, as every `ports::Error`.
fn told(error: Error) -> Diagnostic {
    tracing::error!(operation = error.operation, detail = error.detail, "{}", error.message);
    Diagnostic { error_type: format!("{:?}", error.kind), error_message: error.message }
}

#[cfg(test)]
#[path = "bootstrap_tests.rs"]
mod tests;
