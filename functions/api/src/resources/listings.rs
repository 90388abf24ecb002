//! Which listing of a connection is which product.

use super::connections::ConnectionPath;
use crate::web::needs::{Look, ManageCatalogue};
use crate::web::query::{Cursor, Flag, Limit, page};
use crate::web::{Answer, Body, Call, Context, CsvFile, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, put_with};
use domain::csv_text::harmless;
use domain::{ConnectionId, MatchProblem, OfferId, Sku};
use engine::match_by_hand;
use engine::views::{self, ListingView, ListingsPage, MOST_PER_PAGE, PageRequest, Unreadable};
use ports::{Error, ErrorKind};
use schemars::{Schema, SchemaGenerator};

pub(super) const TAG: &str = "Listings";
/// Listings of one file at most: they are read well before the function's time is over, and fit into its answer.
const MOST_LISTINGS: usize = 10_000;
const NAMES: [&str; 7] = ["connection", "offer", "ean", "channel_sku", "title", "sku", "status"];

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/connections/{connection}/listings",
            get_with(list, doc(TAG, "listListings", "Listings of a connection", "Which listing of a connection is which product; `unmatched`: only those a person must match")),
        )
        .api_route(
            "/api/v1/connections/{connection}/listings.csv",
            get_with(
                file,
                doc(
                    TAG,
                    "getListingsFile",
                    "Listings of a connection as a file",
                    "A connection's listings as a file, with the product each is and how that is known; `unmatched`: only those a person must \
                     match. Of more than 10000 listings the header `sluis-next` holds the `cursor` of the rest",
                ),
            ),
        )
        .api_route(
            "/api/v1/connections/{connection}/listings/{listing}/match",
            put_with(put, doc(TAG, "matchListing", "Say which product a listing is", "Says which product a listing is, where EAN and SKU do not")),
        )
}

/// Which listings.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct Filter {
    /// The `next` of the page before; left out: the first page.
    #[serde(default)]
    cursor: Option<Cursor>,
    /// Entries of the page.
    #[serde(default)]
    limit: Limit,
    /// Only those a person must match.
    #[serde(default)]
    unmatched: Flag,
}

/// Which listings, in a file.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct FileFilter {
    /// The header `sluis-next` of the file before; left out: from the first on.
    #[serde(default)]
    cursor: Option<Cursor>,
    /// Only those a person must match.
    #[serde(default)]
    unmatched: Flag,
}

/// A listing of a connection.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct ListingPath {
    /// Which connection.
    connection: ConnectionId,
    /// The channel's id of the listing: its `offer`.
    listing: OfferId,
}

/// Which product a listing is.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchRequest {
    /// The product; null: what was said by hand is forgotten, and the next look at the listings goes by EAN and SKU.
    #[serde(deserialize_with = "serde::Deserialize::deserialize")]
    #[schemars(schema_with = "said")]
    sku: Option<Sku>,
}

/// Left out is not said: a body that lost its field must not take a match away.
fn said(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<Option<Sku>>()
}

/// Which product a listing is from now on.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct ListingMatch {
    /// The connection.
    connection: ConnectionId,
    /// The listing.
    offer: OfferId,
    /// The product; null: codes decide again.
    sku: Option<Sku>,
}

async fn list(call: Call<Look, ConnectionPath, Filter>) -> Result<Answer<ListingsPage>, Problem> {
    let Filter { cursor, limit, unmatched } = call.query;
    Ok(Answer(views::listings(&call.world, &call.path.connection, unmatched.0, &page(cursor, limit)).await?))
}

pub(crate) async fn put(
    call: Call<ManageCatalogue, ListingPath>,
    Body(MatchRequest { sku }): Body<MatchRequest>,
) -> Result<Answer<ListingMatch>, Problem> {
    let ListingPath { connection, listing: offer } = call.path;
    match match_by_hand(&call.world, &connection, &offer, sku.as_ref()).await {
        Ok(()) => Ok(Answer(ListingMatch { connection, offer, sku })),
        Err(error) if error.kind == ErrorKind::BadInput => Err(Problem::from(error).in_field("sku")),
        Err(error) => Err(error.into()),
    }
}

/// Every listing of a connection, or only those a person must match; from `cursor` on, if there are more than fit in one file.
async fn file(call: Call<Look, ConnectionPath, FileFilter>) -> Result<CsvFile, Problem> {
    let connection = &call.path.connection;
    let mut cursor = call.query.cursor.and_then(|cursor| cursor.0);
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(NAMES).map_err(|error| unwritten(&error))?;
    for _ in 0..MOST_LISTINGS.div_ceil(MOST_PER_PAGE) {
        let request = PageRequest { cursor, limit: MOST_PER_PAGE };
        let page = views::listings(&call.world, connection, call.query.unmatched.0, &request).await?;
        for listing in &page.listings {
            file.write_record(record(connection, listing)).map_err(|error| unwritten(&error))?;
        }
        // Without a listing's id, so that nobody matches it by sending the file back.
        for Unreadable { key, error } in &page.unreadable {
            let status = format!("cannot be read: {key}: {error}");
            let cells = [connection.as_str(), "", "", "", "", "", &status].map(|cell| harmless(cell).into_owned());
            file.write_record(cells).map_err(|error| unwritten(&error))?;
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let text = file.into_inner().map_err(|error| unwritten(&error.into_error().into()))?;
    Ok(CsvFile { name: format!("{connection}-listings.csv"), text, next: cursor })
}

fn unwritten(error: &csv::Error) -> Problem {
    Problem::from(Error::new(ErrorKind::Bug, "file of listings", error.to_string()))
}

fn record(connection: &ConnectionId, view: &ListingView) -> [String; 7] {
    let ListingView { listing, matched, manual, match_problem, .. } = view;
    let text = |code: Option<&str>| code.unwrap_or_default().to_owned();
    [
        connection.to_string(),
        listing.offer.to_string(),
        text(listing.ean.as_ref().map(domain::Ean::as_str)),
        text(listing.sku.as_ref().map(Sku::as_str)),
        listing.title.clone(),
        text(matched.as_ref().map(Sku::as_str)),
        status(matched.is_some(), *manual, match_problem.as_ref()),
    ]
    // Each of them may be somebody else's text.
    .map(|cell| harmless(&cell).into_owned())
}

fn status(is_matched: bool, manual: bool, match_problem: Option<&MatchProblem>) -> String {
    match match_problem {
        Some(MatchProblem::SharedStock { with, .. }) => {
            let with: Vec<&str> = with.iter().map(OfferId::as_str).collect();
            format!("one stock with {}, which is another product", with.join(" "))
        }
        _ if manual => "matched by hand".to_owned(),
        Some(MatchProblem::Unknown) => "no product has its EAN or SKU".to_owned(),
        Some(MatchProblem::Ambiguous { skus }) => {
            let skus: Vec<&str> = skus.iter().map(Sku::as_str).collect();
            format!("several products have its EAN: {}", skus.join(" "))
        }
        Some(MatchProblem::Conflicting { by_ean, by_sku }) => format!("its EAN names {by_ean}, its SKU {by_sku}"),
        Some(MatchProblem::OtherSku { by_ean, sku }) => format!("its EAN names {by_ean}, and no product has its SKU {sku}"),
        Some(MatchProblem::Condition { sku, condition }) => format!("offered as {condition}, with the codes of {sku}"),
        None if is_matched => "matched by its codes".to_owned(),
        None => "not matched".to_owned(),
    }
}
