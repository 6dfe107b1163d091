//! Passwords: which are accepted, and their argon2id hashes.
//!
//! Parameters are OWASP's for argon2id: 19 MiB, two passes, one lane. A hash takes some 20 ms of a core and its memory, so
//! hashes run on blocking threads and only a few at once.

use std::{sync::Arc, thread::available_parallelism};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use crate::IdentityError;

pub const SHORTEST: usize = 12;
pub const LONGEST: usize = 256;

/// Of the passwords that are guessed first, those that are long enough, as they are after [`simplify`].
const COMMON: [&str; 42] = [
    "administrator",
    "adminadminadmin",
    "administrator1",
    "adminpassword",
    "baseballbaseball",
    "changemeplease",
    "changemechangeme",
    "computercomputer",
    "correcthorsebatterystaple",
    "defaultpassword",
    "footballfootball",
    "iloveyouforever",
    "iloveyouiloveyou",
    "letmeinletmein",
    "letmeinplease",
    "masterpassword",
    "mynameisjohn",
    "newpassword",
    "opensesameopensesame",
    "passwordisbad",
    "passwordispassword",
    "passwordpassword",
    "password",
    "princessprincess",
    "qazwsxedcrfv",
    "qazwsxedc",
    "qwerty",
    "qwertyasdfgh",
    "qwertyasdfghzxcvbn",
    "qwertyqwerty",
    "qwertyuiop",
    "qwertyuiopasdfghjkl",
    "rootroot",
    "secretpassword",
    "secretsecret",
    "superuser",
    "switchyard",
    "switchyardswitchyard",
    "testpassword",
    "thisismypassword",
    "trustnoone",
    "welcomewelcome",
];

/// Why a password is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    #[error("a password has {SHORTEST} to {LONGEST} characters")]
    Length,
    #[error(
        "this is among the first passwords that are guessed: choose {SHORTEST} to {LONGEST} characters of your own, \
         for example four unrelated words"
    )]
    Common,
    #[error(
        "a password is not made from your name or e-mail address; choose {SHORTEST} to {LONGEST} other characters"
    )]
    Personal,
}

/// Lower case, and without the digits and signs that people put at the end.
fn simplify(password: &str) -> String {
    let lower = password.to_lowercase();
    lower.trim_end_matches(|c: char| !c.is_alphabetic()).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// `aaaaaaaaaaaa`, `121212121212`, `123456789012`, `abcdefghijkl`.
fn is_monotonous(password: &str) -> bool {
    let chars: Vec<char> = password.to_lowercase().chars().collect();
    let mut distinct = chars.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let stepwise = chars.windows(2).filter(|pair| (pair[1] as i64 - pair[0] as i64).abs() == 1).count();
    distinct.len() < 5 || stepwise * 10 >= (chars.len() - 1) * 8
}

/// Whether a new password is acceptable. `personal`: the person's address and name.
pub fn check_password(password: &str, personal: &[&str]) -> Result<(), PasswordRefusal> {
    if !(SHORTEST..=LONGEST).contains(&password.chars().count()) {
        return Err(PasswordRefusal::Length);
    }
    let simple = simplify(password);
    if COMMON.contains(&simple.as_str()) || is_monotonous(password) {
        return Err(PasswordRefusal::Common);
    }
    let own =
        personal.iter().flat_map(|text| [*text, text.split('@').next().unwrap_or_default()]).map(simplify);
    if own.into_iter().any(|own| own.len() >= 4 && (simple == own || simple == own.repeat(2))) {
        return Err(PasswordRefusal::Personal);
    }
    Ok(())
}

fn argon2id() -> Argon2<'static> {
    // The library's defaults are OWASP's: 19 MiB, 2 passes, 1 lane.
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// The PHC string of a password. Takes a core for a while: call it on a blocking thread.
pub fn hash_password(password: &str) -> Result<String, IdentityError> {
    let hash = argon2id().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| IdentityError::Hashing(Box::new(error)))
}

/// Verified when there is no account, so that it takes as long. No password has it.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c3dpdGNoeWFyZC1kdW1teQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn matches(password: &str, hash: &str) -> bool {
    argon2id().verify_password(password.as_bytes(), hash).is_ok()
}

/// Hashes and verifies on blocking threads, a bounded number at once. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Passwords {
    at_once: Arc<Semaphore>,
}

impl Default for Passwords {
    /// Half the cores, so that a storm of sign-ins leaves the other half to everything else.
    fn default() -> Self {
        Self::at_once(available_parallelism().map_or(1, |cores| cores.get().div_ceil(2)))
    }
}

impl Passwords {
    pub fn at_once(most: usize) -> Self {
        Self { at_once: Arc::new(Semaphore::new(most.max(1))) }
    }

    pub async fn hash(&self, password: &str) -> Result<String, IdentityError> {
        let password = password.to_owned();
        self.blocking(move || hash_password(&password)).await?
    }

    /// Whether the password belongs to the hash. Without a hash it never does, and takes as long.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, IdentityError> {
        let (password, hash) = (password.to_owned(), hash.map(str::to_owned));
        self.blocking(move || matches(&password, hash.as_deref().unwrap_or(NOBODY)) && hash.is_some()).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, IdentityError> {
        let permit = Arc::clone(&self.at_once).acquire_owned().await;
        let permit = permit.map_err(|error| IdentityError::Hashing(Box::new(error)))?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        done.await.map_err(|error| IdentityError::Hashing(Box::new(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(check_password("kürzer-als-", &[]), Err(PasswordRefusal::Length));
        assert_eq!(check_password("ünïcödé wörds", &[]), Ok(()));
        assert_eq!(check_password(&"ab1cdefg".repeat(33), &[]), Err(PasswordRefusal::Length));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for common in [
            "password1234",
            "Qwertyuiop12",
            "aaaaaaaaaaaa",
            "121212121212",
            "123456789012",
            "abcdefghijklm",
            "Administrator!",
        ] {
            assert_eq!(check_password(common, &[]), Err(PasswordRefusal::Common), "{common}");
        }
        assert_eq!(check_password("gravel-mitten-arcade", &[]), Ok(()));
    }

    #[test]
    fn one_s_own_name_is_no_password() {
        let personal = ["ana.petrova@acme.example", "Ana Petrova"];
        assert_eq!(check_password("AnaPetrova2026!", &personal), Err(PasswordRefusal::Personal));
        assert_eq!(check_password("ana.petrova@acme.example", &personal), Err(PasswordRefusal::Personal));
        assert_eq!(check_password("petrova likes gravel", &personal), Ok(()));
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_alone() {
        let passwords = Passwords::at_once(2);
        let hash = passwords.hash("gravel-mitten-arcade").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("gravel-mitten-arcade", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("gravel-mitten-arcadE", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("gravel-mitten-arcade", None).await.unwrap());
    }

    #[test]
    fn the_hash_of_nobody_costs_as_much_as_a_real_one() {
        let hash = argon2::PasswordHash::new(NOBODY).unwrap();
        let params = Params::try_from(&hash).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (19 * 1024, 2, 1));
    }
}
