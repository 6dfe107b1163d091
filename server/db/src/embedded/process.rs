//! The only unsafe code of the server: what must happen between `fork` and `exec`, and sending signals.
//!
//! Between `fork` and `exec` a child of a threaded process may only make async-signal-safe calls, so the closures below
//! allocate nothing, take no lock and use plain system calls on memory that was prepared before the fork.

use std::{io, os::unix::process::CommandExt, process::Command};

/// What the postmaster is told.
#[derive(Debug, Clone, Copy)]
pub enum Signal {
    /// SIGINT: sessions are ended, a checkpoint is written.
    FastShutdown,
    /// SIGQUIT: everything ends now; the next start recovers.
    ImmediateShutdown,
    /// SIGKILL.
    Kill,
}

/// The effective user of this process is root.
#[expect(unsafe_code, reason = "geteuid is a bare system call without preconditions")]
pub fn is_root() -> bool {
    // SAFETY: always succeeds and touches no memory.
    unsafe { libc::geteuid() == 0 }
}

/// The effective user id of this process.
#[expect(unsafe_code, reason = "geteuid is a bare system call without preconditions")]
pub fn user_id() -> u32 {
    // SAFETY: always succeeds and touches no memory.
    unsafe { libc::geteuid() }
}

/// Signals a process. One that is gone is no error: the caller wants it gone or watches it anyway.
#[expect(unsafe_code, reason = "the standard library sends no signal but SIGKILL")]
pub fn send(pid: u32, signal: Signal) {
    let number = match signal {
        Signal::FastShutdown => libc::SIGINT,
        Signal::ImmediateShutdown => libc::SIGQUIT,
        Signal::Kill => libc::SIGKILL,
    };
    // SAFETY: a bare system call; a pid of 0 or below, which would mean a group, is not sent to.
    if let Ok(pid @ 1..) = i32::try_from(pid) {
        unsafe { libc::kill(pid, number) };
    }
}

/// Runs the child as an unprivileged user of a namespace of its own, where that user is the root of ours: files keep
/// their owner, and PostgreSQL does not see root. Fails at `spawn` where user namespaces are blocked.
#[expect(unsafe_code, reason = "only the child itself can enter a user namespace before it runs the program")]
pub fn in_user_namespace(command: &mut Command) {
    // SAFETY: the closure makes system calls on static C strings only.
    unsafe {
        command.pre_exec(|| {
            if libc::unshare(libc::CLONE_NEWUSER) != 0 {
                return Err(io::Error::last_os_error());
            }
            // Without this refusal the kernel accepts no group map from an unprivileged writer.
            write_file(c"/proc/self/setgroups", b"deny")?;
            write_file(c"/proc/self/uid_map", b"65534 0 1")?;
            write_file(c"/proc/self/gid_map", b"65534 0 1")
        });
    }
}

/// Has the kernel send the child SIGINT (a fast shutdown) when the *thread* that spawns it ends. Must be the last
/// preparation: a change of credentials clears it.
#[expect(unsafe_code, reason = "only the child itself can ask to be signalled at its parent's death")]
pub fn shut_down_with_parent(command: &mut Command) {
    let parent = std::process::id();
    // SAFETY: the closure makes two system calls and compares numbers.
    unsafe {
        command.pre_exec(move || {
            if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGINT) != 0 {
                return Err(io::Error::last_os_error());
            }
            // The parent may have died before the line above took effect.
            if libc::getppid().cast_unsigned() == parent {
                Ok(())
            } else {
                Err(io::Error::from_raw_os_error(libc::ESRCH))
            }
        });
    }
}

/// Writes a small file with system calls alone.
#[expect(unsafe_code, reason = "std::fs may allocate, which is not allowed after a fork")]
fn write_file(path: &'static std::ffi::CStr, bytes: &'static [u8]) -> io::Result<()> {
    // SAFETY: the path ends in NUL, the buffer's length is its own, the descriptor is closed once.
    unsafe {
        let fd = libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC);
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        let written = libc::write(fd, bytes.as_ptr().cast(), bytes.len());
        let result =
            if written.cast_unsigned() == bytes.len() { Ok(()) } else { Err(io::Error::last_os_error()) };
        libc::close(fd);
        result
    }
}
