//! Has VIES asked for a buyer's VAT number where its answer decides, and keeps what it said.
//!
//! A look at an order asks nobody: it reads what VIES said today, and where it was not asked yet the order says so. When all orders were looked at, the
//! numbers that they name are asked for, one after the other, and those orders are looked at again. Where VIES is silent, the order waits as any
//! other that cannot be invoiced (`InvoiceDueRow`), and the number's row says when it is asked for again.

use super::gather::Facts;
use super::problem::{Done, Undone, problem};
use crate::Ports;
use crate::rows::{BuyerRow, InvoiceDueRow, InvoiceSettingsRow, KeptBuyer, Unanswered, ViesRow};
use domain::invoice::{ViesConsultation, date_in_amsterdam};
use domain::vat::{Silence, VatCountry, VatNumber, Vies, ViesAnswer, WhyUnknown};
use domain::{ConnectionId, OrderBuyer, OrderNumber};
use jiff::Timestamp;
use ports::{Result, VatNumbers};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers that are asked for in one run at most. What is left is asked for by the next.
const MOST_ASKED: usize = 25;

/// A number to ask for, under one of the seller's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Question {
    pub(crate) number: VatNumber,
    pub(crate) asked_by: Option<VatNumber>,
}

/// What VIES said of a buyer, and what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) vies: Vies,
    pub(crate) consultation: Option<ViesConsultation>,
}

impl Heard {
    /// Nothing, for nobody asked.
    pub(crate) const NOTHING: Self = Self { vies: Vies::NotAsked, consultation: None };
}

/// Whether a look ended because VIES was not heard.
pub(crate) fn is_wanted(undone: &Undone) -> bool {
    matches!(undone, Undone::Refused(problem) if problem.code == "vat_vies_unknown")
}

/// What VIES said today of the buyer's number; or that it must be asked, or is left alone. `None`: nobody can be asked.
pub(crate) async fn heard(world: &Ports, facts: &Facts<'_>, buyer: &OrderBuyer) -> Done<Option<Heard>> {
    let (Some(number), Some(_)) = (&buyer.vat_number, world.connectors.vat_numbers()) else { return Ok(None) };
    let asked_by = facts.entity()?.vat.own_number().cloned();
    let question = Question { number: number.clone(), asked_by };
    let now = world.clock.now();
    let Some(row) = read(world, &question).await? else { return Err(Undone::Ask(question)) };
    let is_valid = match row.answer {
        ViesAnswer::Valid { .. } => true,
        ViesAnswer::Invalid { .. } => false,
        ViesAnswer::Unknown { why } => return silent(facts, &row, why, question, now).map(Some),
    };
    if !is_of_today(&row, now) {
        return Err(Undone::Ask(question));
    }
    let (ViesAnswer::Valid { consultation } | ViesAnswer::Invalid { consultation }) = row.answer else { return Ok(None) };
    let consultation = ViesConsultation { number: row.number, asked_by: row.asked_by, at: row.at, is_valid, consultation };
    let vies = if is_valid { Vies::Valid } else { Vies::Invalid };
    Ok(Some(Heard { vies, consultation: Some(consultation) }))
}

/// Nobody knows: it is asked for again, left alone for now, or given up where the merchant wants that.
fn silent(facts: &Facts<'_>, row: &ViesRow, why: WhyUnknown, question: Question, now: Timestamp) -> Done<Heard> {
    if row.again_at <= now {
        return Err(Undone::Ask(question));
    }
    if facts.books.settings.vies.unanswered == Unanswered::ChargeVat && why.is_waited_for(row.in_vain) {
        return Ok(Heard { vies: Vies::GivenUp, consultation: None });
    }
    let again = row.again_at.round(jiff::Unit::Minute).unwrap_or(row.again_at);
    let message = format!("VIES has not said whether the buyer's VAT number is valid: {why}; it is asked again at {again}");
    let word = serde_json::to_value(why).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
    let arguments = [("why", word.as_str()), ("again_at", &again.to_string())];
    Err(Undone::Waits(problem("vies_silent", &arguments, message), row.again_at))
}

/// An invoice rests on what VIES said on its own day, in Amsterdam.
fn is_of_today(row: &ViesRow, now: Timestamp) -> bool {
    date_in_amsterdam(row.at) == date_in_amsterdam(now)
}

/// What is known of a number; one with the same key counts as none.
async fn read(world: &Ports, question: &Question) -> Result<Option<ViesRow>> {
    let row: Option<ViesRow> = world.get(&ViesRow::key(&question.number, question.asked_by.as_ref())).await?;
    Ok(row.filter(|row| row.number == question.number && row.asked_by == question.asked_by))
}

/// Orders that wait for numbers to be asked for.
#[derive(Default)]
pub(crate) struct Wanted(BTreeMap<Question, Vec<InvoiceDueRow>>);

impl Wanted {
    /// One more.
    pub(crate) fn add(&mut self, question: Question, due: InvoiceDueRow) {
        self.0.entry(question).or_default().push(due);
    }

    /// How many orders.
    pub(crate) fn orders(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}

/// Asks for numbers, one after the other, until `until`. Answers the orders that can be looked at again; the others are due still.
pub(crate) async fn ask(
    world: &Ports,
    settings: &InvoiceSettingsRow,
    wanted: Wanted,
    until: Timestamp,
) -> Result<Vec<InvoiceDueRow>> {
    let mut due = Vec::new();
    let Some(register) = world.connectors.vat_numbers() else { return Ok(due) };
    let mut run = Run::default();
    for (question, orders) in wanted.0 {
        if run.asked == MOST_ASKED || world.clock.now() >= until {
            break;
        }
        ask_one(world, register, settings, &question, &mut run).await?;
        due.extend(orders);
    }
    Ok(due)
}

async fn ask_one(
    world: &Ports,
    register: &dyn VatNumbers,
    settings: &InvoiceSettingsRow,
    question: &Question,
    run: &mut Run,
) -> Result<()> {
    let key = ViesRow::key(&question.number, question.asked_by.as_ref());
    let was: Option<ViesRow> = world.get(&key).await?;
    let answer = if let Some(why) = run.silence_about(question) {
        ViesAnswer::Unknown { why }
    } else {
        run.asked += 1;
        let base_url = settings.vies.base_url.as_deref();
        register.check(&*world.http, base_url, &question.number, question.asked_by.as_ref()).await
    };
    let now = world.clock.now();
    let (in_vain, again_at) = match &answer {
        ViesAnswer::Unknown { why } => {
            run.note(question, *why);
            let before = was.as_ref().filter(|was| was.number == question.number).map_or(0, |was| was.in_vain);
            let in_vain = before.saturating_add(1);
            (in_vain, now.saturating_add(why.ask_again_after(in_vain)).unwrap_or(now))
        }
        ViesAnswer::Valid { .. } | ViesAnswer::Invalid { .. } => (0, now),
    };
    let Question { number, asked_by } = question.clone();
    let row = ViesRow { number, asked_by, at: now, answer, in_vain, again_at, version: 0 };
    // Where somebody else asked at the same time, what they heard is as good.
    world.write_if(row.in_place_of(was.as_ref())).await.map(drop)
}

/// How often this run asked, and who was silent: nobody is asked again at once, for another number either.
#[derive(Default)]
struct Run {
    asked: usize,
    vies: Option<WhyUnknown>,
    states: BTreeMap<VatCountry, WhyUnknown>,
    sellers: BTreeSet<VatNumber>,
}

impl Run {
    fn note(&mut self, question: &Question, why: WhyUnknown) {
        match why.silence() {
            Silence::OfVies => self.vies = Some(why),
            Silence::OfState => self.states.extend(question.number.country().map(|state| (state, why))),
            Silence::OfSeller => self.sellers.extend(question.asked_by.clone()),
            Silence::OfNumber => {}
        }
    }

    fn silence_about(&self, question: &Question) -> Option<WhyUnknown> {
        let of_seller = question.asked_by.as_ref().filter(|own| self.sellers.contains(*own)).map(|_| WhyUnknown::SellerRefused);
        let of_state = || question.number.country().and_then(|state| self.states.get(&state).copied());
        self.vies.or(of_seller).or_else(of_state)
    }
}

/// A person wants an order looked at now: where it waits for VIES, that is asked by the next run.
pub(crate) async fn ask_at_once(world: &Ports, due: &InvoiceDueRow) -> Result<()> {
    if due.problem.as_ref().is_none_or(|problem| problem.code != "vies_silent") {
        return Ok(());
    }
    let Some(number) = number_of(world, &due.connection, &due.number).await? else { return Ok(()) };
    let settings: InvoiceSettingsRow = world.get(&InvoiceSettingsRow::key()).await?.unwrap_or_default();
    // Under whichever of the entities' numbers it was asked for: one is the order's.
    for entity in settings.entities.values() {
        let question = Question { number: number.clone(), asked_by: entity.vat.own_number().cloned() };
        if let Some(row) = read(world, &question).await?
            && matches!(row.answer, ViesAnswer::Unknown { .. })
        {
            world.write_if(row.at_once(world.clock.now())).await?;
        }
    }
    Ok(())
}

/// The VAT number of an order's buyer, as it is kept.
async fn number_of(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<Option<VatNumber>> {
    let row = world.table.get(&BuyerRow::key(connection, number)).await?;
    Ok(match row.as_ref().map(BuyerRow::from_row).transpose()? {
        Some(BuyerRow::Kept(KeptBuyer { buyer, .. })) => buyer.expose().vat_number.clone(),
        _ => None,
    })
}
