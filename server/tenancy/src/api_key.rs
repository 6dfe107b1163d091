//! Rules about API keys: what may be asked of one, and whether it works.

use chrono::{DateTime, Utc};
use shared_api::tenancy::ApiKeyStatus;

use crate::TenancyError;

/// What a key can be allowed besides calling models.
pub const SCOPES: [&str; 1] = ["routing:explain"];

pub fn check_scopes(scopes: &[String]) -> Result<(), TenancyError> {
    match scopes.iter().enumerate().find(|(_, scope)| !SCOPES.contains(&scope.as_str())) {
        Some((at, name)) => {
            Err(TenancyError::UnknownScope { field: format!("scopes[{at}]"), name: name.clone() })
        }
        None => Ok(()),
    }
}

pub fn check_expiry(expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), TenancyError> {
    if expires_at.is_some_and(|end| end <= now) { Err(TenancyError::ExpiryInPast) } else { Ok(()) }
}

/// Names of models in a field, each of which must be known there.
pub fn check_models(field: &str, names: &[String], known: &[String]) -> Result<(), TenancyError> {
    match names.iter().enumerate().find(|(_, name)| !known.contains(name)) {
        Some((at, name)) => Err(TenancyError::UnknownModel {
            field: format!("{field}[{at}]"),
            name: name.clone(),
            known: known.to_vec(),
        }),
        None => Ok(()),
    }
}

/// The models that a key is to be allowed, of those that its tenant may use.
pub fn check_allowed_models(allowed: Option<&[String]>, known: &[String]) -> Result<(), TenancyError> {
    match allowed {
        None => Ok(()),
        Some([]) => Err(TenancyError::NoModels),
        Some(names) => check_models("allowed_models", names, known),
    }
}

/// When a key was stopped, and how.
#[derive(Debug, Clone, Copy)]
pub struct Stops {
    pub revoked_at: Option<DateTime<Utc>>,
    pub expires_at: Option<DateTime<Utc>>,
    pub disabled_at: Option<DateTime<Utc>>,
}

/// What is for ever comes first. The store's filter by status follows the same order.
pub fn status(stops: Stops, now: DateTime<Utc>) -> ApiKeyStatus {
    if stops.revoked_at.is_some() {
        ApiKeyStatus::Revoked
    } else if stops.expires_at.is_some_and(|end| end <= now) {
        ApiKeyStatus::Expired
    } else if stops.disabled_at.is_some() {
        ApiKeyStatus::Disabled
    } else {
        ApiKeyStatus::Active
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn what_is_for_ever_comes_first() {
        let now = DateTime::UNIX_EPOCH;
        let none = Stops { revoked_at: None, expires_at: None, disabled_at: None };
        assert_eq!(status(none, now), ApiKeyStatus::Active);
        let disabled = Stops { disabled_at: Some(now), ..none };
        assert_eq!(status(disabled, now), ApiKeyStatus::Disabled);
        let expired = Stops { expires_at: Some(now), ..disabled };
        assert_eq!(status(expired, now), ApiKeyStatus::Expired);
        assert_eq!(status(Stops { revoked_at: Some(now), ..expired }, now), ApiKeyStatus::Revoked);
        assert_eq!(status(expired, now - TimeDelta::seconds(1)), ApiKeyStatus::Disabled);
    }

    #[test]
    fn a_wrong_name_is_told_with_its_place() {
        let known = ["llama".to_owned()];
        let names = ["llama".to_owned(), "gpt".to_owned()];
        let Err(TenancyError::UnknownModel { field, name, .. }) = check_allowed_models(Some(&names), &known)
        else {
            panic!("gpt is not known");
        };
        assert_eq!((field.as_str(), name.as_str()), ("allowed_models[1]", "gpt"));
        assert!(matches!(check_allowed_models(Some(&[]), &known), Err(TenancyError::NoModels)));
        assert!(check_allowed_models(None, &known).is_ok());
        assert!(check_scopes(&["routing:explain".to_owned()]).is_ok());
        assert!(matches!(check_scopes(&["admin".to_owned()]), Err(TenancyError::UnknownScope { .. })));
    }
}
