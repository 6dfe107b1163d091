//! One command or script, repeated once where a lost connection allows it.

use redis::aio::ConnectionManager;
use redis::{Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ScriptInvocation};

use super::RedisKv;
use crate::KvError;

/// What is sent.
pub(super) enum Call<'a> {
    Command(&'a Cmd),
    Script(&'a ScriptInvocation<'a>),
}

/// May a call that met a lost connection be made once more? The first one after a restart of Redis meets one.
#[derive(Clone, Copy)]
pub(super) enum Repeat {
    /// Twice does no harm.
    Always,
    /// Only when the first can't have been seen.
    IfUnsent,
}

impl Call<'_> {
    async fn once<T: FromRedisValue>(&self, connection: &mut ConnectionManager) -> RedisResult<T> {
        match self {
            Self::Command(command) => command.query_async(connection).await,
            Self::Script(script) => script.invoke_async(connection).await,
        }
    }
}

impl Repeat {
    fn permits(self, error: &RedisError) -> bool {
        match self {
            Self::Always => error.is_connection_dropped(),
            Self::IfUnsent => error.is_connection_refusal(),
        }
    }
}

impl RedisKv {
    /// `key` is only for the error's text.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        key: &str,
        repeat: Repeat,
        call: Call<'_>,
    ) -> Result<T, KvError> {
        let mut connection = self.commands.clone();
        let result = match call.once(&mut connection).await {
            Err(error) if repeat.permits(&error) => call.once(&mut connection).await,
            first => first,
        };
        result.map_err(|error| translated(key, error))
    }
}

fn translated(key: &str, error: RedisError) -> KvError {
    if error.is_io_error() || error.is_connection_dropped() || error.is_timeout() {
        return KvError::Unavailable { source: error.into() };
    }
    // Inside a script the code may be buried in the text.
    let text = error.to_string();
    let wrong_type = ["WRONGTYPE", "not an integer", "would overflow"].iter().any(|sign| text.contains(sign));
    match error.kind() {
        _ if wrong_type => KvError::WrongType { key: key.to_owned() },
        ErrorKind::Server(redis::ServerErrorKind::BusyLoading) => {
            KvError::Unavailable { source: error.into() }
        }
        _ => KvError::Refused { source: error.into() },
    }
}
