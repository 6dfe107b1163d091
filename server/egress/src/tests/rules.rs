use std::net::IpAddr;

use ipnet::IpNet;
use url::Url;

use crate::{EgressError, EgressRules, Refusal, RulesError};

fn nets(list: &[&str]) -> Vec<IpNet> {
    list.iter().map(|net| net.parse().unwrap()).collect()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn outbound_rules_permit_public_addresses_only() {
    let rules = EgressRules::outbound(vec![]).unwrap();
    for public in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808"] {
        assert_eq!(rules.check_address(ip(public)), Ok(()), "{public}");
    }
    for (refused, why) in [
        ("127.0.0.1", Refusal::Loopback),
        ("::1", Refusal::Loopback),
        ("10.1.2.3", Refusal::Private),
        ("172.16.0.1", Refusal::Private),
        ("192.168.1.1", Refusal::Private),
        ("fd12::1", Refusal::Private),
        ("64:ff9b::a00:1", Refusal::Private),
        ("100.64.0.1", Refusal::CarrierGrade),
        ("169.254.1.1", Refusal::LinkLocal),
        ("fe80::1", Refusal::LinkLocal),
        ("169.254.169.254", Refusal::Metadata),
        ("fd00:ec2::254", Refusal::Metadata),
        ("::ffff:169.254.169.254", Refusal::Metadata),
        ("224.0.0.1", Refusal::Multicast),
        ("ff02::1", Refusal::Multicast),
        ("0.0.0.0", Refusal::Unspecified),
        ("::", Refusal::Unspecified),
        ("::ffff:8.8.8.8", Refusal::Ipv4Mapped),
        ("::ffff:127.0.0.1", Refusal::Ipv4Mapped),
        ("255.255.255.255", Refusal::Reserved),
        ("198.18.0.1", Refusal::Reserved),
        ("2002:7f00:1::", Refusal::Reserved),
        ("::7f00:1", Refusal::Reserved),
    ] {
        assert_eq!(rules.check_address(ip(refused)), Err(why), "{refused}");
    }
}

#[test]
fn engine_rules_permit_own_networks_but_never_metadata() {
    let rules = EgressRules::engines(vec![]).unwrap();
    for own in ["127.0.0.1", "::1", "10.0.0.5", "fd12::1", "8.8.8.8"] {
        assert_eq!(rules.check_address(ip(own)), Ok(()), "{own}");
    }
    assert_eq!(rules.check_address(ip("100.64.0.1")), Err(Refusal::CarrierGrade));
    assert_eq!(rules.check_address(ip("169.254.169.254")), Err(Refusal::Metadata));
    assert_eq!(rules.check_address(ip("fd00:ec2::254")), Err(Refusal::Metadata));
    assert_eq!(rules.check_address(ip("168.63.129.16")), Err(Refusal::Metadata));
}

#[test]
fn listed_networks_are_permitted_and_forbidden_ranges_stay_forbidden() {
    let rules = EgressRules::outbound(nets(&["10.0.0.0/8", "100.64.0.0/10", "fd00::/8"])).unwrap();
    for listed in ["10.9.9.9", "100.64.3.3", "fd12::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"] {
        assert_eq!(rules.check_address(ip(listed)), Ok(()), "{listed}");
    }
    assert_eq!(rules.check_address(ip("192.168.0.1")), Err(Refusal::Private));
    assert_eq!(rules.check_address(ip("fd00:ec2::254")), Err(Refusal::Metadata));
    assert_eq!(rules.check_address(ip("100.100.100.200")), Err(Refusal::Metadata));
    let everything = EgressRules::outbound(nets(&["0.0.0.0/0", "::/0"])).unwrap();
    assert_eq!(everything.check_address(ip("127.0.0.1")), Ok(()));
    assert_eq!(everything.check_address(ip("169.254.9.9")), Err(Refusal::LinkLocal));
}

#[test]
fn a_listed_network_that_could_never_act_is_refused() {
    let net: IpNet = "169.254.0.0/16".parse().unwrap();
    let error = EgressRules::engines(vec![net]).unwrap_err();
    assert_eq!(error, RulesError { net, why: Refusal::LinkLocal });
    assert!(error.to_string().contains("169.254.0.0/16"), "{error}");
}

#[test]
fn a_url_is_checked_before_it_is_used() {
    let rules = EgressRules::outbound(vec![]).unwrap();
    let why = |text: &str| match rules.check_url(&Url::parse(text).unwrap()) {
        Ok(()) => None,
        Err(EgressError::Refused { why, .. }) => Some(why),
        Err(other) => panic!("{other}"),
    };
    assert_eq!(why("https://hooks.example.com/in?token=x"), None);
    assert_eq!(why("ftp://example.com/"), Some(Refusal::Scheme));
    assert_eq!(why("file:///etc/passwd"), Some(Refusal::Scheme));
    assert_eq!(why("https://me:secret@example.com/"), Some(Refusal::Credentials));
    assert_eq!(why("http://2130706433/"), Some(Refusal::Loopback));
    assert_eq!(why("http://0x7f.1/"), Some(Refusal::Loopback));
    assert_eq!(why("http://[::ffff:7f00:1]/"), Some(Refusal::Ipv4Mapped));
    assert_eq!(why("http://LOCALHOST./"), Some(Refusal::Loopback));
    assert_eq!(why("http://api.localhost/"), Some(Refusal::Loopback));
}

#[test]
fn an_error_names_the_host_and_nothing_else_of_the_url() {
    let rules = EgressRules::outbound(vec![]).unwrap();
    let url = Url::parse("http://user:hunter2@10.0.0.1/private/path?key=abc").unwrap();
    let shown = rules.check_url(&url).unwrap_err().to_string();
    assert!(shown.contains("10.0.0.1"), "{shown}");
    for leak in ["hunter2", "private/path", "key=abc"] {
        assert!(!shown.contains(leak), "{shown}");
    }
}

#[tokio::test]
async fn a_name_is_judged_by_what_it_resolves_to() {
    let refused = EgressRules::outbound(vec![]).unwrap();
    let error = crate::resolver::resolve(&refused, "localhost").await.unwrap_err();
    assert!(error.to_string().contains("loopback"), "{error}");
    let permitted = EgressRules::engines(vec![]).unwrap();
    let url = Url::parse("http://localhost:1/").unwrap();
    permitted.check_url_resolved(&url).await.unwrap();
}
