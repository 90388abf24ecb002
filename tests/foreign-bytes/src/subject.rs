//! Every registered channel with an account, the keys its deliveries are checked with, and its simulator, set up once per process.

use bytes::Bytes;
use connectors::simulated_channel::{Checkout, ProductOnSale, Setup, SimulatedChannel};
use domain::{ChannelId, ConnectionId, Ean, Quantity, Sku};
use jiff::{SignedDuration, Timestamp};
use ports::{Account, Answers, Call, Connector, Connectors, Http, NotificationSource, Secret, Token, WebhookKeys};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use testkit::far_sides::FarSides;
use testkit::given::GivenClock;
use testkit::run::finish;

/// Where a simulator is served in memory.
pub const HOST: &str = "shop.example.test";
/// Where its deliveries go.
pub const HOOK: &str = "https://sluis.example.test/hooks/x/shop";
/// The product on sale.
pub const SKU: &str = "LAMP-S";

static REGISTRY: connectors::Registry = connectors::Registry;
static SUBJECTS: OnceLock<Vec<Subject>> = OnceLock::new();

/// A channel, ready to be driven.
pub struct Subject {
    /// The connector.
    pub channel: &'static dyn Connector,
    /// As whom it calls.
    pub account: Account,
    /// What its deliveries are checked with.
    pub keys: WebhookKeys,
    /// Keys of somebody else.
    pub strangers_keys: WebhookKeys,
    /// Its far side.
    pub far_sides: Arc<FarSides>,
    /// The far side's time.
    pub clock: Arc<GivenClock>,
    /// What was asked of the far side before, and need not be asked again.
    kept: Kept,
}

/// Answers that were kept until somebody was done with it: from then on an input finds the same of them as every other.
#[derive(Default)]
struct Kept {
    answers: Mutex<BTreeMap<String, Bytes>>,
    done: OnceLock<()>,
}

impl Answers for Kept {
    fn kept(&self, name: &str, _now: Timestamp, _no_older_than: Duration) -> Option<Bytes> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn keep(&self, name: &str, _now: Timestamp, answer: &Bytes) {
        if self.done.get().is_none() {
            self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), answer.clone());
        }
    }
}

/// The instant at which everything happens.
pub fn now() -> Timestamp {
    Timestamp::from_second(1_795_262_400).unwrap()
}

/// The token in force.
pub fn token() -> Token {
    Token { access: Secret::new("tokeninforce0123456789"), refresh: None, expires_at: Timestamp::MAX }
}

/// All of them, in the order of registration.
pub fn all() -> &'static [Subject] {
    SUBJECTS.get_or_init(|| REGISTRY.all().into_iter().map(Subject::new).collect())
}

/// The channel of this name. A name that is none stands for one of them all the same, so that no input is wasted.
pub fn named(name: &str) -> &'static Subject {
    let by_name = all().iter().find(|s| s.channel.descriptor().id == name);
    let by_letter = || usize::from(name.bytes().next().unwrap_or(0)) % all().len();
    by_name.unwrap_or_else(|| &all()[by_letter()])
}

impl Subject {
    fn new(channel: &'static dyn Connector) -> Self {
        let descriptor = channel.descriptor();
        let credential = |name: &&str| ((*name).to_owned(), Secret::new(format!("foreignbytes{}", name.replace('_', ""))));
        let credentials: BTreeMap<String, Secret> = descriptor.credentials.iter().map(credential).collect();
        let id = ChannelId::new(descriptor.id).unwrap();
        let base_url = format!("https://{HOST}");
        let setup = Setup {
            base_url: base_url.clone(),
            credentials: credentials.clone(),
            products: vec![product()],
            seed: 7,
            checkout: Checkout::default(),
        };
        let side = connectors::simulator(&id, setup).unwrap();
        let settings = side.settings();
        let clock = Arc::new(GivenClock::default());
        let far_sides = Arc::new(FarSides::new(clock.clone()));
        far_sides.serve(HOST, side);
        let account = Account { connection: ConnectionId::new("shop").unwrap(), channel: id, base_url, settings, credentials };
        let mut subject = Self {
            channel,
            account,
            keys: WebhookKeys::default(),
            strangers_keys: WebhookKeys::default(),
            far_sides,
            clock,
            kept: Kept::default(),
        };
        // An order, old enough for a list that is behind.
        subject.simulated_channel(|side, now| side.buy(now, &Sku::new(SKU).unwrap(), Quantity::new(2).unwrap())).unwrap();
        subject.clock.pass(SignedDuration::from_mins(2));
        let token = subject.real_token();
        // Which version it is, and whatever else is asked once for all that is done on a connection.
        finish(channel.verify(&subject.call(subject.far_sides.as_ref(), token.as_ref()))).unwrap();
        subject.kept.done.set(()).unwrap();
        if let Some(told) = channel.notifications() {
            subject.keys = finish(told.keys(&subject.call(subject.far_sides.as_ref(), token.as_ref()))).unwrap();
        }
        subject.strangers_keys.secrets = vec![Secret::new("notthesecretofthisaccount"), Secret::new("")];
        subject.strangers_keys.public = subject.keys.public.keys().map(|id| (id.clone(), "MAA=".to_owned())).collect();
        subject
    }

    /// A call, to whatever answers behind `http`.
    pub fn call<'a>(&'a self, http: &'a dyn Http, token: Option<&'a Token>) -> Call<'a> {
        Call {
            http,
            account: &self.account,
            token,
            now: now(),
            answers: &self.kept,
            operation_id: "00000000-0000-4000-8000-000000000001",
        }
    }

    /// Whether calls need a token.
    pub fn has_token(&self) -> bool {
        self.channel.tokens().is_some()
    }

    /// A token that the simulator gave, if the channel has such a thing.
    pub fn real_token(&self) -> Option<Token> {
        let call = self.call(self.far_sides.as_ref(), None);
        self.has_token().then(|| finish(self.channel.tokens().unwrap().fetch(&call, None)).unwrap())
    }

    /// Does something with the simulator.
    pub fn simulated_channel<T>(&self, work: impl FnOnce(&mut dyn SimulatedChannel, Timestamp) -> T) -> T {
        self.far_sides.with(HOST, work).unwrap()
    }

    /// Where what it tells by itself goes: to us, or to the queue of the account.
    pub fn hook(&self) -> String {
        match self.channel.notifications().map(|told| told.descriptor().from) {
            Some(NotificationSource::MerchantQueue { setting }) => self.account.setting(setting).unwrap().to_owned(),
            _ => HOOK.to_owned(),
        }
    }

    /// The headers of a genuine delivery of this body.
    pub fn sign(&self, body: &[u8]) -> Vec<(String, String)> {
        self.simulated_channel(|side, _| side.sign(body))
    }

    /// Whether an input holds our secrets itself: an error that quotes a value of it then shows nothing that was not said before.
    pub fn told_in(&self, data: &[u8]) -> bool {
        self.secrets().iter().any(|secret| data.windows(secret.len()).any(|part| part == secret.as_bytes()))
    }

    /// Texts that no error may show.
    pub fn secrets(&self) -> BTreeSet<&str> {
        self.account.credentials.values().chain(&self.keys.secrets).map(Secret::expose).collect()
    }
}

fn product() -> ProductOnSale {
    ProductOnSale {
        sku: Sku::new(SKU).unwrap(),
        ean: Ean::new("2000000079196").unwrap(),
        title: "Lamp".into(),
        group: "lamps".into(),
        stock: Quantity::new(40).unwrap(),
        price_cents: 2495,
    }
}
