//! The accounting system in which documents are booked: its settings, and whether they fit what is there.

use crate::web::needs::{HandleInvoices, Look};
use crate::web::{Answer, Call, Context, NoBody, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use engine::ask_for_accounting_check;
use engine::views::{self, AccountingView};

const TAG: &str = "Invoices";

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/accounting",
            get_with(
                read,
                doc(
                    TAG,
                    "getAccounting",
                    "Where documents are booked",
                    "The accounting system, by which codes documents are booked there, and what the last look at it found. Which documents are booked \
                     stands with each document, as its delivery `accounting`",
                ),
            ),
        )
        .api_route(
            "/api/v1/accounting/check",
            post_with(
                check,
                doc(
                    TAG,
                    "checkAccounting",
                    "Check the accounting system",
                    "Has journals, VAT codes, ledger accounts and collective debtors of the settings looked up there, by the next run, within minutes. \
                     It is done by itself once a day and when they changed. Takes no body. 404: there is no accounting system",
                ),
            ),
        )
}

async fn read(call: Call<Look>) -> Result<Answer<AccountingView>, Problem> {
    Ok(Answer(views::accounting(&call.world).await?))
}

async fn check(call: Call<HandleInvoices>, _: NoBody) -> Result<Answer<AccountingView>, Problem> {
    ask_for_accounting_check(&call.world).await?;
    Ok(Answer(views::accounting(&call.world).await?))
}
