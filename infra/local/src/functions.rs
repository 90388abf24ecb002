//! The functions of the template, by the name of their crates.

use crate::chaos::Mortal;
use api::access::People;
use engine::Ports;
use lambda_kit::{BatchHandler, HttpHandler, ScheduleHandler};
use ports::{Documents, Error, ErrorKind, Mailer, NotificationQueue, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The function whose handler mostly waits for channels.
pub(crate) const PUSHES: &str = "stock-fanout";
/// The function that serves the page.
pub(crate) const PAGE: &str = "api";

/// All of them. Each may die, but only chaos kills one.
pub(crate) struct Functions {
    batch: BTreeMap<&'static str, Arc<dyn BatchHandler>>,
    schedule: BTreeMap<&'static str, Arc<dyn ScheduleHandler>>,
    pub(crate) http: BTreeMap<&'static str, Arc<dyn HttpHandler>>,
}

impl Functions {
    /// Functions over these ports; whoever is among `people` may sign in; in `left` channels leave notifications that they do not deliver, `archive` keeps documents, and `mailer`
    /// carries mails.
    pub(crate) fn new(
        world: &Ports,
        people: People,
        public_url: String,
        left: Arc<dyn NotificationQueue>,
        archive: Arc<dyn Documents>,
        mailer: Arc<dyn Mailer>,
    ) -> Self {
        let batch: [(_, Arc<dyn BatchHandler>); 3] = [
            ("order-intake", Arc::new(fed(world, |world| Arc::new(order_intake::OrderIntake::new(world))))),
            (PUSHES, Arc::new(fed(world, |world| Arc::new(stock_fanout::StockFanout::new(world))))),
            ("order-updates", Arc::new(fed(world, |world| Arc::new(order_updates::OrderUpdates::new(world))))),
        ];
        let [poll, compare, invoice, index, page] = [world; 5].map(Clone::clone);
        let schedule: [(_, Arc<dyn ScheduleHandler>); 4] = [
            (
                "channel-poll",
                Arc::new(Mortal::<dyn ScheduleHandler>::new(move || {
                    let handler = channel_poll::ChannelPoll::new(poll.clone(), Some(public_url.clone()));
                    Arc::new(handler.with_notifications(Arc::clone(&left)))
                })),
            ),
            (
                "stock-reconcile",
                Arc::new(Mortal::<dyn ScheduleHandler>::new(move || {
                    Arc::new(stock_reconcile::StockReconcile::new(compare.clone()))
                })),
            ),
            (
                "invoice-generation",
                Arc::new(Mortal::<dyn ScheduleHandler>::new(move || {
                    let (archive, mailer) = (Arc::clone(&archive), Arc::clone(&mailer));
                    Arc::new(invoice_generation::InvoiceGeneration::new(invoice.clone(), archive, mailer))
                })),
            ),
            (
                "read-model",
                Arc::new(Mortal::<dyn ScheduleHandler>::new(move || Arc::new(read_model::ReadModel::new(index.clone())))),
            ),
        ];
        let http: [(_, Arc<dyn HttpHandler>); 2] = [
            ("webhook-ingest", Arc::new(asked(world, |world| Arc::new(webhook_ingest::WebhookIngest::new(world))))),
            (
                PAGE,
                Arc::new(Mortal::<dyn HttpHandler>::new(move || Arc::new(api::Api::with_people(page.clone(), people.clone())))),
            ),
        ];
        Self { batch: batch.into(), schedule: schedule.into(), http: http.into() }
    }

    /// A function behind a queue.
    pub(crate) fn batch(&self, name: &str) -> Result<Arc<dyn BatchHandler>> {
        self.batch.get(name).cloned().ok_or_else(|| unknown(name))
    }

    /// A function behind a schedule, or behind a rule of the bus.
    pub(crate) fn schedule(&self, name: &str) -> Result<Arc<dyn ScheduleHandler>> {
        self.schedule.get(name).cloned().ok_or_else(|| unknown(name))
    }
}

fn fed(world: &Ports, make: fn(Ports) -> Arc<dyn BatchHandler>) -> Mortal<dyn BatchHandler> {
    let world = world.clone();
    Mortal::new(move || make(world.clone()))
}

fn asked(world: &Ports, make: fn(Ports) -> Arc<dyn HttpHandler>) -> Mortal<dyn HttpHandler> {
    let world = world.clone();
    Mortal::new(move || make(world.clone()))
}

fn unknown(function: &str) -> Error {
    let message = format!(
        "infra/template.yaml feeds the function `{function}`, which this build does not have; add it to infra/local/src/functions.rs"
    );
    Error::new(ErrorKind::Bug, "start", message)
}
