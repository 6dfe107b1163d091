//! What the tenancy room stands on.

use access::Access;
use tenancy::{Tenancy, TenancyParts};
use url::Url;

use crate::foundation::Foundation;

pub fn state(foundation: &Foundation, access: &Access, public_url: &Url) -> Tenancy {
    Tenancy::new(TenancyParts {
        access: access.clone(),
        kv: foundation.kv.clone(),
        public_url: public_url.clone(),
        key_encryption_key: foundation.key_encryption_key.clone(),
    })
}
