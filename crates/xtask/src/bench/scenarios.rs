//! What is measured. To add a scenario, add an entry: nothing else needs to change.

/// One kind of request, sent again and again.
pub(crate) struct Scenario {
    /// Name in the table.
    pub(crate) name: &'static str,
    /// Path below the base address of the demonstration.
    pub(crate) path: &'static str,
    /// Role that calls; none for an open operation.
    pub(crate) role: Option<&'static str>,
    /// Lua script of wrk that makes the requests (`wrk.method`, `wrk.body`, `request = function() …`); empty for GET.
    pub(crate) script: &'static str,
    /// Connections that are open at once.
    pub(crate) connections: u32,
    /// Whether the others are compared with this one: the least that a request costs on this machine.
    pub(crate) is_floor: bool,
    /// The part of the floor's rate that must be reached; 0 asks nothing.
    pub(crate) at_least: f64,
}

/// All scenarios, in the order in which they run.
pub(crate) const SCENARIOS: [Scenario; 1] = [Scenario {
    name: "health",
    path: "/health",
    role: None,
    script: "",
    connections: 32,
    is_floor: true,
    at_least: 0.0,
}];
