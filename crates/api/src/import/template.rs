//! Texts with values of the row in them: `{type} ({reference}, {channel})`.

use super::columns::Field;

/// A text with values of the row in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(Field),
}

impl Template {
    /// Parses a template; fails with what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("an opening brace without a closing one")?;
            let field = Field::from_name(name).ok_or_else(|| {
                let names = Field::ALL.map(Field::name).join(", ");
                format!("{{{name}}} is no value of a row; there are: {names}")
            })?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Value(field));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    /// Names the values in it.
    pub fn fields(&self) -> impl Iterator<Item = Field> + '_ {
        self.0.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Value(field) => Some(*field),
        })
    }

    /// Writes the text; a value that is absent is a dash.
    pub fn fill<'r>(&self, value: impl Fn(Field) -> Option<&'r str>) -> String {
        self.0
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.as_str(),
                Part::Value(field) => value(*field).unwrap_or("–"),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_the_row_take_the_place_of_their_names() {
        let template = Template::parse("{type} ({reference}, {channel})").unwrap();
        let value = |field| match field {
            Field::Type => Some("Graffiti"),
            Field::Reference => Some("14-1"),
            _ => None,
        };
        assert_eq!(template.fill(value), "Graffiti (14-1, –)");
        assert_eq!(template.fields().collect::<Vec<_>>(), [Field::Type, Field::Reference, Field::Channel]);
    }

    #[test]
    fn a_name_that_there_is_not_is_told() {
        assert!(
            Template::parse("{wijk}")
                .unwrap_err()
                .starts_with("{wijk} is no value of a row; there are: reference, type")
        );
        assert_eq!(Template::parse("{type").unwrap_err(), "an opening brace without a closing one");
    }
}
