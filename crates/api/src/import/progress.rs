//! How far an import is, for a person who watches; nothing is shown elsewhere than on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on standard error, gone at the end.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Shows a bar for a file of so many bytes.
    pub(super) fn start(bytes: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent:>3}% {msg} {elapsed}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Shows how far it is.
    pub(super) fn show(&self, bytes: u64, rows: u64) {
        self.0.set_message(format!("{rows} rows"));
        self.0.set_position(bytes);
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
