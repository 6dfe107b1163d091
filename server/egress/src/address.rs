//! What kind of place an IP address is. Ranges are those of the IANA special-purpose registries (RFC 6890).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The kinds that the rules tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Public,
    Loopback,
    /// RFC 1918 and the unique-local range of IPv6.
    Private,
    /// 100.64.0.0/10, RFC 6598.
    CarrierGrade,
    LinkLocal,
    /// Where clouds hand out credentials to whoever asks.
    Metadata,
    Multicast,
    Unspecified,
    /// Documentation, benchmarking, deprecated tunnels and the like: nothing answers there lawfully.
    Reserved,
}

/// Metadata services outside of the link-local range: AWS and GCP over IPv6, Alibaba, Azure's wire server.
const METADATA_V6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(169, 254, 169, 254), Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16)];

/// RFC 6052.
const NAT64_PREFIX: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];

pub(crate) fn kind(address: IpAddr) -> Kind {
    match address {
        IpAddr::V4(v4) => kind_v4(v4),
        IpAddr::V6(v6) => kind_v6(v6),
    }
}

/// The IPv4 address that an IPv6 address merely carries (`::ffff:a.b.c.d`, or NAT64's `64:ff9b::a.b.c.d`).
pub(crate) fn embedded_v4(address: IpAddr) -> Option<(IpAddr, Embedding)> {
    let IpAddr::V6(v6) = address else { return None };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return Some((v4.into(), Embedding::Mapped));
    }
    if v6.segments()[..6] == NAT64_PREFIX {
        let octets = v6.octets();
        let v4 = Ipv4Addr::new(octets[12], octets[13], octets[14], octets[15]);
        return Some((v4.into(), Embedding::Nat64));
    }
    None
}

/// How an IPv6 address carries an IPv4 one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Embedding {
    Mapped,
    Nat64,
}

fn kind_v4(v4: Ipv4Addr) -> Kind {
    let [a, b, c, _] = v4.octets();
    match () {
        () if METADATA_V4.contains(&v4) => Kind::Metadata,
        () if v4.is_unspecified() => Kind::Unspecified,
        () if v4.is_loopback() => Kind::Loopback,
        () if v4.is_private() => Kind::Private,
        () if v4.is_link_local() => Kind::LinkLocal,
        () if v4.is_multicast() => Kind::Multicast,
        () if a == 100 && b & 0xc0 == 64 => Kind::CarrierGrade,
        () if a == 0 || a >= 240 || v4.is_documentation() => Kind::Reserved,
        () if a == 198 && b & 0xfe == 18 => Kind::Reserved,
        () if a == 192 && b == 0 && c == 0 => Kind::Reserved,
        () => Kind::Public,
    }
}

fn kind_v6(v6: Ipv6Addr) -> Kind {
    let s = v6.segments();
    match () {
        () if METADATA_V6.contains(&v6) => Kind::Metadata,
        () if v6.is_unspecified() => Kind::Unspecified,
        () if v6.is_loopback() => Kind::Loopback,
        () if v6.is_unique_local() => Kind::Private,
        () if v6.is_unicast_link_local() => Kind::LinkLocal,
        () if v6.is_multicast() => Kind::Multicast,
        // Only 2000::/3 is global unicast; Teredo, 6to4 and documentation lie inside it.
        () if s[0] & 0xe000 != 0x2000 => Kind::Reserved,
        () if s[0] == 0x2002 || (s[0] == 0x2001 && matches!(s[1], 0 | 0x0db8)) || s[0] == 0x3fff => {
            Kind::Reserved
        }
        () => Kind::Public,
    }
}
