//! Invoices and credit notes: what was issued, with its documents; what waits, and why. They are issued by themselves, and never changed.

use super::orders::OrderPath;
use crate::web::needs::{HandleInvoices, Look, ReadDocuments};
use crate::web::query::{Cursor, Limit, Paged, page};
use crate::web::{Answer, Call, Context, NoBody, NoPath, PdfFile, Problem, XmlFile, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use bytes::Bytes;
use engine::rows::InvoiceDestination;
use engine::views::{self, InvoiceSettingsView, InvoiceType, InvoiceView, InvoicesPage, OrderInvoices, WaitingInvoices};
use engine::{DocumentForm, deliver_again, find_document, look_again, make_document};

const TAG: &str = "Invoices";

pub(super) fn routes() -> ApiRouter<Context> {
    lists().merge(documents()).merge(deliveries()).merge(of_orders())
}

fn lists() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/invoices",
            get_with(
                list,
                doc(
                    TAG,
                    "listInvoices",
                    "Invoices and credit notes",
                    "What was issued, series by series: of the latest year first, invoices before credit notes, the last number first. `type`: only \
                     one of the two",
                ),
            ),
        )
        .api_route(
            "/api/v1/invoices/waiting",
            get_with(
                waiting,
                doc(
                    TAG,
                    "listWaitingInvoices",
                    "Orders that wait for a document",
                    "Orders that want an invoice or credit note and have none yet. Where a person must see to it, `problem` says why \
                     (docs/guides/invoices.md has all codes); what has none is issued within minutes",
                ),
            ),
        )
        .api_route(
            "/api/v1/invoices/settings",
            get_with(settings, doc(TAG, "getInvoiceSettings", "How orders are invoiced", "How orders are invoiced, as `sluis.toml` says")),
        )
}

fn documents() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/invoices/{invoice}",
            get_with(
                read,
                doc(
                    TAG,
                    "getInvoice",
                    "One invoice or credit note",
                    "An issued document by its number, without the buyer: lines, sums per rate of VAT, and why it is taxed like that. Dates are in \
                     Europe/Amsterdam, amounts in the currency that stands beside each",
                ),
            ),
        )
        .api_route(
            "/api/v1/invoices/{invoice}/document.pdf",
            get_with(
                pdf,
                doc(
                    TAG,
                    "getInvoicePdf",
                    "The document as PDF",
                    "The document as PDF/A-3 with EN 16931 inside (Factur-X). It names the buyer: for those who may change things and not for those \
                     who only look. Made of what was frozen when it was issued",
                ),
            ),
        )
        .api_route(
            "/api/v1/invoices/{invoice}/document.xml",
            get_with(
                xml,
                doc(
                    TAG,
                    "getInvoiceXml",
                    "The document as XML",
                    "The document as UBL, in the form of Peppol: of documents to businesses. It names the buyer: for those who may change things and \
                     not for those who only look. 404: to a consumer there is none",
                ),
            ),
        )
}

fn deliveries() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/invoices/{invoice}/deliveries/{destination}/retry",
        post_with(
            send_again,
            doc(
                TAG,
                "retryInvoiceDelivery",
                "Send a document once more",
                "By the next run, within minutes: what is on its way is looked at then; what was refused is tried again; a mail that went out goes out \
                 once more. An upload or a booking of unknown outcome is looked for before anything is sent; a document from before there was an accounting system \
                 is booked by this. Takes no body. 404: it is not sent there. 422: whoever it goes to has it",
            ),
        ),
    )
}

fn of_orders() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/orders/{connection}/{order}/invoices",
            get_with(of_order, doc(TAG, "listOrderInvoices", "The documents of an order", "What was issued for an order, and what it waits for")),
        )
        .api_route(
            "/api/v1/orders/{connection}/{order}/invoices/retry",
            post_with(
                retry,
                doc(
                    TAG,
                    "retryInvoice",
                    "Try to invoice an order once more",
                    "An order that waits for its invoice or credit note is looked at by the next run, within minutes, instead of a quarter of an hour \
                     after the last. Takes no body. 404: it waits for none",
                ),
            ),
        )
}

/// A document.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct InvoicePath {
    /// Its number, as it stands on it: `F2026-00418`.
    pub(crate) invoice: String,
}

/// A document on its way.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct DeliveryPath {
    /// The document's number, as it stands on it: `F2026-00418`.
    invoice: String,
    /// Where to: `upload`, `mail` or `accounting`.
    destination: InvoiceDestination,
}

/// What of the list.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct OfType {
    /// Invoices or credit notes alone; left out: both.
    #[serde(default)]
    r#type: Option<InvoiceType>,
    /// The `next` of the page before; left out: the first page.
    #[serde(default)]
    cursor: Option<Cursor>,
    /// Entries of the page.
    #[serde(default)]
    limit: Limit,
}

async fn list(call: Call<Look, NoPath, OfType>) -> Result<Answer<InvoicesPage>, Problem> {
    let OfType { r#type, cursor, limit } = call.query;
    Ok(Answer(views::invoices(&call.world, r#type, &page(cursor, limit)).await?))
}

async fn waiting(call: Call<Look, NoPath, Paged>) -> Result<Answer<WaitingInvoices>, Problem> {
    Ok(Answer(views::waiting_invoices(&call.world, &call.query.request()).await?))
}

async fn settings(call: Call<Look>) -> Result<Answer<InvoiceSettingsView>, Problem> {
    Ok(Answer(views::invoice_settings(&call.world).await?))
}

async fn read(call: Call<Look, InvoicePath>) -> Result<Answer<InvoiceView>, Problem> {
    Ok(Answer(views::invoice(&call.world, &call.path.invoice).await?))
}

async fn pdf(call: Call<ReadDocuments, InvoicePath>) -> Result<PdfFile, Problem> {
    let (name, bytes) = made(&call, DocumentForm::Pdf).await?;
    Ok(PdfFile { name, bytes })
}

async fn xml(call: Call<ReadDocuments, InvoicePath>) -> Result<XmlFile, Problem> {
    let (name, bytes) = made(&call, DocumentForm::Ubl).await?;
    Ok(XmlFile { name, bytes })
}

/// The document in this form, and the name of its file. Who serves people has no access to where documents are kept, and needs none: the same
/// document is the same bytes.
async fn made(call: &Call<ReadDocuments, InvoicePath>, form: DocumentForm) -> Result<(String, Bytes), Problem> {
    let document = find_document(&call.world, &call.path.invoice).await?;
    let bytes = make_document(&call.world, &document, form).await?;
    let (ending, _) = form.file();
    // Numbers hold letters, digits and `-/._`; a slash is none of a file's name.
    Ok((format!("{}.{ending}", document.number.replace('/', "-")), bytes))
}

async fn of_order(call: Call<Look, OrderPath>) -> Result<Answer<OrderInvoices>, Problem> {
    let OrderPath { connection, order } = &call.path;
    Ok(Answer(views::order_invoices(&call.world, connection, order).await?))
}

async fn retry(call: Call<HandleInvoices, OrderPath>, _: NoBody) -> Result<Answer<OrderInvoices>, Problem> {
    let OrderPath { connection, order } = &call.path;
    look_again(&call.world, connection, order).await?;
    Ok(Answer(views::order_invoices(&call.world, connection, order).await?))
}

pub(crate) async fn send_again(call: Call<HandleInvoices, DeliveryPath>, _: NoBody) -> Result<Answer<InvoiceView>, Problem> {
    let DeliveryPath { invoice, destination } = &call.path;
    deliver_again(&call.world, invoice, *destination).await?;
    Ok(Answer(views::invoice(&call.world, invoice).await?))
}
