//! Process statuses: what bol took with a 202, does a little later, and tells the outcome of to whoever asks.

use super::answers::{dated, problem, uuid};
use super::json_v10;
use super::shop::Job;
use jiff::{SignedDuration, Timestamp};
use ports::Response;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// How long bol takes over a change. Invented: bol names no time.
const WORK: SignedDuration = SignedDuration::from_secs(2);
/// How long a status is kept. Invented: bol says "a limited period".
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Statuses on a page.
const PAGE: usize = 50;

struct Process {
    id: String,
    event: &'static str,
    entity: String,
    created: Timestamp,
    /// Still to be done.
    job: Option<Job>,
    status: &'static str,
    error: Option<String>,
}

impl Process {
    fn due(&self) -> Timestamp {
        self.created.saturating_add(WORK).unwrap_or(self.created)
    }

    fn shown(&self) -> Value {
        let mut shown = json!({
            "processStatusId": self.id,
            "entityId": self.entity,
            "eventType": self.event,
            "description": "What was asked for, in some words.",
            "status": self.status,
            "createTimestamp": dated(self.created),
            "links": [{ "rel": "self", "href": format!("https://api.bol.com/shared/process-status/{}", self.id) }],
        });
        if let (Some(error), Some(fields)) = (&self.error, shown.as_object_mut()) {
            fields.insert("errorMessage".into(), error.clone().into());
        }
        shown
    }
}

/// All of them, oldest first.
pub(super) struct Processes {
    seed: u64,
    all: Vec<Process>,
    /// Whether the next to be done are done, and in any case end as `TIMEOUT`.
    lost: VecDeque<bool>,
}

impl Processes {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, all: Vec::new(), lost: VecDeque::new() }
    }

    /// Takes something to be done.
    pub(super) fn start(&mut self, now: Timestamp, event: &'static str, entity: &str, job: Job) -> Response {
        self.answer(now, event, entity, Some(job))
    }

    /// Something is done at once; its status says so when first asked for.
    pub(super) fn done(&mut self, now: Timestamp, event: &'static str, entity: &str) -> Response {
        self.answer(now, event, entity, None)
    }

    fn answer(&mut self, now: Timestamp, event: &'static str, entity: &str, job: Option<Job>) -> Response {
        let id = uuid(self.seed, "process", self.all.len() as u64 + 1);
        let finished = job.is_none();
        let mut process = Process { id, event, entity: entity.to_owned(), created: now, job, status: "PENDING", error: None };
        let answer = json_v10(202, &process.shown());
        if finished {
            process.status = "SUCCESS";
        }
        self.all.push(process);
        answer
    }

    /// The next processes to be done end as `TIMEOUT`, done or not.
    pub(super) fn lose(&mut self, done: bool) {
        self.lost.push_back(done);
    }

    /// The next one due, and when it was.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Option<(usize, Timestamp, Job)> {
        let (index, process) = self.all.iter_mut().enumerate().find(|(_, p)| p.job.is_some() && p.due() <= now)?;
        let (due, job) = (process.due(), process.job.take()?);
        Some((index, due, job))
    }

    /// Whether the next one is lost, and done all the same.
    pub(super) fn take_lost(&mut self) -> Option<bool> {
        self.lost.pop_front()
    }

    /// Notes how it ended; a success may name the thing it made.
    pub(super) fn end(&mut self, index: usize, outcome: Option<Result<Option<String>, String>>) {
        let Some(process) = self.all.get_mut(index) else { return };
        match outcome {
            None => process.status = "TIMEOUT",
            Some(Ok(made)) => {
                process.status = "SUCCESS";
                process.entity = made.unwrap_or_else(|| process.entity.clone());
            }
            Some(Err(why)) => {
                process.status = "FAILURE";
                process.error = Some(why);
            }
        }
    }

    fn kept(&self, now: Timestamp) -> impl DoubleEndedIterator<Item = &Process> {
        self.all.iter().filter(move |p| now.duration_since(p.due()) <= KEPT)
    }

    /// Answers `/shared/process-status/{id}`.
    pub(super) fn one(&self, now: Timestamp, id: &str) -> Response {
        match self.kept(now).find(|p| p.id == id) {
            Some(process) => json_v10(200, &process.shown()),
            None => problem(404, "Not Found", "There is no such process status."),
        }
    }

    /// Answers `/shared/process-status`: those about one thing, newest first.
    pub(super) fn about(&self, now: Timestamp, query: &BTreeMap<String, String>) -> Response {
        let (Some(entity), Some(event)) = (query.get("entity-id"), query.get("event-type")) else {
            return problem(400, "Bad request", "entity-id and event-type are required.");
        };
        let page = query.get("page").map_or(1, |p| p.parse().unwrap_or(1_usize)).max(1);
        let found = self.kept(now).rev().filter(|p| p.entity == *entity && p.event == event);
        let found: Vec<Value> = found.skip((page - 1) * PAGE).take(PAGE).map(Process::shown).collect();
        json_v10(200, &if found.is_empty() { json!({}) } else { json!({ "processStatuses": found }) })
    }
}
