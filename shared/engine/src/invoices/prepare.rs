//! What an order's documents say, ready for their numbers.

use super::compose::{Composed, compose};
use super::credits;
use super::gather::Facts;
use super::problem::{Done, Undone, refuse};
use super::sums_abroad::{SumsAbroad, counted};
use super::vies::{self, Heard};
use super::wanted::{Parcel, parcels};
use crate::rows::{LegalEntity, OrderDocument};
use crate::{Cache, Ports};
use domain::invoice::{Content, DocumentKind, NumberFormat};
use domain::vat::{ProductClass, Reason, WhyDestination};
use domain::{OrderBuyer, Sku};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Bytes of a document that one row takes, its other fields left some room.
const MOST_BYTES: usize = 380 * 1024;

/// An order with the documents that it gets next.
pub(crate) struct Prepared<'a> {
    pub(crate) facts: Facts<'a>,
    pub(crate) made: Vec<Made>,
    /// What was decided by sums that others may change.
    pub(crate) sums: Option<SumsAbroad>,
    /// Whether it is looked at again when these are issued.
    pub(crate) goes_on: bool,
}

/// A document but for its number; `None`: nobody here issues one, and that is noted.
pub(crate) struct Made {
    pub(crate) entry: OrderDocument,
    pub(crate) content: Option<Content>,
    pub(crate) bytes: usize,
}

impl Prepared<'_> {
    /// Rows of a transaction that it takes.
    pub(crate) fn rows(&self) -> usize {
        // The order and its lock, the word that it is due; a document and the word that its bytes are to be kept.
        3 + 2 * self.made.len()
    }

    /// Bytes of a transaction that it takes, about.
    pub(crate) fn bytes(&self) -> usize {
        4_096 + self.made.iter().map(|made| made.bytes).sum::<usize>()
    }

    /// How documents of a kind are numbered: by the connection's own series, or the legal entity's.
    pub(crate) fn format(&self, kind: DocumentKind) -> Done<(NumberFormat, bool)> {
        let (own, entity) = (self.facts.terms()?.numbers.as_ref(), self.facts.entity()?);
        let format = match (kind, own) {
            (DocumentKind::Invoice, Some(own)) => &own.invoices,
            (DocumentKind::CreditNote, Some(own)) => &own.credit_notes,
            (DocumentKind::Invoice, None) => &entity.invoice_numbers,
            (DocumentKind::CreditNote, None) => &entity.credit_note_numbers,
        };
        Ok((format.clone(), own.is_some()))
    }
}

/// Works out the next documents of an order; none: it has all of them.
pub(crate) async fn prepare<'a>(world: &Ports, lookup: &Cache, facts: Facts<'a>) -> (Facts<'a>, Done<Option<Plan>>) {
    let plan = plan(world, lookup, &facts).await;
    (facts, plan)
}

/// The documents that an order gets next.
pub(crate) struct Plan {
    pub(crate) made: Vec<Made>,
    pub(crate) sums: Option<SumsAbroad>,
    pub(crate) goes_on: bool,
}

async fn plan(world: &Ports, lookup: &Cache, facts: &Facts<'_>) -> Done<Option<Plan>> {
    if facts.order.snapshot.placed_at < facts.terms()?.since {
        return Ok(None);
    }
    let (parcels, all) = parcels(&facts.order, &facts.documents.documents, facts.terms()?);
    if parcels.is_empty() {
        let Some(credit) = credits::next(world, facts).await? else { return Ok(None) };
        let made = made(DocumentKind::CreditNote, credit.mark, Some(credit.of), credit.lines, credit.content)?;
        return Ok(Some(Plan { made: vec![made], sums: None, goes_on: true }));
    }
    let (buyer, classes) = (facts.buyer(world, lookup).await?, facts.classes(world).await?);
    let (mut plan, mut earlier) = (Plan { made: Vec::new(), sums: None, goes_on: !all }, Decimal::ZERO);
    let mut heard = Heard::NOTHING;
    for parcel in parcels {
        let decided = decide(world, facts, &parcel, buyer.expose(), &classes, (earlier, &heard)).await;
        let (composed, sums) = match decided {
            // Only where it decides is it asked at all.
            Err(undone) if vies::is_wanted(&undone) => {
                heard = vies::heard(world, facts, buyer.expose()).await?.ok_or(undone)?;
                decide(world, facts, &parcel, buyer.expose(), &classes, (earlier, &heard)).await?
            }
            decided => decided?,
        };
        if sums.is_some() && !plan.made.is_empty() {
            // By itself: what is decided by sums depends on all that came before.
            plan.goes_on = true;
            break;
        }
        plan.made.push(match composed {
            Composed::Content(content) => {
                earlier += content.totals.gross;
                made(DocumentKind::Invoice, parcel.mark, None, parcel.lines, *content)?
            }
            Composed::ByMarketplace(gross) => {
                let (kind, issued, credits) = (DocumentKind::Invoice, None, None);
                let entry = OrderDocument { kind, mark: parcel.mark, issued, credits, lines: parcel.lines, gross };
                Made { entry, content: None, bytes: 0 }
            }
        });
        plan.sums = sums;
        if plan.sums.is_some() {
            plan.goes_on = true;
            break;
        }
    }
    // What was invoiced just now may be credited already, by what the channel told since.
    plan.goes_on |= !super::wanted::to_credit(&facts.order, &after(facts, &plan)).is_empty();
    Ok(Some(plan))
}

/// The order's documents with those of the plan.
fn after(facts: &Facts<'_>, plan: &Plan) -> Vec<OrderDocument> {
    facts.documents.documents.iter().chain(plan.made.iter().map(|made| &made.entry)).cloned().collect()
}

fn made(kind: DocumentKind, mark: String, credits: Option<usize>, lines: Vec<domain::LineUnits>, content: Content) -> Done<Made> {
    let bytes = crate::rows::to_json(&content).len();
    if bytes > MOST_BYTES {
        let message = format!(
            "the document takes {bytes} bytes, and a row takes {MOST_BYTES}; ship the order in parts, or invoice it by hand"
        );
        return refuse("document_too_large", &[("bytes", &bytes.to_string())], message);
    }
    let entry = OrderDocument { kind, mark, issued: None, credits, lines, gross: content.totals.gross };
    Ok(Made { entry, content: Some(content), bytes })
}

/// A parcel's content. Where the sums of sales abroad decide, they are read, and what the sale itself comes to is reckoned at the rates of where
/// it leaves: the sale that crosses the threshold is beyond it.
async fn decide(
    world: &Ports,
    facts: &Facts<'_>,
    parcel: &Parcel,
    buyer: &OrderBuyer,
    classes: &BTreeMap<Sku, ProductClass>,
    (earlier, heard): (Decimal, &Heard),
) -> Done<(Composed, Option<SumsAbroad>)> {
    let entity: &LegalEntity = facts.entity()?;
    let year = match compose(facts, parcel, buyer, classes, None, earlier, heard) {
        Err(Undone::Refused(problem)) if problem.code == "vat_threshold_unknown" => {
            problem.arguments.get("year").and_then(|year| year.parse::<i16>().ok())
        }
        composed => return Ok((composed?, None)),
    };
    let Some(year) = year else { return refuse("vat_threshold_unknown", &[], "the year of the sale is not known") };
    let sums = SumsAbroad::read(world, &facts.terms()?.entity, entity, year).await?;
    let at = |this_sale| compose(facts, parcel, buyer, classes, sums.threshold(entity, this_sale), earlier, heard);
    let before = at(0);
    let this_sale = match &before {
        Ok(Composed::Content(content)) if is_of_origin(content) => counted(content),
        // Another's tax may differ from what the channel charged, and not that of the destination: its own sum decides first.
        _ => return Ok((before?, Some(sums))),
    };
    Ok((at(this_sale)?, Some(sums)))
}

fn is_of_origin(content: &Content) -> bool {
    let origin = |reason: &Reason| match reason {
        Reason::Origin { .. } => true,
        Reason::Destination { because, .. } => matches!(because, WhyDestination::ThisYear { .. }),
        _ => false,
    };
    content.vat.iter().any(|total| origin(&total.decision.reason))
}
