use domain::case::Source;
use domain::follow_up::{ImportedEnd, QuestionKind, Urgency};

use super::*;

const WHOLE: &str = r#"
source = "meldpunt"
consultation = "KRO"
delimiter = ";"
create_missing = true
organisations_since = 2014-01-01
[columns]
reference = "nr"
type = "soort"
created_at = "gemaakt"
status = "toestand"
agency = "dienst"
[defaults]
category = "OVE.OVER"
status = "open"
question_kind = "cleanOrRepair"
urgency = "low"
case_source = "citizenVia"
[texts]
subject = "{type}"
question = "{type}: {reference}"
[categories]
"SW-*" = "AFV.SLUIK"
[organisations]
"Solid Waste" = "Afval en Reiniging"
[statuses]
"Closed" = "closed"
"#;

fn read(text: &str) -> Result<Mapping, Vec<String>> {
    Mapping::read(text.parse().unwrap())
}

#[test]
fn a_mapping_says_what_columns_and_codes_mean() {
    let mapping = read(WHOLE).unwrap();
    assert_eq!(
        (mapping.source.as_str(), mapping.consultation.as_str(), mapping.delimiter),
        ("meldpunt", "KRO", b';')
    );
    assert_eq!(mapping.columns.name(Field::Type), "soort");
    assert_eq!(mapping.create_missing, Some(jiff::civil::date(2014, 1, 1)));
    assert_eq!(mapping.categories.find("SW-Bulk").unwrap().as_str(), "AFV.SLUIK");
    assert_eq!(mapping.categories.find("?").unwrap().as_str(), "OVE.OVER");
    assert_eq!(mapping.statuses.find("Closed"), Some(&Meaning::Ended(ImportedEnd::Closed)));
    assert_eq!(mapping.statuses.find("?"), Some(&Meaning::Open));
    assert_eq!(mapping.organisations.find("Solid Waste").unwrap(), "Afval en Reiniging");
    assert_eq!(mapping.organisations.find("?"), None);
    let Mapping { question_kind, urgency, case_source, .. } = mapping;
    assert_eq!(
        (question_kind, urgency, case_source),
        (QuestionKind::CleanOrRepair, Urgency::Low, Source::CitizenVia)
    );
}

#[test]
fn little_is_required() {
    let text = "source = 'm'\nconsultation = 'KRO'\n[columns]\nreference = 'a'\ntype = 'b'\ncreated_at = 'c'\n\
                status = 'd'\nagency = 'e'";
    let mapping = read(text).unwrap();
    assert_eq!((mapping.create_missing, mapping.delimiter), (None, b','));
    assert_eq!((mapping.categories.find("x"), mapping.statuses.find("x")), (None, None));
}

#[test]
fn every_fault_is_told_at_once_with_its_key() {
    let text = r#"
consultation = "kro"
delimiter = ";;"
create_missing = "ja"
soucre = "meldpunt"
[columns]
type = 3.5
created_at = "gemaakt"
status = "toestand"
agency = "dienst"
colour = "kleur"
[defaults]
category = "AFV"
urgency = "soon"
[texts]
subject = "{type} in {place}"
question = "{wijk}"
[categories]
"SW-*" = "AFV.NIETS"
[organisations]
"Solid Waste" = ""
[statuses]
"Closed" = "shut"
"#;
    let mut faults = read(text).unwrap_err();
    faults.sort();
    let beginnings: Vec<_> = faults.iter().map(|fault| fault.chars().take(44).collect::<String>()).collect();
    assert_eq!(
        beginnings,
        [
            "categories.\"SW-*\": expected the code of a ca",
            "columns.colour: there is no such key",
            "columns.reference: expected the name of a co",
            "columns.type: expected the name of a column",
            "consultation: expected the code of a consult",
            "create_missing: expected true or false",
            "defaults.category: expected the code of a ca",
            "defaults.urgency: expected urgent, normal, l",
            "delimiter: expected one character, such as ;",
            "organisations.\"Solid Waste\": expected the na",
            "soucre: there is no such key",
            "source: expected a name for the other system",
            "statuses.\"Closed\": expected open, closed, wi",
            "texts.question: {wijk} is no value of a row;",
        ]
    );
}

#[test]
fn a_template_uses_columns_that_the_file_has() {
    let text = WHOLE.replace("\"{type}\"", "\"{type} in {place}\"");
    assert_eq!(read(&text).unwrap_err(), ["texts.subject: {place} needs a columns.place"]);
}
