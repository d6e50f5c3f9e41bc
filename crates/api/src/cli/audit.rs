//! Verifying the audit trail from the command line.

pub(super) mod cut;

use std::io::{self, Write as _};

use clap::Args;
use domain::audit::Head;

use super::{Failure, database};
use crate::audit::{AuditVerification, Verified, verify};
use crate::config::Config;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A place that was noted before, as this command prints it: it must still be on the way.
    #[arg(long, value_name = "POSITION:HASH", value_parser = place)]
    known: Option<Head>,
    /// Prints what was found as JSON.
    #[arg(long)]
    json: bool,
}

fn place(text: &str) -> Result<Head, String> {
    let is_hash = |hash: &str| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (position, hash) = text.split_once(':').ok_or("a position, a colon and a hash are wanted")?;
    let position: i64 = position.parse().map_err(|_| "the position is no number")?;
    if position < 0 || !is_hash(hash) {
        return Err("a hash has 64 hexadecimal digits".to_owned());
    }
    Ok(Head { position, hash: hash.to_ascii_lowercase() })
}

/// Walks the chain and tells what was found; fails when it is not what it was.
pub(super) fn run(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    let store = database::open_current(config)?;
    let verified = store.snapshot(|connection| verify(connection, arguments.known.as_ref()))?;
    let cut = verified.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.head.position);
    if arguments.known.as_ref().is_some_and(|known| known.position < cut) {
        return Err(format!("the place that was noted lies before {cut}, where the trail begins now").into());
    }
    let mut out = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &AuditVerification::from(&verified))?;
        writeln!(out)?;
    } else {
        tell(&mut out, &verified)?;
    }
    if verified.is_intact() { Ok(()) } else { Err("the audit trail is not what it was".into()) }
}

fn tell(out: &mut impl io::Write, verified: &Verified) -> io::Result<()> {
    let Verified { head, checkpoint, first_break, counts } = verified;
    if let Some(checkpoint) = checkpoint {
        writeln!(out, "begins after {}, cut on {}", checkpoint.head.position, checkpoint.cut_at)?;
    }
    writeln!(out, "sealed up to {}:{}", head.position, head.hash)?;
    writeln!(out, "{} records wait for their seal", counts.pending)?;
    if counts.unknown() > 0 {
        writeln!(out, "{} records are neither sealed nor wait for it, or are gone", counts.unknown())?;
    }
    if let Some((found, record)) = first_break {
        let record = record.map_or_else(String::new, |id| format!(" (record {id})"));
        writeln!(out, "first break at {}: {}{record}", found.position, found.reason)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_position_and_a_hash() {
        let hash = "A".repeat(64);
        assert_eq!(place(&format!("12:{hash}")), Ok(Head { position: 12, hash: "a".repeat(64) }));
        for bad in ["", "12", "x:00", "-1:00", "12:zz"] {
            assert!(place(bad).is_err(), "{bad}");
        }
    }
}
