#![expect(clippy::unwrap_used, reason = "a test may panic")]

use config::{ConfigError, Override, Settings, Sources, load};

fn file(text: &str) -> (tempfile::TempDir, Sources) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("switchyard.toml");
    std::fs::write(&path, text).unwrap();
    (folder, Sources { file: Some(path), ..Sources::default() })
}

fn environment(pairs: &[(&str, &str)]) -> Sources {
    let environment = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Sources { environment, ..Sources::default() }
}

fn refusal(sources: &Sources) -> String {
    load(sources).map(|_: Settings| ()).unwrap_err().to_string()
}

#[test]
fn nothing_given_is_a_whole_configuration() {
    let settings = load(&Sources::default()).unwrap();
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8080");
    assert!(settings.database.url.is_none());
    assert_eq!(settings.gateway.max_attempts, 3);
}

#[test]
fn a_flag_beats_the_environment_and_that_beats_the_file() {
    let (_folder, mut sources) = file("[server]\nlisten = \"127.0.0.1:1\"\n[gateway]\nmax_attempts = 5\n");
    assert_eq!(load(&sources).unwrap().server.listen.port(), 1);
    sources.environment.push(("SWITCHYARD_SERVER__LISTEN".to_owned(), "127.0.0.1:2".to_owned()));
    assert_eq!(load(&sources).unwrap().server.listen.port(), 2);
    sources.overrides.push(Override {
        key: "server.listen",
        value: "127.0.0.1:3".to_owned(),
        flag: "--listen",
    });
    let settings = load(&sources).unwrap();
    assert_eq!((settings.server.listen.port(), settings.gateway.max_attempts), (3, 5));
}

#[test]
fn an_unknown_key_names_the_nearest_and_its_source() {
    let (_folder, sources) = file("[gateway]\nmax_atempts = 5\n");
    let error = refusal(&sources);
    assert!(
        error.contains("`gateway.max_atempts`") && error.contains("did you mean `gateway.max_attempts`"),
        "{error}"
    );
    assert!(error.contains("switchyard.toml"), "{error}");
    let (_folder, sources) = file("[gatway]\nmax_attempts = 5\n");
    assert!(refusal(&sources).contains("gateway"), "{}", refusal(&sources));
    let error = refusal(&environment(&[("SWITCHYARD_SERVER__LISTN", "x")]));
    assert!(error.contains("SWITCHYARD_SERVER__LISTEN"), "{error}");
    assert!(matches!(
        load(&environment(&[("SWITCHYARD_QQQQ", "x")])),
        Err(ConfigError::Unknown { nearest: None, .. })
    ));
}

#[test]
fn a_bad_value_names_the_key_the_value_and_what_is_accepted() {
    let error = refusal(&environment(&[("SWITCHYARD_GATEWAY__MAX_ATTEMPTS", "many")]));
    assert!(
        error.contains("gateway.max_attempts") && error.contains("many") && error.contains("whole number"),
        "{error}"
    );
    let (_folder, sources) = file("[gateway]\nmax_attempts = 11\n");
    assert!(refusal(&sources).contains("from 1 to 10"));
    let (_folder, sources) = file("[server]\nlisten = \"nowhere\"\n");
    assert!(refusal(&sources).contains("server.listen"));
    let (_folder, sources) = file("[server]\ntls_cert = \"a.pem\"\n");
    assert!(refusal(&sources).contains("server.tls_key"));
}

#[test]
fn credentials_of_the_object_store_come_in_pairs_and_are_not_shown() {
    let error = refusal(&environment(&[("SWITCHYARD_OBJECTS__S3_ACCESS_KEY_ID", "id")]));
    assert!(error.contains("objects.s3_secret_access_key"), "{error}");
    let (_folder, sources) = file("[objects]\ns3_secret_access_key = 4711\n");
    let error = refusal(&sources);
    assert!(error.contains("objects.s3_secret_access_key") && !error.contains("4711"), "{error}");
}

#[test]
fn one_underscore_where_two_belong_is_recognised() {
    let error = refusal(&environment(&[("SWITCHYARD_SERVER_LISTEN", "127.0.0.1:1")]));
    assert!(error.contains("did you mean `SWITCHYARD_SERVER__LISTEN`"), "{error}");
    assert!(load(&environment(&[("SWITCHYARD_BIN", "/x"), ("SWITCHYARD_CACHE", "/y")])).is_ok());
}

#[test]
fn addresses_are_checked_when_read() {
    for (name, value, expected) in [
        ("SWITCHYARD_EGRESS__ALLOW", "10.0.0.0/8, ten/8", "`ten/8`: expected an address range"),
        ("SWITCHYARD_SERVER__TRUSTED_PROXIES", "10.0.0.1", "`10.0.0.1`: expected an address range"),
        ("SWITCHYARD_SERVER__PUBLIC_URL", "mailto:me@example.com", "expected an address with http://"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "unix:///x", "expected an address with http://"),
        ("SWITCHYARD_GATEWAY__SNAPSHOT_MAX_AGE_S", "0", "from 1 to 31536000"),
        ("SWITCHYARD_SERVER__DATA_DIR", "", "is empty"),
    ] {
        let error = refusal(&environment(&[(name, value)]));
        assert!(error.contains(expected) && error.contains(name), "{error}");
    }
    let settings = load(&environment(&[("SWITCHYARD_EGRESS__ALLOW", "10.0.0.0/8, fd00::/8")])).unwrap();
    assert_eq!(settings.egress.allow, ["10.0.0.0/8", "fd00::/8"]);
}

#[test]
fn a_section_that_is_no_table_is_refused() {
    for text in ["server = 1\n", "[[server]]\nlisten = \"127.0.0.1:1\"\n"] {
        let (_folder, sources) = file(text);
        assert!(refusal(&sources).contains("expected a table"), "{}", refusal(&sources));
    }
    let (_folder, sources) = file("[server\n");
    assert!(refusal(&sources).contains("not valid TOML"));
    let absent = Sources { file: Some("/nonexistent/switchyard.toml".into()), ..Sources::default() };
    assert!(refusal(&absent).contains("/nonexistent/switchyard.toml"));
}

#[test]
fn a_secret_of_the_wrong_type_is_not_repeated() {
    let (_folder, sources) = file("[redis]\nurl = [\"redis://:hunter2@h\"]\n");
    let error = refusal(&sources);
    assert!(error.contains("redis.url") && !error.contains("hunter2"), "{error}");
}

#[test]
fn a_key_is_given_as_text_or_as_a_file_not_both() {
    let both = [("SWITCHYARD_SECRETS__KEY", "aHVudGVyMg=="), ("SWITCHYARD_SECRETS__KEY_FILE", "/run/kek")];
    let error = refusal(&environment(&both));
    assert!(error.contains("secrets.key_file is set too") && !error.contains("aHVudGVyMg"), "{error}");
    let settings = load(&environment(&both[..1])).unwrap();
    assert!(settings.secrets.key.is_some() && !format!("{settings:?}").contains("aHVudGVyMg"));
}

#[test]
fn usual_names_keep_their_meaning_and_secrets_do_not_show() {
    let settings =
        load(&environment(&[("DATABASE_URL", "postgres://u:hunter2@h/db"), ("REDIS_URL", "")])).unwrap();
    assert!(settings.database.url.is_some() && settings.redis.url.is_none());
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn the_schema_describes_every_section() {
    let schema = config::json_schema();
    let described = schema.pointer("/properties").unwrap().as_object().unwrap();
    assert!(
        ["server", "database", "gateway", "metering"].iter().all(|section| described.contains_key(*section))
    );
    assert!(schema.to_string().contains("Deployments tried for one call"));
}
