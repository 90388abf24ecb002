//! Prices of a shape: as the requests that the connector would have sent, many at a time.

use super::Shaped;
use super::connector::{Rows, kept};
use async_trait::async_trait;
use ports::{Call, Error, ErrorKind, Outcomes, PriceWrite, Prices, PricesDescriptor, Result};

#[async_trait]
impl Prices for Shaped {
    fn descriptor(&self) -> &'static PricesDescriptor {
        self.prices
    }

    async fn write(&self, call: &Call<'_>, writes: &[PriceWrite]) -> Result<Outcomes> {
        assert!(writes.len() <= self.shape.price_batch, "{} prices in one write", writes.len());
        let prices = self.inner.prices().ok_or_else(|| Error::new(ErrorKind::Bug, "shaped", "no prices"))?;
        let mut rows = Rows::default();
        for write in writes {
            let kept = kept(call, false);
            let answer = prices.write_one(&Call { http: &kept, ..*call }, write).await;
            rows.take(kept.take(), answer, format!("{}|{}", write.offer, write.stock_reference));
        }
        rows.send(call).await
    }
}
