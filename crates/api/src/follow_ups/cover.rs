//! Under which data-sharing protocol a request that carries personal data is sent.

use domain::calendar::local_date;
use domain::category::CategoryCode;
use domain::data_sharing_protocol::Transfer;
use domain::id::{DataSharingProtocolId, OrganisationId};
use persistence::data_sharing_protocols;

use crate::problem::{Code, Problem};
use crate::work::{Refusal, Unit};

/// A question that is about to be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sending<'a> {
    /// Whether its texts hold personal data.
    pub(super) carries_personal_data: bool,
    /// In whose name it is asked.
    pub(super) sender: OrganisationId,
    /// The service that is asked.
    pub(super) recipient: OrganisationId,
    /// The category of its case.
    pub(super) category: &'a str,
    /// The only protocol that counts, when one was named.
    pub(super) wanted: Option<DataSharingProtocolId>,
}

impl Sending<'_> {
    /// Finds the protocol that covers it today, and lets nobody revoke it before it is sent; absent when it needs none.
    ///
    /// Fails when it needs one and there is none.
    pub(super) fn cover(&self, unit: &mut Unit<'_, '_>) -> Result<Option<DataSharingProtocolId>, Refusal> {
        if !self.carries_personal_data {
            return Ok(None);
        }
        let category = CategoryCode::parse(self.category).map_err(Problem::internal)?;
        let transfer = Transfer { sender: self.sender, recipient: self.recipient, category: &category };
        let today = local_date(unit.now());
        let found = data_sharing_protocols::hold_covering(unit, &transfer, self.wanted, today)?;
        if found.is_none() {
            let problem = Problem::new(Code::DataSharingProtocolMissing)
                .member("senderOrganisationId", self.sender.to_string())
                .member("recipientOrganisationId", self.recipient.to_string())
                .member("category", self.category.to_owned());
            return Err(problem.into());
        }
        Ok(found)
    }
}
