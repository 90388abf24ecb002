//! A channel as simple as can be, that answers as a test says: for what the engine does about any channel, where the real connectors
//! and their simulators are too true to life to be late, vague or of two minds on demand.
//!
//! It is both ends: the connector, and the far side that its calls reach through the `Http` port, faults of the plan included.

use async_trait::async_trait;
use bytes::Bytes;
use domain::{AcceptanceUpdate, AnnouncedReturn, ChannelId, Listing, OfferId, OrderNumber, OrderSnapshot, OrderUpdate, Sku};
use http::{Method, StatusCode};
use jiff::SignedDuration;
use ports::{
    Acceptance, AcceptanceDescriptor, Acknowledged, Billing, Call, Cancels, Connector, Connectors, DeletesOrders, Delivery,
    Descriptor, Error, ErrorKind, Fulfilment, FulfilmentDescriptor, HeardReturns, Http, InvoiceNotice, InvoiceUpload, Invoices,
    Jobs, ListingPage, Listings, Notification, Notifications, NotificationsDescriptor, OrderPage, OrderReads, Orders,
    OrdersDescriptor, OrdersFrom, Paging, Pause, Request, Response, RestocksOnCancel, Result, ReturnPage, Returns, Status,
    SubscriptionState, SubscriptionWant, Verified, WebhookBody, WebhookKeys,
};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Its name.
pub const SCRIPTED: &str = "scripted";

/// What it is.
pub const DESCRIPTOR: Descriptor = Descriptor {
    id: SCRIPTED,
    title: "Scripted",
    credentials: &[],
    further_credentials: &[],
    signs_with: &[],
    settings: &[],
    calls_per_second: 10,
};

/// What it can be told, where a test wants nothing else.
pub const FULFILMENT: FulfilmentDescriptor = FulfilmentDescriptor {
    carriers: &[],
    other_carrier: Some("OTHER"),
    needs_carrier: false,
    most_lines: None,
    whole_orders: false,
    cancels: Cancels::Units,
    most_returned: None,
    returns: HeardReturns::All,
};

static ORDERS: OrdersDescriptor = OrdersDescriptor {
    paging: Paging { lag: SignedDuration::ZERO, overlap: SignedDuration::ZERO, most_pages: 10, every_s: 60, apart_s: 0 },
    restocks_on_cancel: RestocksOnCancel::Never,
    deletes: DeletesOrders::Never,
    reads: OrderReads::Now,
};

static LATE_ORDERS: OrdersDescriptor = OrdersDescriptor { reads: OrderReads::MayBeLate, ..ORDERS };

static NOTIFICATIONS: NotificationsDescriptor =
    NotificationsDescriptor { from: ports::NotificationSource::Https, body: WebhookBody::Hint, topics: &[] };

static LEFT_IN_A_QUEUE: NotificationsDescriptor = NotificationsDescriptor {
    from: ports::NotificationSource::MerchantQueue { setting: QUEUE_SETTING },
    body: WebhookBody::Hint,
    topics: &[],
};

/// The setting that names the queue in which it leaves notifications.
pub const QUEUE_SETTING: &str = "notification_queue";

/// What it answers to a call that tells it something, or asks how far that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Done,
    /// It is taken, and worked on: ask for this status.
    Taken(&'static str),
    /// It is not done: this is what the connector makes of the answer.
    No(ErrorKind, Status),
    /// As `No`, but it is done.
    DoneAfterAll(ErrorKind, Status),
    /// The connector panics.
    Panic,
}

/// What it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Under which operation id. It knows by this alone what it was told.
    pub operation: String,
    /// Of which order.
    pub number: OrderNumber,
    /// What.
    pub update: OrderUpdate,
}

/// A word about an order that waited for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Under which operation id.
    pub operation: String,
    /// Of which order.
    pub number: OrderNumber,
    /// What.
    pub update: AcceptanceUpdate,
    /// Whether it was heard.
    pub heard: bool,
}

/// What was said and what will be answered.
#[derive(Debug, Default)]
struct State {
    told: Vec<Said>,
    known: Vec<Said>,
    answers: VecDeque<Answer>,
    looks: VecDeque<Answer>,
    asked: usize,
    returns: Vec<AnnouncedReturn>,
    words: Vec<Word>,
    notices: VecDeque<Notification>,
    items: usize,
    pages: Vec<usize>,
    invoices: Vec<InvoiceUpload>,
    about_invoices: Vec<InvoiceNotice>,
    disliked: Vec<String>,
    orders: Vec<OrderSnapshot>,
}

/// The channel. Without a script it does at once what it is told, and knows what it was told.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a habit of its own that a test switches on")]
pub struct Scripted {
    fulfilment: &'static FulfilmentDescriptor,
    tells_of_returns: bool,
    /// Whether it can say what it knows.
    pub can_be_asked: bool,
    /// What it can be told of orders that wait for the merchant's word; `None`: none does.
    pub waits_for_word: Option<&'static AcceptanceDescriptor>,
    /// Whether it takes invoices, and tells who bought.
    pub takes_invoices: bool,
    /// Whether reads of its orders may be late.
    pub reads_may_be_late: bool,
    /// Whether it leaves its notifications in the queue that the setting `notification_queue` names.
    pub leaves_notifications: bool,
    state: Mutex<State>,
}

impl Default for Scripted {
    fn default() -> Self {
        Self {
            fulfilment: &FULFILMENT,
            tells_of_returns: true,
            can_be_asked: true,
            waits_for_word: None,
            takes_invoices: false,
            reads_may_be_late: false,
            leaves_notifications: false,
            state: Mutex::default(),
        }
    }
}

impl Scripted {
    /// One that can be told this.
    pub fn told_by(fulfilment: &'static FulfilmentDescriptor) -> Self {
        Self { fulfilment, ..Self::default() }
    }

    /// One that tells of no returns.
    pub fn without_returns() -> Self {
        Self { tells_of_returns: false, ..Self::default() }
    }

    /// It can not say what it knows.
    pub fn mute() -> Self {
        Self { can_be_asked: false, ..Self::default() }
    }

    /// One whose orders wait for the merchant's word.
    pub fn waiting_for(waits_for_word: &'static AcceptanceDescriptor) -> Self {
        Self { waits_for_word: Some(waits_for_word), ..Self::default() }
    }

    /// One whose reads may be late.
    pub fn with_late_reads() -> Self {
        Self { reads_may_be_late: true, ..Self::default() }
    }

    /// One that takes invoices.
    pub fn taking_invoices() -> Self {
        Self { takes_invoices: true, ..Self::default() }
    }

    /// How an order is read from now on.
    pub fn reads_as(&self, snapshot: OrderSnapshot) {
        self.state().orders.insert(0, snapshot);
    }

    /// Invoices that it took, once for every time that it did.
    pub fn invoices_taken(&self) -> Vec<InvoiceUpload> {
        self.state().invoices.clone()
    }

    /// What it says of invoices from now on.
    pub fn says_of_invoices(&self, notices: impl IntoIterator<Item = InvoiceNotice>) {
        self.state().about_invoices = notices.into_iter().collect();
    }

    /// It does not like the invoice of this number, though it took it.
    pub fn dislike_invoice(&self, number: &str) {
        self.state().disliked.push(number.to_owned());
    }

    pub(crate) fn dislikes(&self, number: &str) -> bool {
        self.state().disliked.iter().any(|one| one == number)
    }

    pub(crate) fn notices_of_invoices(&self) -> Vec<InvoiceNotice> {
        self.state().about_invoices.clone()
    }

    pub(crate) fn note_asked(&self) {
        self.state().asked += 1;
    }

    fn take_invoice(&self, invoice: InvoiceUpload) -> Answer {
        let mut state = self.state();
        let answer = state.answers.pop_front().unwrap_or(Answer::Done);
        if matches!(answer, Answer::Done | Answer::Taken(_) | Answer::DoneAfterAll(..)) {
            state.invoices.push(invoice);
        }
        answer
    }

    /// One that leaves its notifications in a queue.
    pub fn leaving_notifications() -> Self {
        Self { leaves_notifications: true, ..Self::default() }
    }

    /// The words that were given about orders, heard or not.
    pub fn words(&self) -> Vec<Word> {
        self.state().words.clone()
    }

    /// What it answers next to being told something, in this order; afterwards `Done`.
    pub fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.state().answers.extend(answers);
    }

    /// What it answers next to being asked how far it is, in this order; afterwards `Done`.
    pub fn looks(&self, answers: impl IntoIterator<Item = Answer>) {
        self.state().looks.extend(answers);
    }

    /// Returns that wait for a decision on it.
    pub fn returns(&self, returns: impl IntoIterator<Item = AnnouncedReturn>) {
        self.state().returns.extend(returns);
    }

    /// What its deliveries tell, one each; afterwards nothing.
    pub fn tells(&self, notices: impl IntoIterator<Item = Notification>) {
        self.state().notices.extend(notices);
    }

    /// So many items are on sale on it, which it lists `ITEMS_OF_A_PAGE` at a time.
    pub fn sells(&self, items: usize) {
        self.state().items = items;
    }

    /// The pages of items that it was asked for, from 0, in the order in which it answered.
    pub fn pages(&self) -> Vec<usize> {
        self.state().pages.clone()
    }

    /// Every time that it was told something, whatever it answered.
    pub fn told(&self) -> Vec<Said> {
        self.state().told.clone()
    }

    /// What it knows: once for every time that it did it.
    pub fn known(&self) -> Vec<Said> {
        self.state().known.clone()
    }

    /// How often it was asked what it knows.
    pub fn asked(&self) -> usize {
        self.state().asked
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_word(&self, word: Word) -> Answer {
        let mut state = self.state();
        let answer = state.answers.pop_front().unwrap_or(Answer::Done);
        let heard = matches!(answer, Answer::Done | Answer::Taken(_) | Answer::DoneAfterAll(..));
        state.words.push(Word { heard, ..word });
        answer
    }

    fn hear(&self, said: Said) -> Answer {
        let mut state = self.state();
        let answer = state.answers.pop_front().unwrap_or(Answer::Done);
        state.told.push(said.clone());
        if matches!(answer, Answer::Done | Answer::Taken(_) | Answer::DoneAfterAll(..)) {
            state.known.push(said);
        }
        answer
    }
}

/// It as all the channels there are.
#[derive(Debug, Clone)]
pub struct Only(pub Arc<Scripted>);

impl Connectors for Only {
    fn vat_numbers(&self) -> Option<&dyn ports::VatNumbers> {
        Some(&connectors::vat_numbers::Vies)
    }

    fn get(&self, channel: &ChannelId) -> Option<&dyn Connector> {
        let books = || Some(crate::simulated_books::connector()).filter(|books| books.descriptor().id == channel.as_str());
        if channel.as_str() == SCRIPTED { Some(self.0.as_ref()) } else { books() }
    }

    fn all(&self) -> Vec<&dyn Connector> {
        vec![self.0.as_ref()]
    }
}

/// The far side only has to be reached: what it does, the connector does when the call has arrived.
#[async_trait]
impl Http for Scripted {
    async fn send(&self, request: Request) -> Result<Response> {
        if let Some(word) = request.extensions().get::<Word>().cloned() {
            let mut response = response()?;
            response.extensions_mut().insert(self.take_word(word));
            return Ok(response);
        }
        if let Some(invoice) = request.extensions().get::<InvoiceUpload>().cloned() {
            let mut response = response()?;
            response.extensions_mut().insert(self.take_invoice(invoice));
            return Ok(response);
        }
        if request.method() == Method::PUT {
            let said = request.extensions().get::<Said>().cloned();
            let said = said.ok_or_else(|| Error::new(ErrorKind::Bug, "scripted", "a call that tells nothing"))?;
            let mut response = response()?;
            response.extensions_mut().insert(self.hear(said));
            return Ok(response);
        }
        response()
    }
}

/// Items that it lists at a time.
pub const ITEMS_OF_A_PAGE: usize = 100;

fn item(number: usize) -> Result<Listing> {
    Ok(Listing {
        offer: OfferId::new(format!("offer-{number}"))?,
        stock_reference: number.to_string(),
        sku: Some(Sku::new(format!("SKU-{number:06}"))?),
        ean: None,
        title: String::new(),
        observed_quantity: None,
        places: Vec::new(),
        condition: None,
        digital: false,
        counting: domain::Counting::Counted,
        backorders: false,
    })
}

fn response() -> Result<Response> {
    let made = http::Response::builder().status(StatusCode::OK).body(Bytes::new());
    made.map_err(|error| Error::new(ErrorKind::Bug, "scripted", error.to_string()))
}

pub(crate) fn request(method: Method) -> Result<Request> {
    let made = http::Request::builder().method(method).uri("https://scripted.example.test/").body(Bytes::new());
    made.map_err(|error| Error::new(ErrorKind::Bug, "scripted", error.to_string()))
}

#[expect(clippy::panic, reason = "the test says so")]
pub(crate) fn acknowledged(answer: Answer) -> Result<Acknowledged> {
    match answer {
        Answer::Done => Ok(Acknowledged::Applied),
        Answer::Taken(status) => Ok(Acknowledged::Pending(status.to_owned())),
        Answer::No(kind, status) | Answer::DoneAfterAll(kind, status) => {
            Err(Error::new(kind, "scripted", "as the script says").with_status(status))
        }
        Answer::Panic => panic!("as the script says"),
    }
}

#[async_trait]
impl Connector for Scripted {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn bucket(&self, _: &Request) -> &'static str {
        "calls"
    }

    fn pause(&self, _: &Response) -> Option<Pause> {
        None
    }

    async fn verify(&self, call: &Call<'_>) -> Result<Verified> {
        call.http.send(request(Method::GET)?).await?;
        Ok(Verified::default())
    }

    fn jobs(&self) -> Option<&dyn Jobs> {
        Some(self)
    }

    fn orders(&self) -> Option<&dyn Orders> {
        Some(self)
    }

    fn acceptance(&self) -> Option<&dyn Acceptance> {
        self.waits_for_word.map(|_| self as &dyn Acceptance)
    }

    fn listings(&self) -> Option<&dyn Listings> {
        Some(self)
    }

    fn fulfilment(&self) -> Option<&dyn Fulfilment> {
        Some(self)
    }

    fn billing(&self) -> Option<&dyn Billing> {
        self.takes_invoices.then_some(self as &dyn Billing)
    }

    fn invoices(&self) -> Option<&dyn Invoices> {
        self.takes_invoices.then_some(self as &dyn Invoices)
    }

    fn returns(&self) -> Option<&dyn Returns> {
        self.tells_of_returns.then_some(self as &dyn Returns)
    }

    fn notifications(&self) -> Option<&dyn Notifications> {
        Some(self)
    }
}

/// It lists no orders, and knows those that a test said.
#[async_trait]
impl Orders for Scripted {
    fn descriptor(&self) -> &'static OrdersDescriptor {
        if self.reads_may_be_late { &LATE_ORDERS } else { &ORDERS }
    }

    async fn list(&self, _: &Call<'_>, _: &OrdersFrom) -> Result<OrderPage> {
        Ok(OrderPage { notices: Vec::new(), next: None })
    }

    async fn read(&self, _: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
        let known = self.state().orders.iter().find(|order| order.number == *number).cloned();
        known.ok_or_else(|| Error::new(ErrorKind::Bug, "scripted", format!("no script has the order {number}")))
    }
}

#[async_trait]
impl Listings for Scripted {
    async fn list(&self, call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
        let items = self.state().items;
        if items == 0 {
            return Ok(ListingPage::default());
        }
        call.http.send(request(Method::GET)?).await?;
        let page: usize = page.map_or(Ok(0), str::parse).map_err(|_| Error::new(ErrorKind::BadInput, "scripted", "no page"))?;
        self.state().pages.push(page);
        let first = page * ITEMS_OF_A_PAGE;
        let listings = (first..items.min(first + ITEMS_OF_A_PAGE)).map(item).collect::<Result<_>>()?;
        Ok(ListingPage {
            listings,
            unreadable: Vec::new(),
            next: (first + ITEMS_OF_A_PAGE < items).then(|| (page + 1).to_string()),
        })
    }
}

#[async_trait]
impl Jobs for Scripted {
    async fn status(&self, call: &Call<'_>, _: &str) -> Result<Acknowledged> {
        call.http.send(request(Method::GET)?).await?;
        let answer = self.state().looks.pop_front().unwrap_or(Answer::Done);
        acknowledged(answer)
    }
}

#[async_trait]
impl Fulfilment for Scripted {
    fn descriptor(&self) -> &'static FulfilmentDescriptor {
        self.fulfilment
    }

    async fn tell(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        let mut request = request(Method::PUT)?;
        let said = Said { operation: call.operation_id.to_owned(), number: number.clone(), update: update.clone() };
        request.extensions_mut().insert(said);
        let response = call.http.send(request).await?;
        acknowledged(response.extensions().get::<Answer>().copied().unwrap_or(Answer::Done))
    }

    async fn knows(&self, call: &Call<'_>, _: &OrderNumber, _: &OrderUpdate) -> Result<Option<bool>> {
        self.state().asked += 1;
        if !self.can_be_asked {
            return Ok(None);
        }
        call.http.send(request(Method::GET)?).await?;
        Ok(Some(self.state().known.iter().any(|known| known.operation == call.operation_id)))
    }
}

/// It takes a word for all lines of an order.
pub const ONE_WORD: AcceptanceDescriptor = AcceptanceDescriptor { by_line: false };
/// It takes a word for each line of an order.
pub const WORD_BY_LINE: AcceptanceDescriptor = AcceptanceDescriptor { by_line: true };

#[async_trait]
impl Acceptance for Scripted {
    fn descriptor(&self) -> &'static AcceptanceDescriptor {
        self.waits_for_word.unwrap_or(&ONE_WORD)
    }

    async fn answer(&self, call: &Call<'_>, number: &OrderNumber, update: &AcceptanceUpdate) -> Result<Acknowledged> {
        let mut request = request(Method::PUT)?;
        let operation = call.operation_id.to_owned();
        request.extensions_mut().insert(Word { operation, number: number.clone(), update: update.clone(), heard: false });
        let response = call.http.send(request).await?;
        acknowledged(response.extensions().get::<Answer>().copied().unwrap_or(Answer::Done))
    }

    async fn answered(&self, call: &Call<'_>, number: &OrderNumber, _: &AcceptanceUpdate) -> Result<Option<bool>> {
        self.state().asked += 1;
        if !self.can_be_asked {
            return Ok(None);
        }
        call.http.send(request(Method::GET)?).await?;
        Ok(Some(self.state().words.iter().any(|word| word.heard && word.number == *number)))
    }
}

#[async_trait]
impl Returns for Scripted {
    async fn list(&self, call: &Call<'_>, _: Option<&str>) -> Result<ReturnPage> {
        call.http.send(request(Method::GET)?).await?;
        Ok(ReturnPage { returns: self.state().returns.clone(), ..ReturnPage::default() })
    }
}

#[async_trait]
impl Notifications for Scripted {
    fn descriptor(&self) -> &'static NotificationsDescriptor {
        if self.leaves_notifications { &LEFT_IN_A_QUEUE } else { &NOTIFICATIONS }
    }

    async fn keys(&self, _: &Call<'_>) -> Result<WebhookKeys> {
        Ok(WebhookKeys::default())
    }

    fn key_id(&self, _: &Delivery) -> Result<Option<String>> {
        Ok(None)
    }

    fn receive(&self, _: &WebhookKeys, _: &Delivery) -> Result<Vec<Notification>> {
        Ok(self.state().notices.pop_front().into_iter().collect())
    }

    async fn subscribe(&self, _: &Call<'_>, _: &SubscriptionWant) -> Result<SubscriptionState> {
        Ok(SubscriptionState::default())
    }
}
