//! Code lists of protocols.

use crate::code::codes;

codes! {
    /// The state of a protocol.
    Status {
        /// Being written.
        Draft = "draft",
        /// In force, from its first day to its last.
        Valid = "valid",
        /// Its last day is over.
        Expired = "expired",
        /// Ended before its last day.
        Revoked = "revoked",
    }
}

codes! {
    /// What can be done with a protocol.
    Verb {
        /// Write it.
        Create = "create",
        /// Change the draft.
        Edit = "edit",
        /// Put it into force.
        Validate = "validate",
        /// End it early.
        Revoke = "revoke",
    }
}

codes! {
    /// What makes the processing lawful (GDPR, article 6(1)).
    LegalBasis {
        /// The data subject consented (a).
        Consent = "consent",
        /// A contract with the data subject (b).
        Contract = "contract",
        /// A legal obligation of the controller (c).
        LegalObligation = "legalObligation",
        /// Vital interests of a person (d).
        VitalInterests = "vitalInterests",
        /// A task in the public interest or in the exercise of official authority (e).
        PublicTask = "publicTask",
        /// Legitimate interests; not for public authorities in the performance of their tasks (f).
        LegitimateInterests = "legitimateInterests",
    }
}

codes! {
    /// What kind of personal data is passed on.
    DataCategory {
        /// Names and what else tells who somebody is; never a national register number.
        Identification = "identification",
        /// How to reach somebody.
        ContactDetails = "contactDetails",
        /// Where somebody lives or stays.
        Address = "address",
        /// With whom somebody lives.
        Household = "household",
        /// How somebody lives: tenancy, state of the dwelling.
        HousingSituation = "housingSituation",
        /// What somebody does or is said to do.
        Behaviour = "behaviour",
        /// Health and addiction (GDPR, article 9).
        Health = "health",
        /// Offences and convictions (GDPR, article 10).
        Offences = "offences",
        /// Pictures on which persons can be recognised.
        Images = "images",
    }
}
