use crate::code::codes;

codes! {
    /// Tells how precisely a location is known.
    LocationKind {
        /// One address of the address register.
        Address = "address",
        /// A whole street.
        Street = "street",
        /// A stretch of a street.
        Segment = "segment",
        /// A square, a park, a building or another named place.
        PointOfInterest = "pointOfInterest",
        /// Somewhere in a statistical sector.
        Sector = "sector",
        /// Somewhere in the area of the consultation.
        Unknown = "unknown",
    }
}
