//! The channels that something is told in, by what it is like now.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::channel::Channel;
use crate::id::{ConsultationId, OrganisationId};
use crate::note::Visibility;

/// The channels that something is told in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audience(pub BTreeSet<Uuid>);

impl Audience {
    /// Gives that of what all members of a consultation read, and those of the one that leads the case meanwhile.
    pub fn team(consultation: ConsultationId, led_by: Option<ConsultationId>) -> Self {
        Self::default().with_both(Channel::Team, consultation, led_by)
    }

    /// Gives that of a report; `partners` are those to which it was circulated.
    pub fn report(consultation: ConsultationId, partners: impl IntoIterator<Item = OrganisationId>) -> Self {
        partners.into_iter().fold(Self::team(consultation, None), |audience, partner| {
            audience.with(Channel::Reports, Some(partner))
        })
    }

    /// Gives that of what the members of a consultation read that are no guards, and those of the one that leads the case.
    pub fn office(consultation: ConsultationId, led_by: Option<ConsultationId>) -> Self {
        Self::default().with_both(Channel::Office, consultation, led_by)
    }

    /// Gives that of what is read by those who run a consultation.
    pub fn desk(consultation: ConsultationId) -> Self {
        Self::default().with(Channel::Desk, Some(consultation))
    }

    /// Gives that of an hourly rate.
    pub fn rate(consultation: ConsultationId) -> Self {
        Self::desk(consultation).with(Channel::Rates, Some(Uuid::nil()))
    }

    /// Gives that of a request; `service` is the addressed one, once it was sent.
    pub fn request(
        consultation: ConsultationId,
        led_by: Option<ConsultationId>,
        service: Option<OrganisationId>,
    ) -> Self {
        Self::team(consultation, led_by).with(Channel::Service, service)
    }

    /// Gives that of an action.
    pub fn action(
        consultation: ConsultationId,
        led_by: Option<ConsultationId>,
        owner: OrganisationId,
    ) -> Self {
        Self::team(consultation, led_by).with(Channel::Owner, Some(owner))
    }

    /// Gives that of a note.
    pub fn note(
        visibility: Visibility,
        consultation: ConsultationId,
        led_by: Option<ConsultationId>,
        author: OrganisationId,
    ) -> Self {
        match visibility {
            Visibility::Team => Self::team(consultation, led_by),
            Visibility::PoliceOnly => Self::default().with_both(Channel::Police, consultation, led_by),
            Visibility::HousingOnly => Self::default()
                .with_both(Channel::Housing, consultation, led_by)
                .with(Channel::Author, Some(author)),
        }
    }

    /// Gives that of a contact with a partner.
    pub fn contact(
        consultation: ConsultationId,
        led_by: Option<ConsultationId>,
        author: OrganisationId,
    ) -> Self {
        Self::team(consultation, led_by).with(Channel::Author, Some(author))
    }

    /// Gives that of an escalation; `above` is the consultation that it goes to, once it was submitted.
    pub fn escalation(from: ConsultationId, above: Option<ConsultationId>) -> Self {
        Self::office(from, above)
    }

    /// Gives that of a shift in an area that some consultations cover.
    pub fn presence(
        organisation: OrganisationId,
        covering: impl IntoIterator<Item = ConsultationId>,
    ) -> Self {
        covering
            .into_iter()
            .fold(Self::default().with(Channel::Shifts, Some(organisation)), |audience, consultation| {
                audience.with(Channel::Office, Some(consultation))
            })
    }

    /// Gives that of a webhook subscription.
    pub fn webhook(organisation: OrganisationId) -> Self {
        Self::default().with(Channel::Webhooks, Some(organisation)).with(Channel::Webhooks, Some(Uuid::nil()))
    }

    /// Gives that of an organisation.
    pub fn organisation(id: OrganisationId, takes_requests: bool) -> Self {
        Self::reference(Some(id)).with(Channel::Services, takes_requests.then_some(Uuid::nil()))
    }

    /// Gives that of a rule for terms, of one service or of all.
    pub fn term(of: Option<OrganisationId>) -> Self {
        Self::reference(of).with(Channel::Services, of.is_none().then_some(Uuid::nil()))
    }

    /// Gives that of other reference data, of one organisation or of all.
    pub fn reference(of: Option<OrganisationId>) -> Self {
        Self::default().with(Channel::Reference, Some(Uuid::nil())).with(Channel::Affairs, of)
    }

    fn with(mut self, channel: Channel, id: Option<impl Into<Uuid>>) -> Self {
        self.0.extend(id.map(|id| channel.of(id)));
        self
    }

    fn with_both(self, channel: Channel, own: ConsultationId, led_by: Option<ConsultationId>) -> Self {
        self.with(channel, Some(own)).with(channel, led_by)
    }
}
