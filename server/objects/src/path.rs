use std::fmt;

use object_store::path::{Path, PathPart};
use shared::TenantId;

use crate::ObjectError;

/// What an object is for: the first segment of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Area {
    /// Files that tenants upload, and that batches write for them.
    Files,
}

impl Area {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Files => "files",
        }
    }
}

/// Where an object is: `{area}/{tenant}/{name}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectPath {
    tenant: TenantId,
    path: Path,
}

impl ObjectPath {
    pub fn new(area: Area, tenant: TenantId, name: &str) -> Result<Self, ObjectError> {
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        if !plain || !(1..=128).contains(&name.len()) || name.starts_with('.') {
            return Err(ObjectError::Name(name.chars().take(128).collect()));
        }
        Ok(Self { tenant, path: prefix(area, tenant).join(PathPart::from(name)) })
    }

    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The last segment.
    pub fn name(&self) -> &str {
        self.path.filename().unwrap_or_default()
    }

    pub(crate) const fn inner(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for ObjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.path, f)
    }
}

/// What all paths of a tenant in an area begin with.
pub(crate) fn prefix(area: Area, tenant: TenantId) -> Path {
    Path::from_iter([area.as_str().to_owned(), tenant.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_carries_its_area_and_tenant() {
        let tenant = TenantId::generate();
        let path = ObjectPath::new(Area::Files, tenant, "file-1.jsonl").unwrap();
        assert_eq!(path.to_string(), format!("files/{tenant}/file-1.jsonl"));
        assert_eq!((path.name(), path.tenant()), ("file-1.jsonl", tenant));
    }

    #[test]
    fn a_name_cannot_leave_its_tenant() {
        for name in ["", ".", "..", "../other", "a/b", "a\\b", "a%2Fb", ".hidden", "ä", &"x".repeat(129)] {
            assert!(ObjectPath::new(Area::Files, TenantId::generate(), name).is_err(), "{name}");
        }
    }
}
