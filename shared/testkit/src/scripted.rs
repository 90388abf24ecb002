//! A channel as simple as can be, that answers as a test says: for what the engine does about any channel, where the real connectors
//! and their simulators are too true to life to be late, vague or of two minds on demand.
//!
//! It is both ends: the connector, and the far side that its calls reach through the `Http` port, faults of the plan included.

use async_trait::async_trait;
use bytes::Bytes;
use domain::{AnnouncedReturn, ChannelId, Listing, OfferId, OrderNumber, OrderSnapshot, OrderUpdate, Sku};
use http::{Method, StatusCode};
use jiff::SignedDuration;
use ports::{
    Acknowledged, Acknowledgement, Call, Cancels, Channel, Channels, DeletesOrders, Delivery, Descriptor, Error, ErrorKind, Http,
    ListingPage, Notice, Observed, OrderPage, OrderUpdates, OrdersFrom, Paging, Pause, PriceWrite, ReadBack, Request, Response,
    RestocksOnCancel, Result, ReturnPage, Status, StockSemantics, StockWrite, SubscriptionState, SubscriptionWant, Token,
    TokenKind, WebhookBody, WebhookKeys,
};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Its name.
pub const SCRIPTED: &str = "scripted";

/// What it is, where a test wants nothing else.
pub const DESCRIPTOR: Descriptor = Descriptor {
    id: SCRIPTED,
    title: "Scripted",
    credentials: &[],
    further_credentials: &[],
    signs_with: &[],
    settings: &[],
    token: TokenKind::Static,
    orders: Paging { lag: SignedDuration::ZERO, overlap: SignedDuration::ZERO, most_pages: 10, every_s: 60 },
    stock: StockSemantics::Absolute,
    acknowledgement: Acknowledgement::ProcessStatus,
    read_back: ReadBack::None,
    webhook: WebhookBody::Hint,
    calls_per_second: 10,
    restocks_on_cancel: RestocksOnCancel::Never,
    deletes_orders: DeletesOrders::Never,
    updates: OrderUpdates {
        carriers: &[],
        other_carrier: Some("OTHER"),
        needs_carrier: false,
        most_lines: None,
        cancels: Cancels::Units,
        most_returned: None,
        hears_refusals: true,
        returns: true,
    },
    sets_prices: false,
    can_lead: false,
    places: None,
    starts_tracking: false,
    most_shown: None,
    topics: &[],
};

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

/// What was said and what will be answered.
#[derive(Debug, Default)]
struct State {
    told: Vec<Said>,
    known: Vec<Said>,
    answers: VecDeque<Answer>,
    looks: VecDeque<Answer>,
    asked: usize,
    returns: Vec<AnnouncedReturn>,
    notices: VecDeque<Notice>,
    items: usize,
    pages: Vec<usize>,
}

/// The channel. Without a script it does at once what it is told, and knows what it was told.
#[derive(Debug)]
pub struct Scripted {
    descriptor: &'static Descriptor,
    /// Whether it can say what it knows.
    pub can_be_asked: bool,
    state: Mutex<State>,
}

impl Default for Scripted {
    fn default() -> Self {
        Self::new(&DESCRIPTOR)
    }
}

impl Scripted {
    /// A channel of this kind.
    pub fn new(descriptor: &'static Descriptor) -> Self {
        Self { descriptor, can_be_asked: true, state: Mutex::default() }
    }

    /// It can not say what it knows.
    pub fn mute() -> Self {
        Self { can_be_asked: false, ..Self::default() }
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
    pub fn tells(&self, notices: impl IntoIterator<Item = Notice>) {
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

impl Channels for Only {
    fn get(&self, channel: &ChannelId) -> Option<&dyn Channel> {
        (channel.as_str() == self.0.descriptor.id).then_some(self.0.as_ref() as &dyn Channel)
    }

    fn all(&self) -> Vec<&dyn Channel> {
        vec![self.0.as_ref()]
    }
}

/// The far side only has to be reached: what it does, the connector does when the call has arrived.
#[async_trait]
impl Http for Scripted {
    async fn send(&self, request: Request) -> Result<Response> {
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
        shown: None,
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

fn request(method: Method) -> Result<Request> {
    let made = http::Request::builder().method(method).uri("https://scripted.example.test/").body(Bytes::new());
    made.map_err(|error| Error::new(ErrorKind::Bug, "scripted", error.to_string()))
}

#[expect(clippy::panic, reason = "the test says so")]
fn acknowledged(answer: Answer) -> Result<Acknowledged> {
    match answer {
        Answer::Done => Ok(Acknowledged::Applied),
        Answer::Taken(status) => Ok(Acknowledged::Pending(status.to_owned())),
        Answer::No(kind, status) | Answer::DoneAfterAll(kind, status) => {
            Err(Error::new(kind, "scripted", "as the script says").with_status(status))
        }
        Answer::Panic => panic!("as the script says"),
    }
}

fn not_played<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Bug, "scripted", "this channel plays no such part"))
}

#[async_trait]
impl Channel for Scripted {
    fn descriptor(&self) -> &'static Descriptor {
        self.descriptor
    }

    fn bucket(&self, _: &Request) -> &'static str {
        "calls"
    }

    fn pause(&self, _: &Response) -> Option<Pause> {
        None
    }

    async fn token(&self, _: &Call<'_>, _: Option<&Token>) -> Result<Token> {
        not_played()
    }

    async fn orders(&self, _: &Call<'_>, _: &OrdersFrom) -> Result<OrderPage> {
        Ok(OrderPage { notices: Vec::new(), next: None })
    }

    async fn order(&self, _: &Call<'_>, _: &OrderNumber) -> Result<OrderSnapshot> {
        not_played()
    }

    async fn listings(&self, call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
        let items = self.state().items;
        if items == 0 {
            return Ok(ListingPage::default());
        }
        call.http.send(request(Method::GET)?).await?;
        let page: usize = page.map_or(Ok(0), str::parse).map_err(|_| Error::new(ErrorKind::BadInput, "scripted", "no page"))?;
        self.state().pages.push(page);
        let first = page * ITEMS_OF_A_PAGE;
        let listings = (first..items.min(first + ITEMS_OF_A_PAGE)).map(item).collect::<Result<_>>()?;
        Ok(ListingPage { listings, unread: Vec::new(), next: (first + ITEMS_OF_A_PAGE < items).then(|| (page + 1).to_string()) })
    }

    async fn read_stock(&self, _: &Call<'_>, _: &OfferId, _: &str) -> Result<Observed> {
        not_played()
    }

    async fn write_stock(&self, _: &Call<'_>, _: &StockWrite) -> Result<Acknowledged> {
        not_played()
    }

    async fn write_status(&self, call: &Call<'_>, _: &str) -> Result<Acknowledged> {
        call.http.send(request(Method::GET)?).await?;
        let answer = self.state().looks.pop_front().unwrap_or(Answer::Done);
        acknowledged(answer)
    }

    async fn update_order(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        let mut request = request(Method::PUT)?;
        let said = Said { operation: call.operation_id.to_owned(), number: number.clone(), update: update.clone() };
        request.extensions_mut().insert(said);
        let response = call.http.send(request).await?;
        acknowledged(response.extensions().get::<Answer>().copied().unwrap_or(Answer::Done))
    }

    async fn knows_update(&self, call: &Call<'_>, _: &OrderNumber, _: &OrderUpdate) -> Result<Option<bool>> {
        self.state().asked += 1;
        if !self.can_be_asked {
            return Ok(None);
        }
        call.http.send(request(Method::GET)?).await?;
        Ok(Some(self.state().known.iter().any(|known| known.operation == call.operation_id)))
    }

    async fn returns(&self, call: &Call<'_>, _: Option<&str>) -> Result<ReturnPage> {
        call.http.send(request(Method::GET)?).await?;
        Ok(ReturnPage { returns: self.state().returns.clone(), ..ReturnPage::default() })
    }

    async fn write_price(&self, _: &Call<'_>, _: &PriceWrite) -> Result<Acknowledged> {
        not_played()
    }

    async fn webhook_keys(&self, _: &Call<'_>) -> Result<WebhookKeys> {
        Ok(WebhookKeys::default())
    }

    fn webhook_key_id(&self, _: &Delivery) -> Result<Option<String>> {
        Ok(None)
    }

    fn receive(&self, _: &WebhookKeys, _: &Delivery) -> Result<Vec<Notice>> {
        Ok(self.state().notices.pop_front().into_iter().collect())
    }

    async fn subscribe(&self, _: &Call<'_>, _: &SubscriptionWant) -> Result<SubscriptionState> {
        not_played()
    }
}
