//! The scripted channel as one that takes invoices and tells who bought.

use crate::scripted::{Answer, Scripted, acknowledged, request};
use async_trait::async_trait;
use domain::{OrderBuyer, OrderNumber, Personal};
use http::Method;
use ports::{
    Acknowledged, Billing, BillingDescriptor, BuyerMail, Call, Error, ErrorKind, InvoiceNoticePage, InvoiceUpload, Invoices,
    InvoicesDescriptor, Result,
};

static INVOICES: InvoicesDescriptor = InvoicesDescriptor { credit_notes: false, most_bytes: 2_000_000 };
static BILLING: BillingDescriptor = BillingDescriptor { keeps_days: 90, mail: BuyerMail::Alias };

#[async_trait]
impl Invoices for Scripted {
    fn descriptor(&self) -> &'static InvoicesDescriptor {
        &INVOICES
    }

    async fn upload(&self, call: &Call<'_>, invoice: &InvoiceUpload) -> Result<Acknowledged> {
        let mut request = request(Method::PUT)?;
        request.extensions_mut().insert(invoice.clone());
        let response = call.http.send(request).await?;
        acknowledged(response.extensions().get::<Answer>().copied().unwrap_or(Answer::Done))
    }

    async fn knows(&self, call: &Call<'_>, invoice: &InvoiceUpload) -> Result<Option<bool>> {
        self.note_asked();
        if !self.can_be_asked {
            return Ok(None);
        }
        call.http.send(request(Method::GET)?).await?;
        if self.dislikes(&invoice.number) {
            return Err(Error::new(ErrorKind::Declined, "scripted", "it does not like this invoice"));
        }
        Ok(Some(self.invoices_taken().iter().any(|known| known.number == invoice.number)))
    }

    async fn notices(&self, call: &Call<'_>, _: Option<&str>) -> Result<InvoiceNoticePage> {
        call.http.send(request(Method::GET)?).await?;
        Ok(InvoiceNoticePage { notices: self.notices_of_invoices(), next: None })
    }
}

/// It knows nobody: tests say themselves who bought.
#[async_trait]
impl Billing for Scripted {
    fn descriptor(&self) -> &'static BillingDescriptor {
        &BILLING
    }

    async fn buyer(&self, call: &Call<'_>, _: &OrderNumber) -> Result<Personal<OrderBuyer>> {
        call.http.send(request(Method::GET)?).await?;
        Ok(Personal::new(OrderBuyer::default()))
    }
}
