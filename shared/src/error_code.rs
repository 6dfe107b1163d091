//! The one table of error codes, for both edges: problem details on `/api`, OpenAI's error object on `/v1`.

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $status:literal $code:literal $kind:literal $title:literal;)*) => {
        /// What went wrong, as told to a caller. Everything about an error's appearance follows from its code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ErrorCode { $($(#[$doc])* $variant,)* }

        impl ErrorCode {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// The code on the wire: `error.code` on `/v1`, `code` in problem details.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// OpenAI's `error.type`.
            pub const fn openai_type(self) -> &'static str {
                match self { $(Self::$variant => $kind,)* }
            }

            /// The title of a problem (RFC 9457): the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

codes! {
    // The request itself.
    InvalidJson = 400 "invalid_json" "invalid_request_error" "The body is not valid JSON";
    InvalidValue = 400 "invalid_value" "invalid_request_error" "A value is not acceptable";
    MissingField = 400 "missing_required_parameter" "invalid_request_error" "A required field is missing";
    UnknownField = 400 "unknown_parameter" "invalid_request_error" "A field is not known";
    UnsupportedField = 400 "unsupported_parameter" "invalid_request_error" "A field asks for what is not available";
    ContextLengthExceeded = 400 "context_length_exceeded" "invalid_request_error" "The prompt is too long for the model";
    PreviousResponseNotFound = 400 "previous_response_not_found" "invalid_request_error" "There is no response to go on from";
    ConnectionLimitReached = 400 "websocket_connection_limit_reached" "invalid_request_error" "The connection was open for as long as it may";
    BodyTooLarge = 413 "request_too_large" "invalid_request_error" "The body is too large";
    UnsupportedMediaType = 415 "unsupported_media_type" "invalid_request_error" "The content type is not supported";
    MethodNotAllowed = 405 "method_not_allowed" "invalid_request_error" "The method is not allowed here";
    NotFound = 404 "not_found" "invalid_request_error" "There is nothing here";
    ModelNotFound = 404 "model_not_found" "invalid_request_error" "The model does not exist or is not available to you";
    Conflict = 409 "conflict" "invalid_request_error" "The request conflicts with what exists";
    IdempotencyMismatch = 422 "idempotency_key_reused" "invalid_request_error" "The idempotency key was used for another request";
    // The caller.
    InvalidApiKey = 401 "invalid_api_key" "authentication_error" "The API key is not valid";
    NotSignedIn = 401 "not_signed_in" "authentication_error" "Sign in first";
    WrongCredentials = 401 "wrong_credentials" "authentication_error" "The e-mail address or the password is wrong";
    Forbidden = 403 "forbidden" "permission_error" "Your role does not allow this";
    ModelNotAllowed = 403 "model_not_allowed" "permission_error" "This key may not use the model";
    CrossSite = 403 "cross_site_request" "permission_error" "The request came from another site";
    TenantSuspended = 403 "tenant_suspended" "permission_error" "The account is suspended";
    // Limits.
    RateLimited = 429 "rate_limit_exceeded" "rate_limit_error" "Too many requests";
    ConcurrencyLimited = 429 "concurrency_limit_exceeded" "rate_limit_error" "Too many requests at once";
    TooManyAttempts = 429 "too_many_attempts" "rate_limit_error" "Too many attempts";
    // What stands behind us.
    EngineBadRequest = 400 "engine_refused_request" "invalid_request_error" "The model's engine refused the request";
    EngineOverloaded = 503 "engine_overloaded" "overloaded_error" "The model is overloaded";
    EngineUnavailable = 503 "engine_unavailable" "api_error" "The model is not reachable now";
    EngineFailed = 502 "engine_failed" "api_error" "The model's engine failed";
    EngineOutOfMemory = 503 "engine_out_of_memory" "overloaded_error" "The model ran out of memory";
    ConnectTimeout = 504 "connect_timeout" "timeout_error" "The model's engine did not accept the connection in time";
    FirstTokenTimeout = 504 "first_token_timeout" "timeout_error" "The model did not begin to answer in time";
    BetweenTokensTimeout = 504 "between_tokens_timeout" "timeout_error" "The model stopped answering";
    TotalTimeout = 504 "total_timeout" "timeout_error" "The answer took too long";
    StreamTruncated = 502 "stream_truncated" "api_error" "The model's answer broke off";
    // Ourselves.
    MeteringUnavailable = 503 "metering_unavailable" "api_error" "Calls cannot be metered now";
    Draining = 503 "draining" "api_error" "The server is shutting down";
    Unavailable = 503 "unavailable" "api_error" "A part of the service is not reachable now";
    Internal = 500 "internal_error" "api_error" "Something went wrong on our side";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_distinct_and_an_error_status() {
        let codes: HashSet<_> = ErrorCode::ALL.iter().map(|c| c.code()).collect();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        assert!(ErrorCode::ALL.iter().all(|c| (400..=599).contains(&c.status())));
    }
}
