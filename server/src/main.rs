//! The `switchyard` binary. Exit codes: 0 done, 1 failed, 2 bad usage or configuration.

use std::process::ExitCode;

fn main() -> ExitCode {
    switchyard::cli::run()
}
