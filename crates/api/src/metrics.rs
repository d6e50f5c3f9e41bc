//! Figures for the operator, in the format of Prometheus.

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::sync::{Mutex, PoisonError};

use crate::events::SequencerMetrics;
use crate::sweep::SweepMetrics;
use crate::webhooks::WebhookMetrics;

/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: [f64; 12] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    operation: &'static str,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OperationLabels {
    operation: &'static str,
}

/// Every figure of the program.
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<RequestLabels, Counter>,
    latencies: Family<OperationLabels, Histogram, fn() -> Histogram>,
    in_flight: Gauge<i64, std::sync::atomic::AtomicI64>,
    panics: Counter<u64, AtomicU64>,
    /// Data-sharing protocols in force that end soon.
    pub protocols_ending: Gauge<i64, std::sync::atomic::AtomicI64>,
    /// The figures of the sweep.
    pub sweep: SweepMetrics,
    /// The figures of the change feed.
    pub sequencer: SequencerMetrics,
    /// The figures of webhooks.
    pub webhooks: WebhookMetrics,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("wijkoverleg");
        let requests = Family::default();
        let latencies: Family<OperationLabels, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(BUCKETS));
        let in_flight = Gauge::default();
        let panics = Counter::default();
        registry.register("http_requests", "Requests that were answered", requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time from request to answer",
            Unit::Seconds,
            latencies.clone(),
        );
        registry.register("http_requests_in_flight", "Requests that wait for an answer", in_flight.clone());
        registry.register("http_handler_panics", "Requests whose handler panicked", panics.clone());
        let protocols_ending = Gauge::default();
        registry.register(
            "data_sharing_protocols_ending",
            "Data-sharing protocols in force that end within sixty days",
            protocols_ending.clone(),
        );
        let sweep = SweepMetrics::default();
        sweep.register(&mut registry);
        let sequencer = SequencerMetrics::default();
        sequencer.register(&mut registry);
        let webhooks = WebhookMetrics::default();
        webhooks.register(&mut registry);
        let registry = Mutex::new(registry);
        Self {
            registry,
            requests,
            latencies,
            in_flight,
            panics,
            protocols_ending,
            sweep,
            sequencer,
            webhooks,
        }
    }
}

impl Metrics {
    /// Counts an answered request.
    pub(crate) fn answered(
        &self,
        operation: &'static str,
        method: &Method,
        status: StatusCode,
        latency: Duration,
    ) {
        let labels = RequestLabels { operation, method: name(method), status: status.as_u16() };
        self.requests.get_or_create(&labels).inc();
        self.latencies.get_or_create(&OperationLabels { operation }).observe(latency.as_secs_f64());
    }

    /// Counts a request as in flight until the guard is dropped.
    pub(crate) fn in_flight(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// Counts a panic.
    pub(crate) fn panicked(&self) {
        self.panics.inc();
    }

    /// Adds figures of another part of the program.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.registry.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Writes every figure as OpenMetrics text.
    pub fn render(&self) -> Result<String, fmt::Error> {
        let mut rendered = String::new();
        text::encode(&mut rendered, &self.registry.lock().unwrap_or_else(PoisonError::into_inner))?;
        Ok(rendered)
    }
}

/// Counts a request as in flight.
pub(crate) struct InFlight(Gauge<i64, std::sync::atomic::AtomicI64>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::sweep::Swept;

    #[test]
    fn requests_are_counted_by_operation() {
        let metrics = Metrics::default();
        {
            let _guard = metrics.in_flight();
            metrics.answered("getCase", &Method::GET, StatusCode::OK, Duration::from_millis(2));
        }
        let text = metrics.render().unwrap();
        for line in [
            r#"wijkoverleg_http_requests_total{operation="getCase",method="GET",status="200"} 1"#,
            r#"wijkoverleg_http_request_duration_seconds_bucket{le="0.0025",operation="getCase"} 1"#,
            "wijkoverleg_http_requests_in_flight 0",
        ] {
            assert!(text.contains(line), "{text}");
        }
    }

    #[test]
    fn sweeps_are_counted() {
        let metrics = Metrics::default();
        let swept =
            Swept { looked_at: 3, fired: 2, obsolete: 1, failed: 1, lag: SignedDuration::from_secs(90) };
        metrics.sweep.count(&swept);
        metrics.sweep.count(&Swept::default());
        let text = metrics.render().unwrap();
        for line in [
            "wijkoverleg_sweeps_total 2",
            "wijkoverleg_sweep_fired_total 2",
            "wijkoverleg_sweep_obsolete_total 1",
            "wijkoverleg_sweep_failed_total 1",
            "wijkoverleg_sweep_due 0",
            "wijkoverleg_sweep_lag_seconds 0.0",
        ] {
            assert!(text.contains(line), "{text}");
        }
    }
}
