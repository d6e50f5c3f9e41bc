//! Lines of CSV (RFC 4180) that a spreadsheet opens as text.

use std::borrow::Cow;

use csv::{Terminator, Writer, WriterBuilder};

use crate::problem::Problem;

/// The media type, with the header line that every file has.
pub(crate) const MEDIA_TYPE: &str = "text/csv; charset=utf-8; header=present";

/// Lines that are being written.
pub(crate) struct Lines(Writer<Vec<u8>>);

impl Default for Lines {
    fn default() -> Self {
        Self(WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new()))
    }
}

impl Lines {
    /// Writes a line.
    pub(crate) fn add<'f>(&mut self, fields: impl IntoIterator<Item = &'f str>) -> Result<(), Problem> {
        let fields = fields.into_iter().map(inert);
        self.0.write_record(fields.map(|field| field.as_bytes().to_vec())).map_err(Problem::internal)
    }

    /// Gives what was written.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Problem> {
        self.0.into_inner().map_err(Problem::internal)
    }
}

/// Puts an apostrophe before a text that a spreadsheet would work out as a formula.
fn inert(field: &str) -> Cow<'_, str> {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        Cow::Owned(format!("'{field}"))
    } else {
        Cow::Borrowed(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_needed_and_never_a_formula() {
        let mut lines = Lines::default();
        lines.add(["a", "b, \"c\"", "", "=1+1", "@x", "-2", "+3", "é\r\n"]).unwrap();
        let text = String::from_utf8(lines.finish().unwrap()).unwrap();
        assert_eq!(text, "a,\"b, \"\"c\"\"\",,'=1+1,'@x,'-2,'+3,\"é\r\n\"\r\n");
    }
}
