//! The program `wijkoverleg`: see `api::cli`.

/// Twice as fast as the system's allocator where threads hand memory to each other, as handlers and the blocking pool do.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    api::cli::main()
}
