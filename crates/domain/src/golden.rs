//! Tables that are printed from the code and committed, so that a change of a rule is a visible difference.

/// Compares a printed table with the committed one; `file` is its path in the repository.
pub(crate) fn assert_is(printed: &str, committed: &str, file: &str) {
    assert!(
        printed == committed,
        "{file} tells something else than the code. When the change is meant, copy the table between the lines into \
         that file:\n--------\n{printed}--------\n{}",
        difference(printed, committed)
    );
}

fn difference(printed: &str, committed: &str) -> String {
    let lines = printed.lines().map(Some).chain(std::iter::repeat(None));
    let others = committed.lines().map(Some).chain(std::iter::repeat(None));
    let (line, (here, there)) = (1..)
        .zip(lines.zip(others))
        .find(|(_, (here, there))| here != there || here.is_none())
        .unwrap_or_default();
    format!("First difference, line {line}: the code has {here:?}, the file {there:?}.")
}
