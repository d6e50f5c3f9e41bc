//! The words of event types: what was done, as the past participle of the verb.

/// Gives the past participle of a verb of a life cycle, as event types use it.
pub fn past_participle(verb: &str) -> String {
    let irregular = match verb {
        "send" => "sent",
        "withdraw" => "withdrawn",
        "drop" => "dropped",
        "submit" => "submitted",
        "reply" => "replied",
        "verify" => "verified",
        "ratify" => "ratified",
        "plan" => "planned",
        "cancel" => "cancelled",
        "askBack" => "askedBack",
        "carryOver" => "carriedOver",
        "giveOutcome" => "outcomeGiven",
        "adoptProposal" => "proposalAdopted",
        "recordAttendances" => "attendancesRecorded",
        "reorderAgenda" => "agendaReordered",
        "moveEndpoint" => "endpointMoved",
        "rotateSecret" => "secretRotated",
        // What the feed itself tells.
        "appear" => "appeared",
        "disappear" => "disappeared",
        _ => "",
    };
    if !irregular.is_empty() {
        return irregular.to_owned();
    }
    let ending = if verb.ends_with('e') { "d" } else { "ed" };
    format!("{verb}{ending}")
}
