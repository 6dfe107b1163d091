//! OpenAI's error object.

use serde::{Deserialize, Serialize};

/// `{"error":{message,type,param,code}}`: all four keys always, the last two nullable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    pub error: ErrorObject,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorObject {
    pub message: String,
    /// A family, for example `invalid_request_error`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The field of the request that is at fault.
    #[serde(default)]
    pub param: Option<String>,
    /// For programs, for example `model_not_found`.
    #[serde(default)]
    pub code: Option<String>,
}

impl ErrorBody {
    pub fn new(message: impl Into<String>, kind: impl Into<String>) -> Self {
        Self { error: ErrorObject { message: message.into(), kind: kind.into(), param: None, code: None } }
    }

    pub fn with_param(mut self, param: impl Into<String>) -> Self {
        self.error.param = Some(param.into());
        self
    }

    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.error.code = Some(code.into());
        self
    }
}
