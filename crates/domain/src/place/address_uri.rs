use std::{error::Error, fmt};

use serde::Serialize;

const PREFIX: &str = "https://data.vlaanderen.be/id/adres/";

/// Identifies an address in the Flemish address register: `https://data.vlaanderen.be/id/adres/{digits}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AddressUri(String);

impl AddressUri {
    /// Parses the URI: the object id is 1 to 18 digits without a leading zero.
    pub fn parse(text: &str) -> Result<Self, AddressUriFault> {
        let id = text.strip_prefix(PREFIX).ok_or(AddressUriFault)?;
        let well_formed = (1..=18).contains(&id.len())
            && !id.starts_with('0')
            && id.bytes().all(|byte| byte.is_ascii_digit());
        well_formed.then(|| Self(text.to_owned())).ok_or(AddressUriFault)
    }

    /// Returns the URI.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the object id: the digits at the end.
    pub fn object_id(&self) -> &str {
        self.0.strip_prefix(PREFIX).unwrap_or_default()
    }
}

impl fmt::Display for AddressUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Tells that a text is not the URI of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressUriFault;

impl AddressUriFault {
    /// Returns the stable code of the fault.
    pub fn code(self) -> &'static str {
        "form"
    }
}

impl fmt::Display for AddressUriFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an address is given as {PREFIX} and its object id")
    }
}

impl Error for AddressUriFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_uri_of_an_address_only() {
        let uri = AddressUri::parse("https://data.vlaanderen.be/id/adres/1234567").unwrap();
        assert_eq!(uri.object_id(), "1234567");
        for text in [
            "",
            "1234567",
            "https://data.vlaanderen.be/id/adres/",
            "https://data.vlaanderen.be/id/adres/0123",
            "https://data.vlaanderen.be/id/adres/12a",
            "https://data.vlaanderen.be/id/adres/123/",
            "https://data.vlaanderen.be/id/adres/1234567890123456789",
            "http://data.vlaanderen.be/id/adres/1234567",
            "https://data.vlaanderen.be/id/gebouw/1234567",
            " https://data.vlaanderen.be/id/adres/1234567",
        ] {
            assert_eq!(AddressUri::parse(text), Err(AddressUriFault), "{text}");
        }
    }
}
