//! What a column of the file can tell.

/// What a column of the file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The key of the record in the other system; by it a row is taken over once.
    Reference,
    /// The type of request, from which the category follows.
    Type,
    /// When it was made.
    CreatedAt,
    /// When it was due.
    DueAt,
    /// When it was closed.
    ClosedAt,
    /// Its state.
    Status,
    /// The service that it was put to.
    Agency,
    /// How it came in.
    Channel,
    /// Where it is, in words.
    Place,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 9] = [
        Self::Reference,
        Self::Type,
        Self::CreatedAt,
        Self::DueAt,
        Self::ClosedAt,
        Self::Status,
        Self::Agency,
        Self::Channel,
        Self::Place,
    ];

    /// Gives the name in the mapping file and in templates.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Type => "type",
            Self::CreatedAt => "created_at",
            Self::DueAt => "due_at",
            Self::ClosedAt => "closed_at",
            Self::Status => "status",
            Self::Agency => "agency",
            Self::Channel => "channel",
            Self::Place => "place",
        }
    }

    /// Finds the field of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Tells whether every file must have it.
    pub const fn is_required(self) -> bool {
        match self {
            Self::Reference | Self::Type | Self::CreatedAt | Self::Status | Self::Agency => true,
            Self::DueAt | Self::ClosedAt | Self::Channel | Self::Place => false,
        }
    }
}

/// The names of the columns in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns(pub(super) Vec<(Field, String)>);

impl Columns {
    /// Gives the name of a column as the file has it, for messages.
    pub fn name(&self, field: Field) -> &str {
        self.0.iter().find(|(known, _)| *known == field).map_or(field.name(), |(_, name)| name)
    }

    /// Finds the columns in a header; fails with those that it lacks.
    pub fn locate(&self, header: &csv::StringRecord) -> Result<Header, Vec<String>> {
        let mut missing = Vec::new();
        let mut places = Vec::new();
        for (field, name) in &self.0 {
            match header.iter().position(|found| found.trim() == name) {
                Some(place) => places.push((*field, place)),
                None => missing.push(name.clone()),
            }
        }
        if missing.is_empty() { Ok(Header { places, width: header.len() }) } else { Err(missing) }
    }
}

/// Where the columns stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    places: Vec<(Field, usize)>,
    /// How many columns there are.
    pub width: usize,
}

impl Header {
    /// Gives the value of a row, trimmed; absent when the column or its value is.
    pub fn value<'r>(&self, record: &'r csv::StringRecord, field: Field) -> Option<&'r str> {
        let (_, place) = self.places.iter().find(|(known, _)| *known == field)?;
        record.get(*place).map(str::trim).filter(|value| !value.is_empty())
    }
}
